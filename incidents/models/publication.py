"""Releases that are to be looked at again later: when a delay is over, a monitor safe, a day's places decided."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models.incident import Incident
from incidents.models.work import Work, WorkQuerySet


def full_hour(at: datetime | None = None) -> datetime:
    """The next one, in UTC. What leaves by itself leaves then, or the minute would tell when a phone spoke to us."""
    return (at or timezone.now()).astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


class PublicationQuerySet(WorkQuerySet):
    def ask(self, incidents: Iterable[Any], at: datetime | None = None) -> None:
        """Have the releases of these incidents (by id) renewed, at once or when the time has come.

        In one order always, or two that ask at once could wait for each other.
        """
        fresh = {"state": Work.State.PENDING, "attempts": 0, "lease_until": None, "last_error": ""}
        when = at or timezone.now()
        self.bulk_create(
            [self.model(incident_id=pk, next_try_at=when, **fresh) for pk in sorted(set(incidents))],
            batch_size=500,
            update_conflicts=True,
            unique_fields=["incident"],
            update_fields=["next_try_at", *fresh],
        )


class Publication(Work):
    # A consent that was taken back may wait for it: tried for a week, every ten minutes at last.
    LIMIT = 1_000

    incident = models.OneToOneField(Incident, models.CASCADE, related_name="publication")

    objects = PublicationQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("state", "next_try_at"), name="publication_due"),)
        verbose_name = _("publication")
        verbose_name_plural = _("publications")

    def __str__(self) -> str:
        return f"{self.pk}"
