"""How much each person at the desk has looked at: files opened, by day. Numbers only, never which file it was."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from incidents.models.user import User

# From so many in a day on, the page asks whether it is time for a break.
MANY = 10


class ExposureQuerySet(models.QuerySet["Exposure"]):
    def opened_on(self, day: date, person: User) -> int:
        return self.filter(person=person, day=day).values_list("opened", flat=True).first() or 0

    def count_one(self, day: date, person: User) -> int:
        """One more; returns how many it is now. Two at once are two, on both engines."""
        Exposure.objects.bulk_create([Exposure(person=person, day=day)], ignore_conflicts=True)
        self.filter(person=person, day=day).update(opened=F("opened") + 1)
        return self.opened_on(day, person)

    def since(self, day: date) -> Self:
        return self.filter(day__gte=day)


class Exposure(models.Model):
    person = models.ForeignKey(User, models.CASCADE, related_name="exposures")
    # By the clock of the mission whose file it was.
    day = models.DateField(_("day"))
    opened = models.PositiveIntegerField(_("files opened"), default=0)

    objects = ExposureQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "day"), name="one_exposure_per_day"),)

    def __str__(self) -> str:
        return f"{self.pk}"
