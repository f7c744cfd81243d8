"""Broadcasts on a monitor's phone: shown until they expire, are withdrawn, or are put away. Nothing of them is kept."""

import contextlib
import uuid

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from incidents.actions import broadcast
from incidents.intake import modules
from incidents.intake.devices import phone_of
from incidents.intake.pages import is_looked_at, not_enrolled, page
from incidents.models import Broadcast


@never_cache
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    phone = phone_of(request)
    if phone is None or not phone.is_open:
        return not_enrolled(request)
    person = phone.device.monitor
    shown = list(Broadcast.objects.shown_to(person))
    if is_looked_at(request):
        with contextlib.suppress(DatabaseError):  # never a reason to refuse a page
            broadcast.seen(shown, person=person)
    context = {"notices": shown, "modules": [modules.script(name) for name in modules.RECEIPT]}
    with timezone.override(phone.mission.zone):
        return page(request, "intake/notices.html", context, mission=phone.mission)


@never_cache
@require_POST
def close(request: HttpRequest, notice_id: uuid.UUID) -> HttpResponse:
    """ "Got it": seen, and gone from this person's phones."""
    phone = phone_of(request)
    if phone is None or not phone.is_open:
        return not_enrolled(request)
    if not broadcast.close(notice_id, person=phone.device.monitor):
        raise Http404
    return HttpResponseRedirect(reverse("intake:notices"))
