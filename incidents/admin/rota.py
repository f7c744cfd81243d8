"""The rota at the desk: a week to read, and its turns to add, change and take away, for mission admins."""

from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.admin.rota_form import FIRST_YEAR, LAST_YEAR, TurnForm
from incidents.admin.rota_week import DAY, WEEK, days, gaps, midnight, monday_of
from incidents.admin.setup import SetupModelAdmin
from incidents.models import Mission, OnCall
from incidents.roles import Action
from incidents.templatetags.incidents import when


@admin.register(OnCall)
class RotaAdmin(SetupModelAdmin):
    to_delete = Action.SET_UP_MISSION
    form = TurnForm
    fields = ("mission", "user", "starts_at", "ends_at", "position")
    change_form_template = "admin/incidents/oncall/change_form.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        turns = OnCall.objects.filter(mission__in=self.missions(request))
        return turns.select_related("mission", "user")

    def has_change_permission(self, request: HttpRequest, obj: OnCall | None = None) -> bool:
        """Not what is over: it says who was on call."""
        return super().has_change_permission(request, obj) and (obj is None or obj.ends_at > timezone.now())

    def has_delete_permission(self, request: HttpRequest, obj: OnCall | None = None) -> bool:
        """Not what has begun: it is ended instead, so that who was on call stays known."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.starts_at > timezone.now())

    def get_fields(self, request: HttpRequest, obj: OnCall | None = None) -> Any:
        """What can't be changed is shown by the mission's clock too."""
        if obj is None or self.has_change_permission(request, obj):
            return self.fields
        return ("mission", "user", "begins", "finishes", "position")

    def get_readonly_fields(self, request: HttpRequest, obj: OnCall | None = None) -> Any:
        return () if obj is None or self.has_change_permission(request, obj) else self.get_fields(request, obj)

    @admin.display(description=_("From"))
    def begins(self, turn: OnCall) -> Any:
        return when(turn.starts_at, turn.mission.zone)

    @admin.display(description=_("Until"))
    def finishes(self, turn: OnCall) -> Any:
        return when(turn.ends_at, turn.mission.zone)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        given = super().get_changeform_initial_data(request)
        missions = list(self.missions(request).distinct()[:2])
        return {**({"mission": missions[0].pk} if len(missions) == 1 else {}), **given}

    # -- the week ------------------------------------------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        missions = list(self.missions(request).distinct())
        mission = _asked(missions, request.GET.get("mission", ""))
        shown = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Rota"),
            "missions": missions,
            "mission": mission,
            "may_add": self.has_add_permission(request),
            **(self._week(mission, request.GET.get("week", "")) if mission else {}),
        }
        return TemplateResponse(request, "admin/incidents/oncall/week.html", shown)

    def _week(self, mission: Mission, asked: str) -> dict[str, Any]:
        now, zone = timezone.now(), mission.zone
        today = now.astimezone(zone).date()
        monday = monday_of(_day(asked) or today)
        turns = self._between(mission, monday, monday + timedelta(days=WEEK))
        ahead = mission.election_day >= today
        polling = self._between(mission, mission.election_day, mission.election_day + DAY) if ahead else []
        polling = [turn for turn in polling if turn.user.is_active]
        return {
            "days": days(turns, monday, zone, now, mission.election_day),
            "monday": monday,
            "sunday": monday + timedelta(days=WEEK - 1),
            "previous": monday - timedelta(days=WEEK),
            "following": monday + timedelta(days=WEEK),
            "is_this_week": monday == monday_of(today),
            "election_week": monday_of(mission.election_day),
            "now_on_call": list(OnCall.objects.now(mission, now).select_related("user")),
            "gaps": gaps(polling, mission.election_day, zone, now) if ahead else [],
            "unmanned": ahead and not polling,
            "now": now.astimezone(zone),
        }

    def _between(self, mission: Mission, first: date, last: date) -> list[OnCall]:
        """The turns that touch these days."""
        there = OnCall.objects.filter(mission=mission)
        there = there.filter(starts_at__lt=midnight(last, mission.zone), ends_at__gt=midnight(first, mission.zone))
        return list(there.select_related("user").order_by("starts_at", "position", "pk"))

    # -- after a turn was saved or taken away --------------------------------------------------------------------------

    def response_post_save_add(self, request: HttpRequest, obj: OnCall) -> HttpResponseRedirect:
        return _to_week(obj)

    def response_post_save_change(self, request: HttpRequest, obj: OnCall) -> HttpResponseRedirect:
        return _to_week(obj)


def _asked(missions: list[Mission], asked: str) -> Mission | None:
    """The mission of the page: the one asked for, else the first. Raises Http404 for one that is not theirs."""
    if not asked:
        return missions[0] if missions else None
    found = next((one for one in missions if str(one.pk) == asked), None)
    if found is None:
        raise Http404
    return found


def _day(asked: str) -> date | None:
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _to_week(turn: OnCall) -> HttpResponseRedirect:
    week = turn.starts_at.astimezone(turn.mission.zone).date()
    listed = reverse("admin:incidents_oncall_changelist")
    return HttpResponseRedirect(f"{listed}?mission={turn.mission_id}&week={week:%Y-%m-%d}")
