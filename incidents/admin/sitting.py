"""Who may go on sitting at the desk: a session opened with the second factor, in use, and not older than half a day.

Asked in front of every page of the desk, from what the session and its person hold anyway. Requests that a page makes
by itself say so in a header: they show nobody's activity and are never answered with a sign-in form.
"""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from incidents.actions import account
from incidents.admin.base import reader
from incidents.models import User
from incidents.models.sitting import IDLE_S, KEY, begun, left_s

POLL = "X-Desk-Poll"
WRITTEN_EVERY_S = 60
BACKEND = "django.contrib.auth.backends.ModelBackend"


def open_for(request: HttpRequest, person: User) -> None:
    """Sign somebody in who has shown all that was asked of them."""
    login(request, person, backend=BACKEND)
    request.session[KEY] = begun(person)


class Sitting:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.resolver_match is None or request.resolver_match.app_name != "admin":
            return None
        if request.user.is_authenticated:
            self._look(request)
        if POLL in request.headers and not request.user.is_authenticated:
            return signed_out()
        return None

    def _look(self, request: HttpRequest) -> None:
        sitting = request.session.get(KEY) or {}
        if not settings.DEMO and (reader(request).second_factor_id or 0) != (sitting.get("factor") or -1):
            logout(request)
        elif left_s(sitting) <= 0:
            self._end(request, sitting)
        elif POLL not in request.headers and time.time() - sitting["seen"] >= WRITTEN_EVERY_S:
            request.session[KEY] = {**sitting, "seen": int(time.time())}

    def _end(self, request: HttpRequest, sitting: dict[str, Any]) -> None:
        idle = time.time() - sitting.get("seen", 0) >= IDLE_S
        account.signed_out(reader(request), why="idle" if idle else "longest")
        logout(request)
        if POLL in request.headers:
            return
        messages.info(request, _("You were signed out, because nothing had been done for a while. Sign in to go on."))
        if request.method == "POST":
            messages.warning(
                request, _("What you had just sent was not saved. Go back to it after you have signed in.")
            )


def signed_out() -> JsonResponse:
    return JsonResponse({"signed_out": True, "sign_in": reverse("admin:login")}, status=401)


@never_cache
@require_safe
def stay(request: HttpRequest) -> HttpResponse:
    """How long the session lasts: as it stands where a page asks by itself, else renewed by having been asked for."""
    if not request.user.is_authenticated:
        return signed_out()
    # Signing in anew makes the tokens of pages that are still open void: they take this one.
    return JsonResponse({"left_s": max(0, left_s(request.session[KEY])), "token": get_token(request)})
