"""Who is working on an incident just now, so that two do not do the same. It ends by itself and forbids nothing.

What it means to have it, and what goes on all the same, is for the desk to say.
"""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from incidents.models.incident import Incident
from incidents.models.user import User

HELD_FOR = timedelta(minutes=5)


class CheckoutQuerySet(models.QuerySet["Checkout"]):
    def running(self, now: datetime | None = None) -> Self:
        return self.filter(until__gt=now or timezone.now())

    def free_for(self, person: User, now: datetime) -> Self:
        """Those that `person` may take without asking: their own, and what has ended."""
        return self.filter(Q(person=person) | Q(until__lte=now))


class Checkout(models.Model):
    """One row per incident, used again and again: taking it is one conditional UPDATE, so that of two one wins."""

    incident = models.OneToOneField(Incident, models.CASCADE, related_name="checkout")
    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    until = models.DateTimeField()

    objects = CheckoutQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def is_running(self) -> bool:
        return self.until > timezone.now()

    def binds(self, person: Any) -> bool:
        """Whether `person` should ask before going on: somebody else has it."""
        return self.is_running and self.person_id != person.pk
