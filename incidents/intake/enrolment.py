"""The link a coordinator hands over: looking at it changes nothing, pressing the button enrols the phone.

Messengers fetch links for their previews, so a GET must never use one up.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from incidents.actions.enrol import find_invitation, take_up
from incidents.intake.devices import COOKIE_LIFE, phone_of, remember
from incidents.intake.pages import closed, page


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: HttpRequest, token: str) -> HttpResponse:
    return _begin(request, token) if request.method == "POST" else _ask(request, token)


def _ask(request: HttpRequest, token: str) -> HttpResponse:
    invitation = find_invitation(token)
    if invitation is None:
        return _gone(request)
    language = speak(invitation.monitor.language)
    mission = invitation.monitor.latest_mission
    if mission and mission.is_closed:
        response = closed(request, mission)
    else:
        response = page(request, "intake/enrol.html", {}, mission=mission)
    return remember_language(response, language, request)


def _begin(request: HttpRequest, token: str) -> HttpResponse:
    if _leads_to_closed(token):
        return _ask(request, token)
    taken = take_up(token)
    if taken is None:
        return _gone(request)
    device, secret = taken
    response = redirect("intake:report")
    remember(response, secret, secure=request.is_secure())
    return remember_language(response, speak(device.monitor.language), request)


def _leads_to_closed(token: str) -> bool:
    """A link to a mission that is closed is not used up: it may be good again."""
    invitation = find_invitation(token)
    mission = invitation.monitor.latest_mission if invitation else None
    return mission is not None and mission.is_closed


def _gone(request: HttpRequest) -> HttpResponse:
    """Used, expired and unknown links look alike: a guess learns nothing."""
    phone = phone_of(request)
    context = {"enrolled": phone is not None and phone.is_open}
    return page(request, "intake/gone.html", context, mission=phone.mission if phone else None, status=410)


def speak(language: str) -> str:
    """Switch to `language` if we have it; the language now spoken."""
    if language in dict(settings.LANGUAGES):
        translation.activate(language)
    return translation.get_language() or settings.LANGUAGE_CODE


def remember_language(response: HttpResponse, language: str, request: HttpRequest) -> HttpResponse:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=COOKIE_LIFE,
        secure=request.is_secure(),
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response
