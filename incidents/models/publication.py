"""Releases that are to be looked at again later: when a delay is over, a monitor safe, a day's places decided."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models.incident import Incident
from incidents.models.work import Work, WorkQuerySet


class PublicationQuerySet(WorkQuerySet):
    def ask(self, incidents: Iterable[Any], at: datetime | None = None) -> None:
        """Have the releases of these incidents (by id) renewed, at once or when the time has come."""
        fresh = {"state": Work.State.PENDING, "attempts": 0, "lease_until": None, "last_error": ""}
        when = at or timezone.now()
        self.bulk_create(
            [self.model(incident_id=pk, next_try_at=when, **fresh) for pk in incidents],
            batch_size=500,
            update_conflicts=True,
            unique_fields=["incident"],
            update_fields=["next_try_at", *fresh],
        )


class Publication(Work):
    incident = models.OneToOneField(Incident, models.CASCADE, related_name="publication")

    objects = PublicationQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("state", "next_try_at"), name="publication_due"),)
        verbose_name = _("publication")
        verbose_name_plural = _("publications")

    def __str__(self) -> str:
        return f"{self.pk}"
