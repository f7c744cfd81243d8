"""The overview's numbers: what a mission's incidents come to, of what its reader may see, as grouped counts.

Knows no words, no screen and no clock. Every count is the database's; nothing here goes through incidents one by one.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    ExpressionWrapper,
    IntegerField,
    Max,
    Min,
    Q,
    QuerySet,
    Value,
    When,
)

from incidents.models.delivery import Delivery
from incidents.models.incident import Accusation, Incident, IncidentQuerySet
from incidents.models.mission import Mission
from incidents.models.shown import ARRIVED, SETTLED
from incidents.models.work import Work
from incidents.taxonomy import Held, Severity
from incidents.workflow import OPEN

Key = tuple[Any, ...]
GRAVE = (Severity.CRITICAL, Severity.MAJOR)


@dataclass(frozen=True)
class Span:
    """A stretch of time, from `begins` until before `ends`; without them all of it."""

    begins: datetime | None = None
    ends: datetime | None = None

    def holds(self, field: str) -> Q:
        """That the time in `field` lies within."""
        condition = Q(**{f"{field}__isnull": False})
        if self.begins:
            condition &= Q(**{f"{field}__gte": self.begins})
        return condition & Q(**{f"{field}__lt": self.ends}) if self.ends else condition


@dataclass(frozen=True)
class Standing:
    """What somebody has in hand now, or nobody, where `code` is empty."""

    code: str
    person: int | None
    open: int
    grave: int
    overdue: int


@dataclass(frozen=True)
class Now:
    """How things stand at this moment, whatever period is looked at."""

    open: int
    danger: int
    overdue: int
    held: dict[str, int]
    hands: list[Standing]


def of_mission(user: Any, mission: Mission) -> IncidentQuerySet:
    return Incident.objects.visible_to(user).filter(mission=mission).order_by()


def within(user: Any, mission: Mission, span: Span) -> IncidentQuerySet:
    """The incidents of a span, by when they happened: those that count, without what is held apart."""
    return of_mission(user, mission).filter(span.holds("happened_at"), held="")


def extent(user: Any, mission: Mission) -> Span:
    """From the first to the last incident."""
    found = of_mission(user, mission).filter(held="").aggregate(first=Min("happened_at"), last=Max("happened_at"))
    return Span(found["first"], found["last"])


def by(rows: "QuerySet[Any]", *fields: str) -> Counter[Key]:
    """How many rows there are of each combination of these fields."""
    grouped = rows.order_by().values_list(*fields).annotate(rows=Count("pk"))
    return Counter({key[:-1]: key[-1] for key in grouped})


def along(counted: Counter[Key], *places: int) -> Counter[Any]:
    """The same counts by some of their fields alone: by one its values, by several tuples."""
    found: Counter[Any] = Counter()
    for key, count in counted.items():
        found[key[places[0]] if len(places) == 1 else tuple(key[place] for place in places)] += count
    return found


def in_parts(rows: IncidentQuerySet, edges: Sequence[datetime]) -> IncidentQuerySet:
    """With `stretch`: between which two of the edges each lies, counted from 0.

    By comparing with moments, and not by the databases' own calendars: they differ, and one of them asks Python.
    """
    cases = [When(happened_at__lt=edge, then=Value(number)) for number, edge in enumerate(edges[1:])]
    stretch = Case(*cases, default=Value(max(0, len(edges) - 2)), output_field=IntegerField())
    return rows.annotate(stretch=stretch)


def accused(rows: IncidentQuerySet) -> Counter[Any]:
    """How many incidents name each force or group; one may name several."""
    return along(by(Accusation.objects.filter(incident__in=rows.values("pk")), "code"), 0)


def now(user: Any, mission: Mission, at: datetime) -> Now:
    late = Incident.objects.overdue(at).order_by().values("pk")
    is_open = Q(status__in=OPEN, held="")
    rows = of_mission(user, mission).annotate(late=ExpressionWrapper(Q(pk__in=late), BooleanField()))
    rows = rows.filter(Q(status__in=OPEN) | Q(in_danger_now=True) | Q(late=True))
    kinds = {kind: Count("pk", filter=Q(status__in=OPEN, held=kind)) for kind in Held.values}
    grouped = rows.values("assigned_to", "assigned_to__code").annotate(
        in_hand=Count("pk", filter=is_open),
        grave=Count("pk", filter=is_open & Q(severity__in=GRAVE)),
        overdue=Count("pk", filter=Q(late=True)),
        danger=Count("pk", filter=Q(in_danger_now=True)),
        **kinds,
    )
    found: list[Any] = list(grouped)
    hands = [
        Standing(row["assigned_to__code"] or "", row["assigned_to"], row["in_hand"], row["grave"], row["overdue"])
        for row in found
        if row["in_hand"]
    ]
    return Now(
        open=sum(row["in_hand"] for row in found),
        danger=sum(row["danger"] for row in found),
        overdue=sum(row["overdue"] for row in found),
        held={kind: count for kind in Held.values if (count := sum(row[kind] for row in found))},
        hands=sorted(hands, key=lambda one: (not one.code, -one.open, one.code)),
    )


def tellings(user: Any, mission: Mission, span: Span) -> list[dict[str, Any]]:
    """By channel: what was queued in the span and sent, what of that has arrived; what waits or failed now.

    Counted as the list of deliveries shows them.
    """
    unsettled = Q(state__in=(*Work.UNFINISHED, Work.State.PARKED)) & ~ARRIVED & ~SETTLED
    queued = span.holds("queued_at")
    # Narrowed first: the question of who may see which is then asked of these alone.
    rows = Delivery.objects.filter(queued | unsettled).visible_to(user)
    rows = rows.filter(Q(incident__mission=mission) | Q(alarm__mission=mission))
    grouped = (
        rows.order_by()
        .values("channel")
        .annotate(
            sent=Count("pk", filter=queued & (Q(state=Work.State.DONE) | ARRIVED)),
            arrived=Count("pk", filter=queued & ARRIVED),
            waiting=Count("pk", filter=unsettled & ~Q(state=Work.State.PARKED)),
            failed=Count("pk", filter=unsettled & Q(state=Work.State.PARKED)),
            unseen=Count("pk", filter=unsettled & Q(state=Work.State.PARKED, failure_seen_at=None)),
        )
    )
    return list(grouped)
