"""Files in pieces: `Upload-Offset` and `Upload-Complete` as in the IETF draft of resumable uploads.

The phone names the file by the hash of the bytes it sends, so that making the upload costs no round trip. The name
can't be guessed and nothing else fits it: whoever knows it may bring the bytes, from any phone. See docs/phone.md.
"""

import uuid
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from incidents import tasks
from incidents.actions.take_in import NotWhole, take_in
from incidents.evidence import arrivals, partial
from incidents.evidence.inspect import MAX_FILE_BYTES
from incidents.intake import trouble, wire
from incidents.models import Report
from incidents.statement.announced import AnnouncedFile

# An envelope adds 16 bytes to every 64 kB, and a header.
LIMIT = MAX_FILE_BYTES + MAX_FILE_BYTES // 4096 + 4096
MEDIA_TYPE = "application/partial-upload"


@csrf_exempt
@never_cache
@require_http_methods(["HEAD", "PATCH"])
def file(request: HttpRequest, report_id: uuid.UUID, name: str) -> HttpResponse:
    try:
        report, announced = _find(report_id, name)
        return _standing(report, announced) if request.method == "HEAD" else _take(request, report, announced)
    except wire.Refused as refusal:
        return refusal.answer
    except trouble.PHOTO_FAULTS as fault:
        status = trouble.status_of(fault, "file")
        return wire.problem(status, _("The file could not be stored just now. What arrived before is kept."))


def _find(report_id: uuid.UUID, name: str) -> tuple[Report, AnnouncedFile]:
    report = Report.objects.select_related("incident", "reporter").filter(pk=report_id).first()
    announced = arrivals.announced_by(report).get(name) if report else None
    if report is None or announced is None:
        raise wire.Refused(404, _("No report announced this file."))
    return report, announced


def _standing(report: Report, announced: AnnouncedFile) -> HttpResponse:
    if announced.name not in arrivals.missing_from(report):
        return _at(announced.size, complete=True)
    return _at(partial.offset_of(report.pk, announced.name), complete=False)


def _take(request: HttpRequest, report: Report, announced: AnnouncedFile) -> HttpResponse:
    if announced.name not in arrivals.missing_from(report):
        return _at(announced.size, complete=True)
    offset, is_last = _header(request)
    length = wire.length_of(request)
    if offset + length > LIMIT:
        raise wire.Refused(413, _("This file is larger than 32 MB."))
    try:
        reached = partial.append(report.pk, announced.name, offset, _slices(request))
    except partial.WrongOffset as wrong:
        answer = wire.problem(409, _("The file ends elsewhere."))
        answer["Upload-Offset"] = str(wrong.offset)
        answer["Upload-Complete"] = "?0"
        return answer
    if is_last and reached == offset + length:
        return _complete(report, announced, reached)
    return _at(reached, complete=False)


def _complete(report: Report, announced: AnnouncedFile, reached: int) -> HttpResponse:
    try:
        evidence = take_in(report, announced)
    except NotWhole as fault:
        raise wire.Refused(
            422, _("The bytes are not those that the name stands for. Send them from the start.")
        ) from fault
    tasks.ring_for_file(evidence)
    return _at(reached, complete=True)


def _header(request: HttpRequest) -> tuple[int, bool]:
    """Where the piece begins, and whether it is the last. Raises Refused."""
    if request.content_type != MEDIA_TYPE:
        raise wire.Refused(415, _("A piece of a file is sent as %(type)s.") % {"type": MEDIA_TYPE})
    offset, complete = request.headers.get("Upload-Offset", ""), request.headers.get("Upload-Complete", "")
    if not offset.isdecimal() or len(offset) > wire.DIGITS_LIMIT or complete not in ("?0", "?1"):
        raise wire.Refused(400, _("Upload-Offset takes a number of bytes, Upload-Complete ?0 or ?1."))
    return int(offset), complete == "?1"


def _slices(request: HttpRequest) -> Iterator[bytes]:
    """What comes, until it ends or the line breaks: what came before that is kept."""
    try:
        while piece := request.read(partial.SLICE):
            yield piece
    except OSError:
        return


def _at(offset: int, *, complete: bool) -> HttpResponse:
    return wire.no_content(Upload_Offset=str(offset), Upload_Complete="?1" if complete else "?0")
