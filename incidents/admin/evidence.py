"""Serving evidence to those who may see its report: the working copy inline, the original only as a download."""

import uuid
from pathlib import Path
from typing import Any

from django.http import FileResponse, Http404, HttpRequest

from incidents.actions.disclose import disclose
from incidents.admin.base import reader
from incidents.evidence.storage import ORIGINALS, PREVIEWS, path_of
from incidents.models import Evidence, Report
from incidents.roles import Action

# Even a file that is no picture can do nothing: no scripts, no forms, no origin.
SEALED = "default-src 'none'; sandbox"


def preview(request: HttpRequest, evidence_id: uuid.UUID) -> FileResponse:
    evidence = _visible(request, evidence_id)
    if evidence.preview != Evidence.Preview.READY:
        raise Http404
    return _sealed(_open(path_of(PREVIEWS, evidence.preview_sha256)), content_type="image/jpeg")


def original(request: HttpRequest, evidence_id: uuid.UUID) -> FileResponse:
    """The untouched file. It may hold what identifies its maker, so that taking it is written into the timeline."""
    evidence = _visible(request, evidence_id)
    file = _open(path_of(ORIGINALS, evidence.sha256))
    disclose(evidence, actor=reader(request))
    name = f"{evidence.report.reference}-{evidence.sha256[:8]}"
    return _sealed(file, as_attachment=True, filename=name, content_type="application/octet-stream")


def _visible(request: HttpRequest, evidence_id: uuid.UUID) -> Evidence:
    if not reader(request).may(Action.VIEW_INCIDENT):
        raise Http404
    seen = Evidence.objects.filter(report__in=Report.objects.visible_to(request.user))
    evidence: Evidence | None = seen.select_related("report").filter(pk=evidence_id).first()
    if evidence is None:
        raise Http404
    return evidence


def _open(path: Path) -> Any:
    try:
        return path.open("rb")
    except OSError as fault:
        raise Http404 from fault


def _sealed(file: Any, **kwargs: Any) -> FileResponse:
    response = FileResponse(file, **kwargs)
    response["Content-Security-Policy"] = SEALED
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"  # nothing of it stays in the browser of a shared computer
    return response
