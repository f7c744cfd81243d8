"""The few open incidents that are worth comparing with a report, out of however many there are.

Found by the squares around its position and by nearness in time, through indexes, a bounded number from each: the cost
does not grow with the mission. A report that knows only its town or area looks mainly through the wide squares, and one
without a place through its department. Knows rows; what makes them alike is the scorer's.
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import inf
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from incidents import geo
from incidents.models import DuplicateWeight, Incident, Mission, Report, Stamp
from incidents.taxonomy import LocationSource
from incidents.triage.duplicates.facts import Facts, Grain
from incidents.triage.duplicates.remembered import facts_by_incident, with_facts
from incidents.triage.duplicates.score import Context
from incidents.triage.duplicates.told import SPOT_WITHIN_M, facts_of
from incidents.triage.duplicates.weights import Table, shipped
from incidents.workflow import OPEN

WITHIN = timedelta(days=3)
# How many incidents are compared, the nearest in time and space; and how many reports of each.
COMPARED = 40
SPOTS_WITHIN_M = 10_000
# From one square or department, before and after: the report's own, those around it.
_OWN, _BESIDE, _DEPARTMENT = 40, 6, 30
_NARROWED = 4
# What is usual in a mission is read from its latest reports, and again after a while.
USUAL_FROM, USUAL_FOR_S = 1_000, 300

# A condition on one value, the values to try, and how many to take for each of them.
Probe = tuple[str, tuple[Any, ...], int]
_SELECT = "SELECT id FROM incidents_incident"
# All values of a probe in one: PostgreSQL takes far longer to plan forty searches than to do them. SQLite plans them at
# once, and has no such join.
_EACH = f"SELECT near.id FROM unnest(%s::bigint[]) AS tried(value) CROSS JOIN LATERAL ({_SELECT} WHERE {{}}) AS near"  # noqa: S608
_STATUSES = ", ".join(["%s"] * len(OPEN))
_OPEN = f"mission_id = %s AND status IN ({_STATUSES}) AND held = '' AND merged_into_id IS NULL AND id <> %s"
_BEFORE, _AFTER = "happened_at >= %s AND happened_at <= %s", "happened_at > %s AND happened_at <= %s"


@dataclass(frozen=True)
class Candidate:
    """An incident, and what its reports tell, the latest first."""

    incident_id: uuid.UUID
    facts: tuple[Facts, ...]


def candidates(incident: Incident, facts: Facts) -> list[Candidate]:
    """The incidents to compare with one of `incident`'s reports, the nearest first."""
    nearest = _nearest(incident, facts, _found(incident, _probes(incident, facts)))
    told = facts_by_incident(nearest, incident.mission.zone)
    return [Candidate(pk, tuple(facts)) for pk, facts in told.items() if facts]


def reports_of(incidents: list[uuid.UUID]) -> QuerySet[Report]:
    """With all that their facts are made from, the latest first."""
    return with_facts(Report.objects.filter(incident__in=incidents)).order_by("-received_at", "pk")


def table(mission: Mission, stamp: Stamp | None = None) -> Table:
    """The weights in force in a mission."""
    return _table(mission.pk, (stamp or Stamp.of(mission.pk)).weights)


@lru_cache(maxsize=32)
def _table(mission_id: int, _stamp: tuple[Any, ...]) -> Table:
    return shipped(dict(DuplicateWeight.objects.filter(mission=mission_id).values_list("agreement", "bits")))


def usual(mission: Mission) -> Context:
    """What is usual in a mission; kept by the process for some minutes."""
    words = _usual(mission.pk, mission.time_zone, int(timezone.now().timestamp()) // USUAL_FOR_S)
    return Context(words.words, words.names)


@lru_cache(maxsize=32)
def _usual(mission_id: int, time_zone: str, _period: int) -> Context:
    latest = with_facts(Report.objects.filter(mission=mission_id)).order_by("-received_at")[:USUAL_FROM]
    zone = ZoneInfo(time_zone)
    return Context.of(facts_of(report, zone) for report in latest)


def _probes(incident: Incident, facts: Facts) -> Iterator[Probe]:
    """Where to look: a condition on indexed columns, its values, and how many to take before and after."""
    department = incident.department_id
    if facts.position is None:
        yield ("department_id = %s", (department,), _DEPARTMENT) if department else ("1 = 1", (), _DEPARTMENT)
        return
    yield "department_id = %s AND cell IS NULL", (department,), _DEPARTMENT
    yield "department_id IS NULL AND cell IS NULL", (), _DEPARTMENT
    is_spot = facts.grain == Grain.SPOT
    for column, shift, is_main in (("square", geo.SQUARE_SHIFT, is_spot), ("region", geo.REGION_SHIFT, not is_spot)):
        own, *beside = geo.around(*facts.position, shift)
        share = 1 if is_main else _NARROWED
        yield f"{column} = %s", (own,), _OWN // share
        yield f"{column} = %s", tuple(beside), max(1, _BESIDE // share)


def incident_time(incident: Incident) -> datetime:
    """As the column `happened_at`, which a row that was just changed does not hold yet."""
    return incident.occurred_at or incident.opened_at


def _found(incident: Incident, probes: Iterable[Probe]) -> RawSQL:
    """What all probes find, both ways in time, in one statement; put together here, for the ORM takes longer over forty
    querysets than a database over running them. Its condition is that of `Incident.objects.open()`.
    """
    at = incident_time(incident)
    earliest, now, latest = (_prepared("happened_at", moment) for moment in (at - WITHIN, at, at + WITHIN))
    shared = (incident.mission_id, *OPEN, _prepared("id", incident.pk))
    selects: list[str] = []
    values: list[Any] = []
    for condition, given, most in probes:
        for between, order, bounds in ((_BEFORE, "DESC", (earliest, now)), (_AFTER, "ASC", (now, latest))):
            rest = f"{between} ORDER BY happened_at {order} LIMIT {most}"
            if len(given) > 1 and connection.vendor == "postgresql":
                selects.append(_EACH.format(f"{_OPEN} AND {condition % 'tried.value'} AND {rest}"))
                values += [list(given), *shared, *bounds]
                continue
            for number in range(max(1, len(given))):
                selects.append(f"{_SELECT} WHERE {_OPEN} AND {condition} AND {rest}")
                values += [*shared, *given[number : number + 1], *bounds]
    # Our own words only; every value is a parameter.
    statement = " UNION ".join(f"SELECT id FROM ({select}) AS p{number}" for number, select in enumerate(selects))  # noqa: S608
    return RawSQL(statement, values)  # noqa: S611


def _prepared(column: str, value: Any) -> Any:
    field: Any = Incident._meta.get_field(column)
    return field.get_db_prep_value(value, connection)


def _nearest(incident: Incident, facts: Facts, found: RawSQL) -> list[uuid.UUID]:
    """The most promising: a kilometre away counts as much as an hour."""
    columns = ("happened_at", "latitude", "longitude", "accuracy_m", "location_source", "pk")
    rows = Incident.objects.filter(pk__in=found).values_list(*columns)
    ranked = sorted((_remoteness(incident, facts, row), row[-1]) for row in rows)
    return [pk for remote, pk in ranked[:COMPARED] if remote < inf]


def _remoteness(incident: Incident, facts: Facts, row: tuple[Any, ...]) -> float:
    """Infinite for two spots that are too far apart to be one, whatever else agrees."""
    happened_at, latitude, longitude, accuracy_m, source, _pk = row
    hours = abs((happened_at - incident_time(incident)).total_seconds()) / 3_600
    if facts.position is None or latitude is None:
        return float(hours)
    metres = geo.distance_m(*facts.position, float(latitude), float(longitude))
    is_spot = source != LocationSource.AREA and (accuracy_m or 0) <= SPOT_WITHIN_M
    if is_spot and facts.grain == Grain.SPOT and metres > SPOTS_WITHIN_M:
        return inf
    return float(hours + metres / 1_000)
