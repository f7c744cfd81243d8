"""A sheet between being checked and being taken over: one person's, of one mission, for a little while.

Its words are taken out as soon as it has been used or has expired; whose rows it made stays a day, for their cards.
"""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.utils import timezone

from incidents.models.mission import Mission
from incidents.models.user import User

TO_DECIDE = timedelta(hours=1)
TO_PRINT = timedelta(days=1)


class CheckedSheetQuerySet(models.QuerySet["CheckedSheet"]):
    def discard_old(self, now: datetime | None = None) -> None:
        now = now or timezone.now()
        if not self.filter(checked_at__lt=now - TO_DECIDE).exists():
            return  # the usual case, asked every few seconds: nothing is to be written
        self.filter(checked_at__lt=now - TO_DECIDE).exclude(text="").update(text="")
        self.filter(checked_at__lt=now - TO_PRINT).delete()

    def waiting(self) -> Self:
        """Those that may still be taken over."""
        return self.filter(checked_at__gte=timezone.now() - TO_DECIDE).exclude(text="")


class CheckedSheet(models.Model):
    """`token_hash` is of the secret that the page holds; `digest` of what the sheet would do, as it was shown."""

    mission = models.ForeignKey(Mission, models.CASCADE, related_name="+")
    actor = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    token_hash = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    text = models.TextField()
    checked_at = models.DateTimeField(default=timezone.now)
    # The ids of the people whom it made.
    made = models.JSONField(default=list)

    objects = CheckedSheetQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("mission", "actor", "kind"), name="one_checked_sheet_per_person_and_kind"),
        )

    def __str__(self) -> str:
        return f"{self.pk}"
