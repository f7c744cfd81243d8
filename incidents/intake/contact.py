"""What a phone asks when it has a line: is it trusted, what became of its reports, what waits. And how it is let go."""

import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from incidents.actions.enrol import sign_out
from incidents.intake import waiting, wire
from incidents.intake.devices import COOKIE, Phone, phone_of
from incidents.intake.pages import page
from incidents.intake.safe import expected
from incidents.intake.sync import of_mission, standing
from incidents.models import Report

ASKED_LIMIT = 50
# Everything a browser can be told to forget; what flash memory keeps of it is another matter (SECURITY.md).
EVERYTHING = '"cache", "cookies", "storage"'


@never_cache
@require_safe
def phone(request: HttpRequest) -> HttpResponse:
    """`?report=…` as often as wanted: the state of each that its monitor has filed; by when they are to be heard."""
    asking = phone_of(request)
    told = {"phone": _standing(asking), "reports": _reports(request, asking), **_waiting(asking), **of_mission(asking)}
    return JsonResponse(told | ({"check_in": expected(asking)} if asking and asking.is_open else {}))


def _standing(asking: Phone | None) -> str:
    if asking is None:
        return "unknown"
    return "open" if asking.is_open else "revoked"


def _reports(request: HttpRequest, asking: Phone | None) -> dict[str, object]:
    if asking is None:
        return {}
    ids = [found for text in request.GET.getlist("report")[:ASKED_LIMIT] if (found := _id(text))]
    mine = Report.objects.filter(pk__in=ids, reporter=asking.device.monitor).select_related("incident")
    asked = waiting.asked(asking)
    return {str(report.pk): standing(report) | ({"asked": True} if report.pk in asked else {}) for report in mine}


def _waiting(asking: Phone | None) -> dict[str, object]:
    """What waits to be read, whatever the phone has forgotten; nothing where nothing does. No word of it."""
    waits = waiting.of(asking) if asking else None
    if waits is None:
        return {}
    asked = [str(report_id) for report_id in waits.asked]
    return ({"asked": asked} if asked else {}) | ({"notices": waits.notices} if waits.notices else {})


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@csrf_exempt
@never_cache
@require_POST
def wipe(request: HttpRequest) -> HttpResponse:
    """For a phone that was revoked and has nothing left to send."""
    asking = phone_of(request)
    if asking is None or asking.is_open:
        return wire.problem(409, _("This phone has not been revoked."))
    return _forgotten(wire.no_content())


@never_cache
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Sign this phone out. Its credential ends; what it has sealed and given to others still arrives."""
    asking = phone_of(request)
    if asking:
        sign_out(asking.device)
    return _forgotten(page(request, "intake/exit.html", {}))


def _forgotten(response: HttpResponse) -> HttpResponse:
    response["Clear-Site-Data"] = EVERYTHING
    response.delete_cookie(COOKIE, path="/", samesite="Lax")
    return response
