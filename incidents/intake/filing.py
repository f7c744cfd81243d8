"""What every form of the monitor's ends in: the report is stored once, its photos are kept, its sender is thanked.

Knows no page that asks; whoever calls says how to ask again where something is amiss.
"""

import uuid
from typing import Protocol

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from incidents import tasks
from incidents.actions.submit import Origin, submit
from incidents.intake import photos, trouble
from incidents.intake.devices import Phone
from incidents.intake.forms import IntakeForm
from incidents.intake.pages import page
from incidents.models import Report

INVALID = 422


class AskAgain(Protocol):
    """Makes the page that has everything still in it."""

    def __call__(self, *, status: int, notice: str = "") -> HttpResponse: ...


def receive(request: HttpRequest, phone: Phone, form: IntakeForm, ask_again: AskAgain) -> HttpResponse:
    if not form.is_valid():
        return ask_again(status=INVALID)
    uploads = request.FILES.getlist("photo")
    try:
        stored = _store(form, phone, report_id_of(request))
    except trouble.STORE_FAULTS as fault:
        status = trouble.status_of(fault)
        return ask_again(status=status, notice=trouble.notice(status, with_photo=bool(uploads)))
    return _thank(request, phone, stored, photos.receive(uploads, stored) if uploads else None)


def _store(form: IntakeForm, phone: Phone, report_id: uuid.UUID) -> Report:
    origin = Origin(phone.mission, Report.Channel.WEB, reporter=phone.device.monitor, device=phone.device)
    stored = submit(form.statement(), report_id=report_id, origin=origin).report
    tasks.ring_for(stored, danger=stored.in_danger_now)
    return stored


def _thank(request: HttpRequest, phone: Phone, stored: Report, fate: photos.Fate | None) -> HttpResponse:
    if not phone.is_open:
        # It may not look at receipts any more, but its sender must know that the report arrived.
        context = {"report": stored, "photo_failed": fate in photos.FAILED}
        return page(request, "intake/received.html", context, mission=phone.mission)
    query = f"?photo={fate.value}#photo" if fate and fate != photos.Fate.KEPT else ""
    return HttpResponseRedirect(reverse("intake:receipt", args=[stored.pk]) + query)


def report_id_of(request: HttpRequest) -> uuid.UUID:
    """The id the form was served with, so that a second tap is the same report; a new one if it can't be read."""
    try:
        return uuid.UUID(request.POST.get("report_id", ""))
    except ValueError:
        return uuid.uuid4()
