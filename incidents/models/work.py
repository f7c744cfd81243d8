"""Background work as rows: what is due, who has claimed it and until when, how often it was tried.

Claiming is one conditional UPDATE whose row count is the answer; that holds on SQLite and PostgreSQL alike, where
locking reads do not. A claim is a lease: if its worker dies, the row falls due again by itself.
"""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

LEASE = timedelta(seconds=60)
BACKOFF_BASE_S = 5
BACKOFF_CAP_S = 600


def backoff(attempts: int) -> timedelta:
    """How long to wait after the nth failed attempt: 5 s, 10 s, 20 s … up to 10 minutes."""
    return timedelta(seconds=min(BACKOFF_CAP_S, BACKOFF_BASE_S * 2 ** max(0, attempts - 1)))


class ClaimLost(Exception):
    """The lease ran out while we worked, and the row is another worker's now."""


class WorkQuerySet(models.QuerySet[Any]):
    def due(self, now: datetime | None = None) -> Self:
        now = now or timezone.now()
        unleased = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
        return self.filter(unleased, state__in=Work.UNFINISHED, next_try_at__lte=now)

    def oldest_due_age_s(self) -> float:
        """Seconds since the longest-waiting row fell due; 0 when nothing waits."""
        now = timezone.now()
        oldest = self.due(now).order_by("next_try_at").values_list("next_try_at", flat=True).first()
        return (now - oldest).total_seconds() if oldest else 0.0

    def claim(self, pk: Any, *, state: str = "") -> Any:
        """The row if it was due, in `state` where one is given, and is now ours; else None.

        Counts the attempt before it is made.
        """
        now = timezone.now()
        taken = (
            self.due(now)
            .filter(pk=pk, state__in=(state,) if state else Work.UNFINISHED)
            .update(state=Work.State.WORKING, lease_until=now + LEASE, attempts=F("attempts") + 1)
        )
        if not taken:
            return None
        row = self.get(pk=pk)
        if row.attempts > row.LIMIT:
            # Each attempt ended its worker, or it would have been parked by now.
            row.put_off("interrupted every time", give_up=True)
            return None
        return row


class Work(models.Model):
    """One piece of background work."""

    class State(models.TextChoices):
        PENDING = "pending"
        WORKING = "working"
        DONE = "done"
        PARKED = "parked"

    UNFINISHED = (State.PENDING, State.WORKING)
    # Attempts before the row is parked for a person to look at: a poison row must not loop for ever.
    LIMIT = 5

    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True

    def finish(self, **results: Any) -> None:
        """Mark done and write the results with it; call inside the transaction that writes what was done.

        Raises ClaimLost, so that the transaction rolls back, when the lease ran out and another worker took over.
        """
        if not self._settle(state=self.State.DONE, last_error="", **results):
            raise ClaimLost(f"{type(self).__name__} {self.pk}")

    def put_off(self, error: str, *, give_up: bool = False) -> None:
        """Mark failed: due again after the backoff, or parked when trying is useless or the attempts are used up."""
        parked = give_up or self.attempts >= self.LIMIT
        self._settle(
            state=self.State.PARKED if parked else self.State.PENDING,
            last_error=error[:200],
            next_try_at=timezone.now() + backoff(self.attempts),
        )

    def _settle(self, **changes: Any) -> bool:
        """End our claim. The count of attempts tells ours from a later one."""
        changes["lease_until"] = None
        ours = type(self)._default_manager.filter(pk=self.pk, attempts=self.attempts, state=self.State.WORKING)
        if not ours.update(**changes):
            return False
        for name, value in changes.items():
            setattr(self, name, value)
        return True
