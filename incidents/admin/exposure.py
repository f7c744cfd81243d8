"""How much the people at the desk have looked at in the last days, for those who plan their shifts. Numbers only."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.admin.base import reader
from incidents.admin.setup import SetupModelAdmin
from incidents.models import Exposure, Membership
from incidents.models.exposure import MANY
from incidents.roles import Action

DAYS = 7


@dataclass(frozen=True)
class Row:
    code: str
    # As the days of the table, the newest first.
    opened: list[int]

    @property
    def total(self) -> int:
        return sum(self.opened)


class Exposures(SetupModelAdmin):
    """Mixed into the people's admin."""

    def exposure_urls(self) -> list[URLPattern]:
        return [path("exposure/", self.admin_site.admin_view(self.exposure_view), name="incidents_user_exposure")]

    def exposure_view(self, request: HttpRequest) -> HttpResponse:
        if not reader(request).may(Action.SET_UP_MISSION):
            raise PermissionDenied
        # Missions lie in several zones: the newest day is the one that has begun anywhere.
        newest = timezone.localdate() + timedelta(days=1)
        theirs = Membership.objects.filter(mission__in=self.missions(request)).values("user")
        counted = Exposure.objects.filter(person__in=theirs, opened__gt=0, day__lte=newest)
        found = list(counted.since(newest - timedelta(days=DAYS)).select_related("person"))
        days = sorted({one.day for one in found}, reverse=True)
        shown = {
            **self.admin_site.each_context(request),
            "title": _("Graphic files opened"),
            "opts": self.opts,
            "days": days,
            "rows": _rows(found, days),
            "many": MANY,
        }
        return TemplateResponse(request, "admin/incidents/user/exposure.html", shown)


def _rows(found: list[Exposure], days: list[date]) -> list[Row]:
    by_person: dict[Any, dict[date, int]] = {}
    for one in found:
        by_person.setdefault(one.person, {})[one.day] = one.opened
    rows = [Row(person.code, [opened.get(day, 0) for day in days]) for person, opened in by_person.items()]
    return sorted(rows, key=lambda row: (-row.total, row.code))
