"""Developing situations: what several monitors report from one place at one time, told of once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Count, F, Min
from django.db.models.functions import Coalesce
from django.utils import timezone

from incidents.models.incident import Incident
from incidents.models.mission import Mission
from incidents.models.place import Boundary


@dataclass(frozen=True)
class Extent:
    """How large a situation is to somebody: what they may not see is not counted."""

    reports: int
    monitors: int
    since: datetime


class SituationQuerySet(models.QuerySet["Situation"]):
    def seen_by(self, user: Any) -> dict[int, Extent]:
        """Of each situation that `user` can make out from the incidents they may see, how large it is to them.

        Where those are too few to be one, it is not there: that it is one would tell of the others.
        """
        found = (
            Incident.objects.visible_to(user)
            .filter(part__situation__in=self)
            .values("part__situation", "mission__situation_monitors")
            .annotate(
                reports_=Count("reports", distinct=True),
                monitors=Count("reports__reporter", distinct=True),
                since=Min(Coalesce("occurred_at", "opened_at")),
            )
            .filter(monitors__gte=F("mission__situation_monitors"))
        )
        return {row["part__situation"]: Extent(row["reports_"], row["monitors"], row["since"]) for row in found}

    def live(self) -> Self:
        return self.filter(merged_into=None)


class Situation(models.Model):
    mission = models.ForeignKey(Mission, models.CASCADE, related_name="situations")
    department = models.ForeignKey(Boundary, models.SET_NULL, null=True, related_name="situations")
    latitude = models.DecimalField(max_digits=9, decimal_places=6)
    longitude = models.DecimalField(max_digits=9, decimal_places=6)
    cell = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    opened_at = models.DateTimeField(default=timezone.now)
    # The older one, where two turned out to be one.
    merged_into = models.ForeignKey("self", models.CASCADE, null=True, related_name="merged")

    objects = SituationQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("mission", "last_at"), name="situation_last"),)

    def __str__(self) -> str:
        return f"{self.pk}"


class Part(models.Model):
    """An incident's part in a situation: a row of its own, so that settling one holds no other incident's row."""

    # Without a constraint in the database, as `Surge.incidents`: it would wait for whoever holds the incident.
    incident = models.OneToOneField(Incident, models.CASCADE, db_constraint=False, related_name="part")
    situation = models.ForeignKey(Situation, models.CASCADE, related_name="parts")

    def __str__(self) -> str:
        return f"{self.pk}"
