"""How soon people answered: against the deadlines, and how long half and nine tenths of it took at most.

Counts only what asked for an answer: reports from an archive have no clock, and nobody waited for them.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, Window
from django.db.models.functions import RowNumber

from incidents.models.escalation import Escalation
from incidents.models.incident import IncidentQuerySet
from incidents.models.work import Work

TENTHS = (5, 9)


class Answers(NamedTuple):
    """Clocks of one severity. Where a danger is a new one, its clock was started anew: it counts once."""

    in_time: int
    late: int
    overdue: int
    running: int
    passed_on: int
    to_all: int

    @property
    def due(self) -> int:
        """Those of which it is known whether they were answered in time."""
        return self.in_time + self.late + self.overdue


class Took(NamedTuple):
    """Half `of` so many took at most this long, and nine tenths of them at most as long as `most`."""

    of: int
    half: timedelta
    most: timedelta


def answers(incidents: IncidentQuerySet, at: datetime) -> dict[str, Answers]:
    """By severity. A clock that was stopped because the incident was merged or dismissed is in none of the counts."""
    unanswered = Q(state__in=Work.UNFINISHED)
    rows = Escalation.objects.filter(incident__in=incidents.values("pk")).values_list("incident__severity")
    grouped = rows.annotate(
        in_time=Count("pk", filter=Q(answered_at__lte=F("deadline"))),
        late=Count("pk", filter=Q(answered_at__gt=F("deadline"))),
        overdue=Count("pk", filter=unanswered & Q(deadline__lt=at)),
        running=Count("pk", filter=unanswered & Q(deadline__gte=at)),
        passed_on=Count("pk", filter=Q(step__gte=1)),
        to_all=Count("pk", filter=Q(step__gte=2)),
    )
    return {severity: Answers(*counts) for severity, *counts in grouped}


def until_taken_on(incidents: IncidentQuerySet) -> dict[str, Took]:
    """By severity: from when the first report was received until a person acknowledged."""
    return _took(incidents.filter(escalation__isnull=False), "opened_at", "acknowledged_at")


def until_read(incidents: IncidentQuerySet) -> dict[str, Took]:
    """By severity: from when a report was received until somebody first read it."""
    return _took(incidents.filter(escalation__isnull=False), "reports__received_at", "reports__read_at")


def _took(incidents: IncidentQuerySet, began: str, ended: str) -> dict[str, Took]:
    """Exact, on every database: the rows are numbered by how long they took, and only those in the middle fetched."""
    timed = incidents.order_by().annotate(ended=F(ended), took=ExpressionWrapper(F(ended) - F(began), DurationField()))
    numbered = timed.filter(ended__isnull=False).annotate(
        nth=Window(RowNumber(), partition_by=F("severity"), order_by=F("took").asc()),
        among=Window(Count("pk"), partition_by=F("severity")),
    )
    wanted = Q()
    for tenths in TENTHS:
        before = (F("among") - 1) * tenths / 10 + 1  # whole numbers, rounded down
        wanted |= Q(nth=before) | Q(nth=before + 1)
    found: dict[str, dict[int, timedelta]] = defaultdict(dict)
    among: dict[str, int] = {}
    for severity, nth, count, duration in numbered.filter(wanted).values_list("severity", "nth", "among", "took"):
        found[severity][nth] = duration
        among[severity] = count
    return {
        severity: Took(count, *(_at(found[severity], count, tenths) for tenths in TENTHS))
        for severity, count in among.items()
    }


def _at(placed: dict[int, timedelta], count: int, tenths: int) -> timedelta:
    """The quantile, between the two rows it falls between (PostgreSQL's percentile_cont)."""
    position = Fraction((count - 1) * tenths, 10)
    below = int(position)
    share = position - below
    low = placed[below + 1]
    return low + (placed[below + 2] - low) * float(share) if share else low
