"""The desk as a site: its front page is the list of incidents, and every screen says when it shows a demonstration."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _

from incidents.admin import alerts
from incidents.admin.base import all_frozen, missions_of
from incidents.admin.emergency import emergency_urls
from incidents.admin.entrance import Entrance
from incidents.admin.overview import overview_urls
from incidents.admin.push import push_urls
from incidents.admin.saved_views import opening
from incidents.languages import DESK
from incidents.models import Broadcast
from incidents.models.sitting import KEY, left_s
from incidents.roles import Action

# What is used every minute stands first; what is set once is folded away.
DAILY = ("Incident", "Alarm", "CheckIn", "Delivery", "OnCall", "Broadcast")
ACCESS = ("User", "Device", "ApiKey", "SavedExport")
SETUP = (*ACCESS, "Mission", "Boundary", "Place", "DuplicateWeight", "MissionRoot", "LogbookEntry")
ORDER = DAILY + SETUP
# Where the page is not called what its rows are.
CALLED = {"MissionRoot": _("Record"), "LogbookEntry": _("Logbook")}


class Desk(Entrance, AdminSite):
    site_title = site_header = _("Observer desk")
    index_title = _("Desk")
    site_url = None
    enable_nav_sidebar = False
    empty_value_display = "–"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            **(usual := super().each_context(request)),
            "sections": _sections(usual["available_apps"], request.path),
            **_state_of(request),
            "left_s": left_s(request.session.get(KEY) or {}),
            "desk_languages": DESK,
            "has_push": settings.WEBPUSH,
            "notices": list(Broadcast.objects.shown_to(request.user)),
        }

    def index(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What the reader's desk opens with: the view they chose, else the whole list."""
        desk = reverse("admin:incidents_incident_changelist", current_app=self.name)
        return HttpResponseRedirect(desk + opening(request.user))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: ORDER.index(model["object_name"]))
        return apps

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Without `view_on_site`: nothing has another address, and it asks for rows past the rule of who sees what."""
        kept = [route for route in super().get_urls() if getattr(route, "name", "") != "view_on_site"]
        own = [path("alerts/", self.admin_view(self.alerts), name="alerts"), *push_urls(self), *overview_urls(self)]
        return [*own, *self.entrance_urls(), *emergency_urls(self), *kept]

    def alerts(self, request: HttpRequest) -> HttpResponse:
        """What the reader hears of, and how; everybody at the desk has a page of their own."""
        return alerts.respond(request, alerts.own(request), self.each_context(request))


def _state_of(request: HttpRequest) -> dict[str, Any]:
    """What every page says of its reader's missions: that they are a show, read-only or closed."""
    missions = missions_of(request)
    return {
        "is_demonstration": any(mission.is_demonstration for mission in missions),
        "frozen": [mission for mission in missions if mission.is_read_only],
        "is_all_frozen": all_frozen(request),
        "may_act": getattr(request.user, "may", lambda action: False)(Action.EMERGENCY),
    }


def _sections(apps: list[dict[str, Any]], path: str) -> dict[str, Any]:
    """What the head of every page leads to, as far as its reader may go there."""
    models = [model for app in apps for model in app["models"] if model["admin_url"]]
    models = [{**model, "name": CALLED.get(model["object_name"], model["name"])} for model in models]
    setup = [model for model in models if model["object_name"] in SETUP]
    daily = [model for model in models if model not in setup]
    return {"daily": daily, "setup": setup, "in_setup": any(model["admin_url"] in path for model in setup)}
