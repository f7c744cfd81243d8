"""What a sender sees of a report: that it is stored, read and taken on, what is asked about it, where to add a photo.

Never its words; and of a question no word once it is answered.
"""

import contextlib
import uuid

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from incidents.actions import talk
from incidents.intake import modules, photos, waiting
from incidents.intake.devices import Phone, phone_of
from incidents.intake.pages import is_looked_at, not_enrolled, page
from incidents.models import Report
from incidents.seals import receipts


@never_cache
@require_safe
def receipt(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    phone = phone_of(request)
    if phone is None or not phone.is_open:
        return not_enrolled(request)
    report = own(phone, report_id)
    if is_looked_at(request):
        with contextlib.suppress(DatabaseError):  # never a reason to refuse a page
            talk.seen(report, monitor=phone.device.monitor)
    return show(request, phone, report, fate=request.GET.get("photo", ""))


@never_cache
@require_POST
def photo(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """A photo that comes later. Like a report, it is taken from a revoked phone too."""
    phone = phone_of(request)
    if phone is None:
        return not_enrolled(request)
    report = own(phone, report_id)
    fate = photos.receive(request.FILES.getlist("photo"), report)
    status = photos.STATUS.get(fate, 200)
    if not phone.is_open:
        context = {"report": report, "photo_failed": fate in photos.FAILED}
        return page(request, "intake/received.html", context, mission=phone.mission, status=status)
    if status != 200:
        return show(request, phone, report, fate=fate.value, status=status)
    return HttpResponseRedirect(f"{reverse('intake:receipt', args=[report.pk])}?photo={fate.value}#photo")


def own(phone: Phone, report_id: uuid.UUID) -> Report:
    """A report of this phone's monitor; anybody else's does not exist."""
    mine = Report.objects.select_related("incident", "mission", "reporter").filter(reporter=phone.device.monitor)
    return get_object_or_404(mine, pk=report_id)


def show(
    request: HttpRequest,
    phone: Phone,
    report: Report,
    *,
    fate: str = "",
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; `typed` is an answer that could not be taken, with what is wrong about it."""
    questions = waiting.thread(report, typed or {})
    is_asked = any(entry.is_open for entry in questions)
    context = {
        "questions": questions,
        "waits": waiting.of(phone, but=report),
        "report": report,
        "proof": receipts.receipt_for(report),
        "files": report.evidence.count(),
        "fate": photos.Fate(fate) if fate in photos.Fate.values else "",
        "failed": fate in photos.FAILED,
        "modules": [modules.script(name) for name in (modules.QUESTION if is_asked else modules.RECEIPT)],
    }
    with timezone.override(report.mission.zone):
        return page(request, "intake/receipt.html", context, mission=report.mission, status=status)
