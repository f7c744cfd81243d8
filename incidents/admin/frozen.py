"""In front of the desk while a mission is read-only: what it refuses is refused in words, with what was typed.

The verbs refuse by themselves; here stands what has no verb, and the page for whatever was not expected to be refused.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from incidents.actions.read_only import MissionIsReadOnly
from incidents.admin.base import reader
from incidents.models import Mission

CONFLICT = 409
# One's own account, the emergency itself, taking credentials back, and looking: these are for such a moment.
ALLOWED = frozenset(
    {
        "login",
        "login_code",
        "login_set_up",
        "logout",
        "stay",
        "second_factor",
        "password_change",
        "choose_password",
        "emergency",
        "incidents_mission_add",
        "incidents_broadcast_seen",
        "incidents_device_changelist",
        "incidents_apikey_changelist",
        "incidents_apikey_revoke",
        "incidents_user_reset_second_factor",
        "incidents_user_changelist",
        "incidents_user_revoke",
        "incidents_user_lost",
        "incidents_user_retire",
        "incidents_user_identity",
        "incidents_evidence_original",
        "incidents_evidence_revealed",
        "incidents_incident_bundle",
        "incidents_missionroot_compare",
        "incidents_incident_on_it",
        "incidents_incident_leave",
        "incidents_view_save",
        "incidents_view_change",
        "incidents_view_delete",
    }
)
SAFE = ("GET", "HEAD", "OPTIONS")
TYPED = ("reason", "text", "note")


class Frozen:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        there = request.resolver_match
        if request.method in SAFE or there is None or there.app_name != "admin" or there.url_name in ALLOWED:
            return None
        if not request.user.is_authenticated or reader(request).is_superuser:
            return None
        modes = list(Mission.objects.visible_to(request.user).values_list("mode", flat=True))
        return _refusal(request) if modes and Mission.Mode.OPEN not in modes else None

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        return _refusal(request) if isinstance(fault, MissionIsReadOnly) else None


def _refusal(request: HttpRequest) -> HttpResponse:
    shown = {
        **admin.site.each_context(request),
        "title": str(MissionIsReadOnly()),
        "typed": [text for name in TYPED for text in request.POST.getlist(name) if text.strip()],
    }
    return render(request, "admin/incidents/refused.html", shown, status=CONFLICT)
