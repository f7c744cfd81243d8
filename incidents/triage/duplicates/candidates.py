"""The few open incidents that are worth comparing with a report, out of however many there are.

Found by the squares around its position and by nearness in time, through indexes, a bounded number from each: the cost does
not grow with the mission. A report that knows only its town or area looks mainly through the wide squares, and one without a
place through its department. Knows rows; what makes them alike is the scorer's.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from incidents import geo
from incidents.models import DuplicateWeight, Incident, Mission, Report
from incidents.triage.duplicates.facts import Facts, Grain
from incidents.triage.duplicates.score import Context
from incidents.triage.duplicates.told import facts_of
from incidents.triage.duplicates.weights import Table, shipped

WITHIN = timedelta(days=3)
# How many incidents are compared, the nearest in time and space; and how many reports of each.
COMPARED = 60
REPORTS_EACH = 12
# From one square or department, before and after: the report's own, those around it.
_OWN, _BESIDE, _DEPARTMENT = 40, 6, 30
_NARROWED = 4
# What is usual in a mission is read from its latest reports, and again after a while.
USUAL_FROM, USUAL_FOR_S = 1_000, 300


@dataclass(frozen=True)
class Candidate:
    """An incident, and what its reports tell, the latest first."""

    incident_id: uuid.UUID
    facts: tuple[Facts, ...]


def candidates(incident: Incident, facts: Facts) -> list[Candidate]:
    """The incidents to compare with one of `incident`'s reports, the nearest first."""
    nearest = _nearest(incident, facts, _found(list(_probes(incident, facts))))
    told: dict[uuid.UUID, list[Facts]] = {pk: [] for pk in nearest}
    for report in reports_of(nearest):
        if len(told[report.incident_id]) < REPORTS_EACH:
            told[report.incident_id].append(facts_of(report))
    return [Candidate(pk, tuple(facts)) for pk, facts in told.items() if facts]


def reports_of(incidents: list[uuid.UUID]) -> QuerySet[Report]:
    """With all that their facts are made from, the latest first."""
    reports = Report.objects.filter(incident__in=incidents).select_related("mission", "place")
    return reports.prefetch_related("evidence").defer("body").order_by("-received_at", "pk")


def table(mission: Mission) -> Table:
    """The weights in force in a mission."""
    return shipped(dict(DuplicateWeight.objects.filter(mission=mission).values_list("agreement", "bits")))


def usual(mission: Mission) -> Context:
    """What is usual in a mission; kept by the process for some minutes."""
    words = _usual(mission.pk, int(timezone.now().timestamp()) // USUAL_FOR_S)
    return Context(words.words, words.names)


@lru_cache(maxsize=32)
def _usual(mission_id: int, _period: int) -> Context:
    reports = Report.objects.filter(mission=mission_id).select_related("mission", "place").defer("body")
    latest = reports.prefetch_related("evidence").order_by("-received_at")[:USUAL_FROM]
    return Context.of(map(facts_of, latest))


# -- where to look -------------------------------------------------------------------------------------------------------


def _probes(incident: Incident, facts: Facts) -> Iterator[Any]:
    """Querysets of ids, each bounded and served by one index, both ways from when it happened."""
    for condition, most in _conditions(incident, facts):
        where = Incident.objects.open().filter(mission=incident.mission_id, **condition).exclude(pk=incident.pk)
        before = where.filter(happened_at__lte=incident_time(incident), happened_at__gte=incident_time(incident) - WITHIN)
        after = where.filter(happened_at__gt=incident_time(incident), happened_at__lte=incident_time(incident) + WITHIN)
        yield before.order_by("-happened_at").values_list("pk")[:most]
        yield after.order_by("happened_at").values_list("pk")[:most]


def _conditions(incident: Incident, facts: Facts) -> Iterator[tuple[dict[str, Any], int]]:
    if facts.position is None:
        yield {"department": incident.department_id}, 2 * _DEPARTMENT
        return
    is_spot = facts.grain == Grain.SPOT
    for field, shift in (("square", geo.SQUARE_SHIFT), ("region", geo.REGION_SHIFT)):
        narrowed = is_spot == (field == "region")
        for number, square in enumerate(geo.around(*facts.position, shift)):
            most = _OWN if number == 0 else _BESIDE
            yield {field: square}, max(1, most // _NARROWED) if narrowed else most
    yield {"department": incident.department_id, "cell": None}, _DEPARTMENT


def incident_time(incident: Incident) -> datetime:
    """As the column `happened_at`, which a row that was just changed does not hold yet."""
    return incident.occurred_at or incident.opened_at


def _found(probes: list[Any]) -> list[uuid.UUID]:
    """All probes in one statement. Each is a query of our own making, compiled with its parameters."""
    compiled = [probe.query.sql_with_params() for probe in probes]
    statement = " UNION ".join(f"SELECT * FROM ({sql}) AS p{number}" for number, (sql, _params) in enumerate(compiled))
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for _sql, params in compiled for value in params])
        return [uuid.UUID(str(pk)) for (pk,) in cursor.fetchall()]


def _nearest(incident: Incident, facts: Facts, found: list[uuid.UUID]) -> list[uuid.UUID]:
    """The most promising: a kilometre away counts as much as an hour."""
    rows = Incident.objects.filter(pk__in=found).values_list("pk", "happened_at", "latitude", "longitude")
    ranked = sorted((_remoteness(incident, facts, row), row[0]) for row in rows)
    return [pk for _remote, pk in ranked[:COMPARED]]


def _remoteness(incident: Incident, facts: Facts, row: tuple[Any, ...]) -> float:
    _pk, happened_at, latitude, longitude = row
    hours = abs((happened_at - incident_time(incident)).total_seconds()) / 3_600
    if facts.position is None or latitude is None:
        return hours
    metres = geo.distance_m(*facts.position, float(latitude), float(longitude))
    return hours + metres / 1_000
