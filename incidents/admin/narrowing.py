"""Chips of the lists beside the incidents: whose mission, and a stretch of time by a column of theirs."""

from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.contrib.admin import ModelAdmin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from incidents.admin.base import missions_of
from incidents.admin.chips import Chip, Choices
from incidents.admin.when_and_where import TimeChip


class OfMissionChip(Chip):
    title = _("Mission")
    parameter_name = "mission"
    # How a row leads to its mission: by any of these.
    ways: ClassVar[tuple[str, ...]] = ("mission",)

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        """Nothing to choose between while there is only one."""
        theirs = missions_of(request)
        return [(str(mission.pk), mission.name) for mission in theirs] if len(theirs) > 1 else []

    def narrow(self, queryset: Any, value: str) -> Any:
        return queryset.filter(reduce(or_, (Q(**{way: value}) for way in self.ways)))


class ToldOfMissionChip(OfMissionChip):
    ways = ("incident__mission", "alarm__mission", "entry__mission", "mission")


class QueuedChip(TimeChip):
    title = _("Queued")
    field = "queued_at"


class RaisedChip(TimeChip):
    title = _("Raised")
    field = "raised_at"


class OverChip(TimeChip):
    """Offered where what is over is listed."""

    title = _("Over")
    field = "over_at"

    def has_output(self) -> bool:
        return bool(self.asked) or self.request.GET.get("status") == "over"
