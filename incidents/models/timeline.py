"""The timeline of an incident: who did what, when and why. Rows are only added."""

from typing import Any

from django.db import models
from django.utils import timezone

from incidents.chain import timeline_name
from incidents.models.incident import Incident
from incidents.models.link import Link
from incidents.models.user import User


class TimelineIsAppendOnly(Exception):
    """Somebody tried to change or remove an entry."""


class TimelineQuerySet(models.QuerySet["TimelineEntry"]):
    def update(self, **changes: Any) -> int:
        raise TimelineIsAppendOnly("a timeline entry is never changed")

    def delete(self) -> Any:
        raise TimelineIsAppendOnly("a timeline entry is never deleted")


class TimelineEntry(Link):
    """`event` is object and past participle (`incident.verified`); `detail` holds codes and numbers, no words."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="timeline")
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    event = models.CharField(max_length=60)
    detail = models.JSONField(default=dict)
    reason = models.TextField(blank=True)

    objects = TimelineQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ("at", "pk")
        indexes = (models.Index(fields=("incident", "at"), name="timeline_incident"),)
        constraints = (models.UniqueConstraint(fields=("incident", "seq"), name="one_entry_per_place"),)

    def __str__(self) -> str:
        return self.event

    @property
    def chain_name(self) -> str:
        return timeline_name(self.incident_id)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TimelineIsAppendOnly("a timeline entry is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TimelineIsAppendOnly("a timeline entry is never deleted")
