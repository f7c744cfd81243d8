"""Serving evidence to those who may see its report: copies inline, the original only as a download.

Everything is sealed: whatever a file is, it can run nothing, and the browser keeps nothing of it.
"""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from incidents.actions.disclose import disclose
from incidents.admin.base import reader
from incidents.admin.ranges import Unsatisfiable, span
from incidents.evidence import inspect, storage
from incidents.evidence.preview import PICTURE
from incidents.models import Evidence, Report
from incidents.roles import Action

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
    """The untouched file. It may hold what identifies its maker, so that taking it is written into the timeline."""
    evidence = _visible(request, evidence_id)
    size = _size(storage.ORIGINALS, evidence.sha256)
    disclose(evidence, actor=reader(request))
    name = _named(evidence, evidence.sha256, evidence.media_type)
    return _sealed(storage.ORIGINALS, evidence.sha256, (0, size), inspect.UNKNOWN, name, attachment=True)


# The last word of each address.
SERVED = {"preview": preview, "thumbnail": thumbnail, "original": original}


def _visible(request: HttpRequest, evidence_id: uuid.UUID) -> Evidence:
    if not reader(request).may(Action.VIEW_INCIDENT):
        raise Http404
    seen = Evidence.objects.filter(report__in=Report.objects.visible_to(request.user))
    evidence: Evidence | None = seen.select_related("report").filter(pk=evidence_id).first()
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
