"""Which places of a mission's day may be named outside: decided once a day begins, made narrower once when it is over.

Kept, so that the same incident is always told alike, and that nobody learns from a change who has just become active.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _

from incidents.coarsening import Named, Path
from incidents.models.check_in import CheckIn
from incidents.models.enrolment import Device
from incidents.models.mission import Mission
from incidents.models.report import Report
from incidents.models.user import Membership
from incidents.roles import Role


class Grouping(models.Model):
    mission = models.ForeignKey(Mission, models.CASCADE, related_name="groupings")
    # By the mission's own clock.
    day = models.DateField()
    group_size = models.PositiveSmallIntegerField()
    # [[path, monitors], …]
    nodes = models.JSONField(default=list)
    is_settled = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("mission", "day"), name="one_grouping_per_day"),)
        verbose_name = _("grouping")
        verbose_name_plural = _("groupings")

    def __str__(self) -> str:
        return f"{self.mission_id} · {self.day}"

    @property
    def named(self) -> Named:
        return Named({tuple(path): count for path, count in self.nodes})

    def keep(self, named: Named) -> None:
        self.nodes = sorted(([list(path), count] for path, count in named.nodes.items()), key=str)

    def is_small(self, node: Path) -> bool:
        """Whether so few stand behind a name that what just happened there points at somebody who was just seen."""
        return dict(self.named.nodes).get(node, 0) < 2 * self.group_size


def span_of(mission: Mission, day: date, *, days_before: int) -> tuple[datetime, datetime]:
    """From so many days before a day begins, by the mission's clock, until it does."""
    begins = datetime(day.year, day.month, day.day, tzinfo=mission.zone)
    return begins - timedelta(days=days_before), begins


def reported(mission: Mission, since: datetime, until: datetime) -> "models.QuerySet[Report]":
    """Reports that say where an active monitor was: (reporter, department's code, cell, latitude, longitude)."""
    honest = Q(device=None) | Q(device__revoked_at=None)
    theirs = Report.objects.filter(honest, mission=mission, received_at__gte=since, received_at__lt=until)
    return theirs.filter(incident__held="", reporter__is_active=True).order_by()


def signs(mission: Mission, since: datetime, until: datetime) -> "models.QuerySet[Any]":
    """Memberships of monitors of one department, its `code`, who gave a sign of life without a place."""
    within = {"gte": since, "lt": until}
    heard = Q(pk__in=())
    for rows, name in (
        (Device.objects.filter(mission=mission, revoked_at=None), "last_seen_at"),
        (CheckIn.objects.filter(mission=mission), "started_at"),
        (CheckIn.objects.filter(mission=mission), "heard_at"),
    ):
        seen = rows.filter(**{f"{name}__{how}": moment for how, moment in within.items()})
        heard |= Q(user__in=seen.values("monitor"))
    monitors = Membership.objects.filter(heard, mission=mission, user__role=Role.MONITOR, user__is_active=True)
    # Both over all of them: a code by itself would part those of several departments into groups of one each.
    counted = monitors.filter(all_departments=False).annotate(count=Count("departments"), code=Min("departments__code"))
    return counted.filter(count=1)
