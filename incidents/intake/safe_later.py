"""A sign of life that waited on the phone for a connection, or for somebody to carry it: sealed, with its own time.

The phone's clock at sending is told beside it, so that how long ago it was given can be said without trusting either
clock. One that is too old is no sign of anything any more, and is taken all the same, or the phone would keep it.
"""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from incidents import tasks
from incidents.actions import duress
from incidents.intake import trouble, wire
from incidents.intake.devices import Phone, phone_of
from incidents.intake.safe import expected, tell_safe
from incidents.intake.safe_forms import WORD_LIMIT
from incidents.intake.sync import opened, sender_of
from incidents.models import CheckIn
from incidents.seals import envelope
from incidents.statement.fields import storable

OLDEST = timedelta(hours=24)


# As with a report: a phone's cookie does not come with what another site makes a browser send.
@csrf_exempt
@never_cache
@require_POST
def safe_later(request: HttpRequest) -> HttpResponse:
    try:
        return _receive(request)
    except wire.Refused as refusal:
        return refusal.answer
    except trouble.STORE_FAULTS as fault:
        return wire.problem(trouble.status_of(fault, "check-in"), _("Not now. It stays on the phone."))


def _receive(request: HttpRequest) -> HttpResponse:
    raw = wire.body_of(request)
    carrier = phone_of(request)
    stated = wire.parsed(opened(raw, carrier) if envelope.is_sealed(raw) else raw)
    phone = sender_of(stated, carrier)
    word = storable(stated.get("word"))[:WORD_LIMIT]
    ago = _ago(stated.get("at"), request.GET.get("now"))
    if phone.is_open and ago < OLDEST:
        tell_safe(phone.device.monitor, phone.mission, CheckIn.How.SAFE, said=word, ago=ago)
    else:
        # A phone that was taken away says nothing of its monitor; the word does.
        tasks.ring_urgently(duress.heed_alike(phone.device.monitor, phone.mission, word))
    return JsonResponse({"check_in": expected(phone) if _is_own(phone, carrier) else None})


def _ago(given: Any, sent: Any) -> timedelta:
    """How long ago it was given; by our own clock where the phone's was not told."""
    moment = _moment(given)
    if moment is None:
        raise wire.Refused(422, _("Some answers can not be read."), at=[_("Enter a date and a time.")])
    return max(timedelta(), (_moment(sent) or timezone.now()) - moment)


def _moment(text: Any) -> datetime | None:
    try:
        moment = parse_datetime(str(text or ""))
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def _is_own(phone: Phone, carrier: Phone | None) -> bool:
    """Whoever carries it for somebody else learns nothing of them."""
    return carrier is not None and carrier.is_open and carrier.device.pk == phone.device.pk
