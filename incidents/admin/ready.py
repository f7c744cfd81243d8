"""Getting ready: the page on which a mission admin sees what is there and what is missing."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from incidents.admin.base import reader
from incidents.admin.readiness import items
from incidents.models import Mission
from incidents.roles import Action


class Ready:
    """Mixed into the missions' admin, which brings `get_object`, `missions`, `admin_site` and `opts`."""

    def ready_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view  # type: ignore[attr-defined]
        return [
            path("ready/", view(self.any_ready_view), name="incidents_mission_ready_any"),
            path("<path:object_id>/ready/", view(self.ready_view), name="incidents_mission_ready"),
        ]

    def any_ready_view(self, request: HttpRequest) -> HttpResponse:
        """The mission whose election comes last, of those the reader sets up."""
        if not reader(request).may(Action.SET_UP_MISSION):
            raise PermissionDenied
        mission = self.missions(request).order_by("-election_day", "-pk").first()  # type: ignore[attr-defined]
        if mission is None:
            return HttpResponseRedirect(reverse("admin:incidents_mission_changelist"))
        return HttpResponseRedirect(reverse("admin:incidents_mission_ready", args=[mission.pk]))

    def ready_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        mission: Mission = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if not reader(request).may(Action.SET_UP_MISSION):
            raise PermissionDenied
        found = items(mission)
        shown = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "title": _("Getting ready"),
            "mission": mission,
            "missions": list(self.missions(request).distinct()),  # type: ignore[attr-defined]
            "items": found,
            "left": sum(1 for item in found if item.state == "todo"),
        }
        return TemplateResponse(request, "admin/incidents/mission/ready.html", shown)
