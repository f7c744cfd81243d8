"""Assessments: the triage that each report awaits, as a row of work."""

from django.db import models
from django.utils import timezone

from incidents.models.report import Report
from incidents.models.work import Work, WorkQuerySet


class AssessmentQuerySet(WorkQuerySet):
    def again(self) -> int:
        """Make them due anew, whatever became of them; returns how many."""
        return self.update(state=Work.State.PENDING, attempts=0, next_try_at=timezone.now(), lease_until=None)


class Assessment(Work):
    # Tried for hours: giving a report up is worse than trying in vain. People are told after three attempts.
    LIMIT = 60

    report = models.OneToOneField(Report, models.PROTECT, related_name="assessment")
    assessed_at = models.DateTimeField(null=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("state", "next_try_at"), name="assessment_due"),)

    def __str__(self) -> str:
        return f"{self.pk}"
