# ruff: noqa: S608 - what is put together here are names and codes of our own; values are passed apart
"""How incidents become sums, in SQL that both engines read alike. Knows the tables, not who may see what.

One place says what an incident counts as (`now`) and in which sums it counts (`contributions`), so that folding,
reading and recounting can't disagree.
"""

from typing import Any

from django.db import connection

from incidents.models.tally import COARSEST, FACET_LEVELS, FINEST, FORCES, LEVELS, WHOLE, Counted, Facet, State
from incidents.workflow import OPEN

INCIDENTS, ACCUSATIONS = "incidents_incident", "incidents_accusation"
COUNTED, RECOUNTED, TALLY, MARKS = (
    "incidents_counted",
    "incidents_recounted",
    "incidents_tally",
    "incidents_mark",
)
COLUMNS = ", ".join(str(field.column) for field in Counted._meta.fields)
KEY = ("mission", "facet", "value", "state", "bits", "x", "y", "department", "severity")
SUMS = ("n", "danger", "lat", "lon")
DAY_S, HOUR_S = 86_400, 3_600
_CELL_BITS = 62
_REGION, _SQUARE = _CELL_BITS - 20, _CELL_BITS - 2 * FINEST


def quoted(codes: Any) -> str:
    """Codes of our own as a list in SQL."""
    return ", ".join(f"'{code}'" for code in codes)


def _seconds(column: str) -> str:
    """The one thing the engines spell differently: whole seconds since 1970, later fractions cut off."""
    if connection.vendor == "sqlite":
        return f"CAST(strftime('%%s', substr({column}, 1, 19)) AS INTEGER)"
    return f"CAST(FLOOR(EXTRACT(EPOCH FROM {column})) AS BIGINT)"


def _gathered(number: str) -> str:
    """Every second bit of a Morton number moved together: the column of a square; its row with the number halved."""
    return " + ".join(f"(({number}) >> {bit} & {1 << bit})" for bit in range(FINEST))


def _bits() -> str:
    told = " ".join(f"WHEN '{code}' THEN {1 << bit}" for bit, code in enumerate(FORCES))
    return f"SELECT SUM(CASE a.code {told} ELSE 0 END) FROM {ACCUSATIONS} a WHERE a.incident_id = i.id"


def now(condition: str = "") -> str:
    """What incidents count as at this moment. Those merged away count nowhere. `condition` is on `i`, the incident."""
    square = f"i.cell >> {_SQUARE}"
    placed = "i.cell IS NOT NULL AND i.latitude IS NOT NULL AND i.longitude IS NOT NULL"

    def where(expression: str, otherwise: int = -1) -> str:
        return f"CASE WHEN {placed} THEN {expression} ELSE {otherwise} END"

    return f"""
SELECT i.id AS incident, i.mission_id AS mission, COALESCE(i.department_id, 0) AS department,
 COALESCE(i.assigned_to_id, 0) AS assigned,
 CASE WHEN i.status NOT IN ({quoted(OPEN)}) THEN '' WHEN i.held = '' THEN 'open' ELSE 'held' END AS state,
 i.status, i.severity, i.category, i.verification, CASE WHEN i.in_danger_now THEN 1 ELSE 0 END AS danger,
 {_seconds("i.happened_at")} AS happened, CAST(COALESCE(({_bits()}), 0) AS INTEGER) AS forces,
 {where("i.cell")} AS cell, {where(f"i.cell >> {_REGION}")} AS region, {where(square)} AS square,
 CAST({where(_gathered(square))} AS INTEGER) AS x, CAST({where(_gathered(f"i.cell >> {_SQUARE + 1}"))} AS INTEGER) AS y,
 CAST({where("ROUND(i.latitude * 1000000)", 0)} AS INTEGER) AS lat,
 CAST({where("ROUND(i.longitude * 1000000)", 0)} AS INTEGER) AS lon
FROM {INCIDENTS} i WHERE i.merged_into_id IS NULL {condition and "AND " + condition}"""


_FACETED = tuple(facet for facet in Facet.values if facet not in (Facet.ALL, Facet.PERPETRATOR, Facet.HOUR))
_PAIRS = (
    *((bits, Facet.ALL.value) for bits in LEVELS),
    *((bits, facet) for bits in FACET_LEVELS for facet in _FACETED),
    (WHOLE, Facet.HOUR.value),
    (COARSEST, Facet.HOUR.value),
)


def contributions(facts: str, sign: int = 1) -> str:
    """The sums that each row of `facts` (a table, or a query in brackets) counts in, one row each."""
    pairs = ", ".join(f"({bits}, '{facet}')" for bits, facet in _PAIRS)
    states = ", ".join(f"('{state}')" for state in State.values)
    forces = ", ".join(f"('{code}', {1 << bit})" for bit, code in enumerate(FORCES))
    levels = ", ".join(f"({bits})" for bits in FACET_LEVELS)
    value = f"""CASE p.column2 WHEN 'status' THEN f.status WHEN 'category' THEN f.category
 WHEN 'verification' THEN f.verification WHEN 'danger' THEN 'yes' WHEN 'day' THEN CAST(f.happened / {DAY_S} AS VARCHAR)
 WHEN 'hour' THEN CAST(f.happened / {HOUR_S} AS VARCHAR)
 WHEN 'assigned' THEN CAST(f.assigned AS VARCHAR) ELSE '' END"""
    counted = f"{sign} AS n, {sign} * f.danger AS danger, {sign} * f.lat AS lat, {sign} * f.lon AS lon"

    def at(bits: str) -> str:
        # What has no place stands in the column -1 of the coarsest squares alone.
        shifted = (
            f"CASE WHEN {bits} = {WHOLE} THEN 0 WHEN f.x < 0 THEN -1 ELSE f.{{}} >> ({FINEST} - {bits}) END AS {{}}"
        )
        return f"{bits} AS bits, {shifted.format('x', 'x')}, {shifted.format('y', 'y')}"

    def somewhere(bits: str) -> str:
        return f"(f.x >= 0 OR {bits} IN ({WHOLE}, {LEVELS[0]}))"

    return f"""
SELECT f.mission, p.column2 AS facet, {value} AS value, s.column1 AS state, {at("p.column1")},
 f.department, f.severity, {counted}
FROM {facts} f CROSS JOIN (VALUES {pairs}) p
JOIN (VALUES {states}) s ON s.column1 = 'all' OR s.column1 = f.state
WHERE {somewhere("p.column1")} AND (p.column2 <> 'danger' OR f.danger = 1)
UNION ALL
SELECT f.mission, 'perpetrator', c.column1, s.column1, {at("p.column1")}, f.department, f.severity, {counted}
FROM {facts} f JOIN (VALUES {forces}) c ON f.forces & c.column2 <> 0 CROSS JOIN (VALUES {levels}) p
JOIN (VALUES {states}) s ON s.column1 = 'all' OR s.column1 = f.state
WHERE {somewhere("p.column1")}"""


def summed(rows: str) -> str:
    """Contributions added up; what adds up to nothing is left out."""
    sums = ", ".join(f"SUM({name}) AS {name}" for name in SUMS)
    some = " OR ".join(f"SUM({name}) <> 0" for name in SUMS)
    key = ", ".join(KEY)
    return f"SELECT {key}, {sums} FROM ({rows}) AS c WHERE TRUE GROUP BY {key} HAVING {some}"


def restate(incidents: list[Any]) -> None:
    """Count these incidents anew, whatever was counted of them. Inside a transaction that holds the folding's lock.

    They are read once and laid aside: read twice, a change in between would be counted in one place only.
    """
    ids: list[Any] = [Counted._meta.pk.get_db_prep_value(pk, connection) for pk in incidents]
    these = f"IN ({', '.join(['%s'] * len(ids))})"
    was = f"(SELECT * FROM {COUNTED} WHERE incident {these})"
    adding = ", ".join(f"{name} = {TALLY}.{name} + excluded.{name}" for name in SUMS)
    change = summed(f"{contributions(was, -1)} UNION ALL {contributions(RECOUNTED)}")
    into = f"INSERT INTO {TALLY} ({', '.join(KEY + SUMS)})"
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {RECOUNTED} ({COLUMNS}) SELECT {COLUMNS} FROM ({now(f'i.id {these}')}) AS n", ids)
        cursor.execute(f"{into} {change} ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET {adding}", ids * 2)
        cursor.execute(f"DELETE FROM {COUNTED} WHERE incident {these}", ids)
        cursor.execute(f"INSERT INTO {COUNTED} ({COLUMNS}) SELECT {COLUMNS} FROM {RECOUNTED}")
        cursor.execute(f"DELETE FROM {RECOUNTED}")


def differences() -> dict[str, int]:
    """How many rows are not as they should be: of what is counted of each incident, and of the sums over that.

    Inside a transaction that holds the folding's lock. What is marked is on its way to be counted and is not compared.
    """
    marked = f"SELECT incident FROM {MARKS}"
    some = " OR ".join(f"{name} <> 0" for name in SUMS)
    names = ", ".join(KEY + SUMS)
    compared = {
        "incidents": (
            f"SELECT {COLUMNS} FROM ({now()}) AS f WHERE incident NOT IN ({marked})",
            f"SELECT {COLUMNS} FROM {COUNTED} WHERE incident NOT IN ({marked})",
        ),
        "sums": (summed(contributions(COUNTED)), f"SELECT {names} FROM {TALLY} WHERE {some}"),
    }
    return {name: max(_beyond(*pair), _beyond(*reversed(pair))) for name, pair in compared.items()}


def _beyond(one: str, other: str) -> int:
    """How many rows of one query are not in the other."""
    with connection.cursor() as cursor:
        # An empty list of values, for a sign of percent is written twice throughout.
        cursor.execute(
            f"SELECT COUNT(*) FROM (SELECT * FROM ({one}) AS a EXCEPT SELECT * FROM ({other}) AS b) AS d", []
        )
        count: int = cursor.fetchone()[0]
    return count


def forget() -> None:
    """Throw the tally away and mark every incident. Inside a transaction that holds the folding's lock."""
    with connection.cursor() as cursor:
        for table in (TALLY, COUNTED, RECOUNTED):
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute(f"INSERT INTO {MARKS} (incident) SELECT id FROM {INCIDENTS}")
