"""Serving evidence to those who may see its report: copies inline, the original only as a download with a reason.

Everything is sealed: whatever a file is, it can run nothing, and the browser keeps nothing of it. Each time that a
picture, film or sound is opened counts for whoever opened it.
"""

import uuid
from typing import Any

from django.contrib import admin
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from incidents.actions.disclose import disclose
from incidents.admin import exhibits
from incidents.admin.base import reader
from incidents.admin.forms import ReasonForm
from incidents.admin.ranges import Unsatisfiable, span
from incidents.evidence import inspect, storage
from incidents.evidence.preview import PICTURE
from incidents.models import Evidence, Exposure, Report
from incidents.roles import Action

UNPROCESSABLE = 422

# Even a file that is no picture can do nothing: no scripts, no forms, no origin.
SEALED = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",  # nothing of it stays in the browser of a shared computer
}
# What a working copy may be called; anything else is bytes.
SHOWN = frozenset((PICTURE, "video/mp4", "video/webm", "audio/mp4", "audio/ogg"))


def preview(request: HttpRequest, evidence_id: uuid.UUID) -> HttpResponseBase:
    evidence = _ready(request, evidence_id)
    kind = evidence.preview_type if evidence.preview_type in SHOWN else inspect.UNKNOWN
    return _inline(request, evidence, evidence.preview_sha256, kind)


def thumbnail(request: HttpRequest, evidence_id: uuid.UUID) -> HttpResponseBase:
    """The small picture; copies that were made before there were thumbnails are pictures themselves."""
    evidence = _ready(request, evidence_id)
    if evidence.thumbnail_sha256:
        return _inline(request, evidence, evidence.thumbnail_sha256, PICTURE)
    if evidence.preview_type == PICTURE:
        return _inline(request, evidence, evidence.preview_sha256, PICTURE)
    raise Http404


def original(request: HttpRequest, evidence_id: uuid.UUID) -> HttpResponseBase:
    """The untouched file, once somebody has said why. It may hold what identifies its maker: the timeline says."""
    evidence = _visible(request, evidence_id)
    size = _size(storage.ORIGINALS, evidence.sha256)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _ask_why(request, evidence, form)
    disclose(evidence, actor=reader(request), reason=form.cleaned_data["reason"])
    name = _named(evidence, evidence.sha256, evidence.media_type)
    return _sealed(storage.ORIGINALS, evidence.sha256, (0, size), inspect.UNKNOWN, name, attachment=True)


def _ask_why(request: HttpRequest, evidence: Evidence, form: ReasonForm) -> HttpResponse:
    shown = {
        **admin.site.each_context(request),
        "title": _("Download the original"),
        "form": form,
        "report": evidence.report,
        "shown": exhibits.exhibit(evidence),
    }
    status = UNPROCESSABLE if form.is_bound else 200
    return TemplateResponse(request, "admin/incidents/original.html", shown, status=status)


def revealed(request: HttpRequest, evidence_id: uuid.UUID) -> HttpResponseBase:
    """Somebody has opened it, and it counts: for their own sake, with no word of which file it was.

    Without scripts it is this button that leads to the copy.
    """
    evidence = _ready(request, evidence_id)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("admin:incidents_incident_change", args=[evidence.report.incident_id]))
    today = timezone.localdate(timezone=evidence.report.mission.zone)
    opened = Exposure.objects.count_one(today, reader(request))
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"opened": opened, "said": exhibits.asking(opened)})
    return HttpResponseRedirect(reverse("admin:incidents_evidence_preview", args=[evidence.pk]))


# The last word of each address.
SERVED = {"preview": preview, "thumbnail": thumbnail, "original": original, "revealed": revealed}


def _visible(request: HttpRequest, evidence_id: uuid.UUID) -> Evidence:
    if not reader(request).may(Action.VIEW_INCIDENT):
        raise Http404
    seen = Evidence.objects.filter(report__in=Report.objects.visible_to(request.user))
    evidence: Evidence | None = seen.select_related("report__mission").filter(pk=evidence_id).first()
    if evidence is None:
        raise Http404
    return evidence


def _ready(request: HttpRequest, evidence_id: uuid.UUID) -> Evidence:
    evidence = _visible(request, evidence_id)
    if evidence.preview != Evidence.Preview.READY:
        raise Http404
    return evidence


def _inline(request: HttpRequest, evidence: Evidence, sha256: str, kind: str) -> HttpResponseBase:
    """A copy, or the part of it that was asked for: players seek."""
    size = _size(storage.PREVIEWS, sha256)
    # A part of a compressed whole is no part of the file; and there is nothing to gain, all copies are compressed.
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    try:
        part = span(request, size)
    except Unsatisfiable:
        return HttpResponse(status=416, headers={**SEALED, "Content-Range": f"bytes */{size}"})
    response = _sealed(storage.PREVIEWS, sha256, part or (0, size), kind, _named(evidence, sha256, kind))
    response["Accept-Ranges"] = "bytes"
    if part:
        response.status_code = 206
        response["Content-Range"] = f"bytes {part[0]}-{part[1] - 1}/{size}"
    return response


def _size(area: str, sha256: str) -> int:
    try:
        return storage.store().size(area, sha256)
    except OSError as fault:
        raise Http404 from fault


def _named(evidence: Evidence, sha256: str, kind: str) -> str:
    """Reference, short hash, and an ending by type: never a name that came with the file."""
    return f"{evidence.report.reference}-{sha256[:8]}.{inspect.extension(kind)}"


def _sealed(
    area: str, sha256: str, part: tuple[int, int], kind: str, name: str, *, attachment: bool = False
) -> StreamingHttpResponse:
    disposition: Any = content_disposition_header(attachment, name)
    headers = {**SEALED, "Content-Disposition": disposition, "Content-Length": str(part[1] - part[0])}
    return StreamingHttpResponse(storage.store().read(area, sha256, *part), content_type=kind, headers=headers)
