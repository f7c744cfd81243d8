"""The clock of what must be answered by a person: until when, and how far it has been passed on."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from incidents.models.alarm import Alarm
from incidents.models.incident import Incident
from incidents.models.user import User
from incidents.models.work import ClaimLost, Work, WorkQuerySet


class EscalationQuerySet(WorkQuerySet):
    def unanswered(self) -> Any:
        return self.filter(state__in=Work.UNFINISHED)

    def overdue(self, now: datetime | None = None) -> Any:
        """Those whose first deadline has passed without an answer."""
        return self.unanswered().filter(deadline__lt=now or timezone.now())


class Escalation(Work):
    """One for each incident, or alarm, that asks for an answer. `next_try_at` is when it is passed on next."""

    # It goes on until a person answers: a fault puts it off, up to ten minutes, and never ends it.
    LIMIT = 30_000

    incident = models.OneToOneField(Incident, models.CASCADE, null=True, related_name="escalation")
    alarm = models.OneToOneField(Alarm, models.CASCADE, null=True, related_name="escalation")
    # 0 nobody has been late; 1 the next person and the second channel know; 2 and more the whole desk does.
    step = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    deadline = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = EscalationQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("state", "next_try_at"), name="escalation_due"),
            models.Index(fields=("state", "deadline"), name="escalation_deadline"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(incident=None) ^ Q(alarm=None), name="escalation_of_an_incident_or_an_alarm"
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in self.UNFINISHED

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.deadline < timezone.now()

    def rest(self, step: int, wait: timedelta) -> None:
        """End our claim, passed on as far as `step`; to be passed on again after `wait`. Raises ClaimLost."""
        until = timezone.now() + wait
        if not self._settle(state=self.State.PENDING, attempts=0, last_error="", step=step, next_try_at=until):
            raise ClaimLost(f"Escalation {self.pk}")
