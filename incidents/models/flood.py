"""Floods: how alike the words of reports are, and the clearing of what was held apart, as a row of work."""

from django.db import models
from django.utils import timezone

from incidents.models.enrolment import Device, Invitation
from incidents.models.mission import Mission
from incidents.models.report import Report
from incidents.models.user import User
from incidents.models.work import ClaimLost, Work, WorkQuerySet


class Wording(models.Model):
    """Four numbers made of a report's words: reports that share one may be near-identical, and are then compared."""

    report = models.OneToOneField(Report, models.CASCADE, related_name="wording")
    mission = models.ForeignKey(Mission, models.CASCADE, related_name="+")
    received_at = models.DateTimeField()
    band_1 = models.IntegerField()
    band_2 = models.IntegerField()
    band_3 = models.IntegerField()
    band_4 = models.IntegerField()

    class Meta:
        indexes = tuple(
            models.Index(fields=("mission", f"band_{n}", "received_at"), name=f"wording_band_{n}") for n in range(1, 5)
        )

    def __str__(self) -> str:
        return f"{self.pk}"


class Clearing(Work):
    """Everything of one phone, or of what one invitation brought in, taken into the queue or dismissed by one click."""

    class Verb(models.TextChoices):
        LET_IN = "let_in"
        DISMISS = "dismiss"

    LIMIT = 1_000

    mission = models.ForeignKey(Mission, models.CASCADE, related_name="clearings")
    device = models.ForeignKey(Device, models.CASCADE, null=True, related_name="clearings")
    invitation = models.ForeignKey(Invitation, models.CASCADE, null=True, related_name="clearings")
    verb = models.CharField(max_length=10, choices=Verb.choices)
    reason = models.TextField(blank=True)
    actor = models.ForeignKey(User, models.PROTECT, related_name="+")
    # What came later was not there to be judged.
    asked_at = models.DateTimeField(default=timezone.now)
    cleared = models.PositiveIntegerField(default=0)

    objects = WorkQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("state", "next_try_at"), name="clearing_due"),)

    def __str__(self) -> str:
        return f"{self.pk}"

    def pause(self, cleared: int) -> None:
        """End our claim with work left, due at once. Raises ClaimLost."""
        more = {"cleared": cleared, "next_try_at": timezone.now(), "attempts": 0, "last_error": ""}
        if not self._settle(state=self.State.PENDING, **more):
            raise ClaimLost(f"Clearing {self.pk}")
