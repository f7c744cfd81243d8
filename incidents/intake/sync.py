"""Where a phone's queue arrives: one report by one PUT, sealed or plain, as often as the line needs it.

The phone's id makes it one report however often it is sent. A sealed report proves its own sender, so that it can come
from another phone, or from one that has lost its cookie; and it is never refused over an answer in it, for the phone
can't open it again to mend it.
"""

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from incidents import tasks
from incidents.actions.submit import Origin, Outcome, Submission, submit
from incidents.evidence import arrivals
from incidents.intake import trouble, wire
from incidents.intake.devices import Phone, phone_of, phone_with
from incidents.intake.forms import IntakeForm
from incidents.models import Mission, Report
from incidents.seals import envelope, receipts, sender
from incidents.statement import problems

STATUS = {Outcome.NEW: 201, Outcome.SAME: 200, Outcome.REVISED: 202}


# No token is asked for: another site can't make a browser PUT here, and a phone's cookie does not come with it.
@csrf_exempt
@never_cache
@require_http_methods(["PUT"])
def put_report(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    try:
        return _receive(request, report_id)
    except wire.Refused as refusal:
        return refusal.answer
    except trouble.STORE_FAULTS as fault:
        status = trouble.status_of(fault)
        return wire.problem(status, trouble.notice(status, with_photo=False))


def _receive(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    raw = wire.body_of(request)
    carrier = phone_of(request)
    sealed = envelope.is_sealed(raw)
    stated = wire.parsed(opened(raw, carrier) if sealed else raw)
    phone = sender_of(stated, carrier)
    _check_id(stated, report_id)
    with timezone.override(phone.mission.zone), translation.override(_language(stated)):
        form = IntakeForm(wire.as_typed(stated), mission=phone.mission, lenient=sealed)
        if not form.is_valid():
            raise wire.Refused(422, _("Some answers can not be read."), **problems(form))
        done = _submit(form, report_id, phone)
    return JsonResponse(_answer(done.report, phone), status=STATUS[done.outcome])


def opened(raw: bytes, carrier: Phone | None) -> bytes:
    """The content of the envelope. Its own mission's key is tried first, then those of the others."""
    own = carrier.mission.pk if carrier else None
    try:
        return envelope.unseal(raw, sorted(Mission.objects.all(), key=lambda mission: mission.pk != own))
    except envelope.CanNotBeOpened as fault:
        detail = _("This envelope can not be opened: it was changed on its way, or sealed for another mission.")
        raise wire.Refused(400, detail) from fault


def sender_of(stated: dict[str, Any], carrier: Phone | None) -> Phone:
    """Who filed it: the sender inside, else the phone that brings it."""
    device = sender.device_of(stated.get("sender"))
    phone = phone_with(device) if device else carrier
    if phone is None:
        raise wire.Refused(401, _("This phone is not known here. Open the link your coordinator gave you."))
    return phone


def _check_id(stated: dict[str, Any], report_id: uuid.UUID) -> None:
    if str(stated.get("id") or report_id).lower() != str(report_id):
        raise wire.Refused(400, _("The report has another id than its address."), id=[_("Must match the address.")])


def _language(stated: dict[str, Any]) -> str:
    """The language of the page it was written on, so that messages and the record agree with it."""
    stated_language = str(stated.get("language") or "")
    return stated_language if stated_language in dict(settings.LANGUAGES) else translation.get_language() or "en"


def _submit(form: IntakeForm, report_id: uuid.UUID, phone: Phone) -> Submission:
    origin = Origin(phone.mission, Report.Channel.PHONE, reporter=phone.device.monitor, device=phone.device)
    done = submit(form.statement(), report_id=report_id, origin=origin)
    if done.outcome != Outcome.SAME:
        tasks.ring_for(done.report, danger=form.cleaned_data["in_danger_now"])
    return done


def _answer(report: Report, phone: Phone) -> dict[str, Any]:
    return {
        "id": str(report.pk),
        "reference": report.reference,
        "received_at": f"{report.received_at:%Y-%m-%dT%H:%M:%SZ}",
        **standing(report),
        "receipt": receipts.receipt_for(report),
        "phone": "open" if phone.is_open else "revoked",
        **of_mission(phone),
    }


def of_mission(phone: Phone | None) -> dict[str, str]:
    """That the mission takes no more reports: for a person to read, and no reason for a phone to keep or drop any."""
    return {"mission": "closed"} if phone and phone.is_open and phone.mission.is_closed else {}


def standing(report: Report) -> dict[str, Any]:
    """What its sender may know of it."""
    state = "acknowledged" if report.acknowledged_at else "read" if report.read_at else "received"
    return {"state": state, "missing": arrivals.missing_from(report)}
