# ruff: noqa: S608 - what is put together here are names, numbers and codes of our own
"""Reading the tally: how many incidents lie in each square, or fall into each stretch of time.

Every answer is one statement, and so one moment: sums, less what was counted of the marked incidents, plus these as
they are now. Where the sums say too little the rows of `Counted` are looked through, with the same correction.
"""

from dataclasses import replace
from typing import Any, NamedTuple

from django.db import connection

from incidents.geo import CELL_BITS, Bounds, Rectangle, column_and_row
from incidents.models.counting import COUNTED, HOUR_S, MARKS, TALLY, now
from incidents.models.question import Question, in_box
from incidents.models.tally import COARSEST, FACET_LEVELS, FINEST, UNPLACED, WHOLE

# Squares a window may hold, so that an answer stays small and marks don't touch; finer ones are put together.
MOST_SQUARES = 350
DEEPEST = 24  # bits; below that a square is two metres wide
BEYOND = -2
# Squares an index is asked for one by one.
_LISTED = 600


class Square(NamedTuple):
    """What lies in one square, of one severity; `x` is -1 for what has no place. Sums of millionths of a degree."""

    x: int
    y: int
    severity: str
    n: int
    danger: int
    lat: int
    lon: int


def fitting(bounds: Bounds | None, bits: int) -> int:
    """The finest grid, of `bits` at most, in which the window holds no more squares than an answer may."""
    if bounds is None:
        return min(bits, COARSEST)
    return next(b for b in range(min(bits, DEEPEST), -1, -1) if bounds.touched(b).size <= MOST_SQUARES)


def squares(question: Question, bits: int) -> list[Square]:
    """What is meant, by square of a grid of 2^bits a side and by severity; where no area is, of 8 bits at most."""
    return [] if question.is_empty else _squares(_arms(question, bits), bits)


def squares_seen(question: Question, bits: int, view: Bounds | None) -> list[Square]:
    """All that is meant, by square where it lies in the window; `x` is -2 for what has its place beyond.

    One walk through what is counted: for a question that the sums can't answer, and whose whole count is asked with it.
    """
    if question.is_empty:
        return []
    tables = ((COUNTED, 1), *_marked())
    return _squares([_facts(question, bits, table, question.facts, sign, view) for table, sign in tables], bits)


def _squares(arms: list[str], bits: int) -> list[Square]:
    found = _added("x, y, severity", "n, danger, lat, lon", arms)
    if bits <= FINEST:
        return [Square(*row) for row in found]
    return [Square(*(column_and_row(row[0]) if row[0] >= 0 else row[:2]), *row[2:]) for row in found]


def counts(*questions: Question) -> list[int]:
    """How many are meant by each."""
    arms = [
        f"SELECT {number} AS which, n FROM ({' UNION ALL '.join(_arms(question, fitting(question.area, FINEST)))}) AS q"
        for number, question in enumerate(questions)
        if not question.is_empty
    ]
    found = dict(_added("which", "n", arms)) if arms else {}
    return [found.get(number, 0) for number in range(len(questions))]


def totals(question: Question) -> tuple[int, int]:
    """How many are meant, and how many of them have no place.

    A statement of its own: it is the same wherever the map is moved to, so that a database plans it once.
    """
    if question.is_empty:
        return 0, 0
    arms = " UNION ALL ".join(_arms(question, fitting(question.area, FINEST)))
    placed = f"SELECT CASE WHEN x < 0 THEN 1 ELSE 0 END AS unplaced, n FROM ({arms}) AS q"
    found = dict(_added("unplaced", "n", [placed]))
    return sum(found.values()), found.get(1, 0)


def times(question: Question, step_s: int) -> list[tuple[int, str, int]]:
    """How many there are of each severity in each stretch of `step_s` seconds, numbered from 1970."""
    if question.is_empty:
        return []
    slot = f"happened / {step_s} AS slot, severity"
    if question.is_plain and step_s % HOUR_S == 0:
        hours = f"CAST(value AS INTEGER) / {step_s // HOUR_S} AS slot"
        arms = [f"SELECT {hours}, severity, n FROM {TALLY} WHERE {_all([*question.hours, f'bits = {WHOLE}'])}"]
    else:
        arms = [f"SELECT {slot}, 1 AS n FROM {COUNTED} WHERE {_all([*question.facts, *_near(question.area)])}"]
    arms += [f"SELECT {slot}, {sign} AS n FROM {table} WHERE {_all(question.facts)}" for table, sign in _marked()]
    return [(slot, severity, n) for slot, severity, n in _added("slot, severity", "n", arms)]


# -- the parts of a statement ------------------------------------------------------------------------------------------


def _arms(question: Question, bits: int) -> list[str]:
    """Rows of x, y, severity, n, danger, lat, lon that add up to the answer."""
    if question.is_summed and bits <= question.levels[-1]:
        arms = _sums(question, bits)
    else:
        arms = [_facts(question, bits, COUNTED, [*question.facts, *_near(question.area)])]
    return arms + [_facts(question, bits, table, question.facts, sign) for table, sign in _marked()]


def _added(key: str, sums: str, arms: list[str]) -> list[Any]:
    """The arms of a statement put together and added up by `key`."""
    added = ", ".join(f"CAST(SUM({name}) AS BIGINT)" for name in sums.split(", "))
    rows = " UNION ALL ".join(arms)
    with connection.cursor() as cursor:
        # An empty list of values, for a sign of percent is written twice throughout.
        cursor.execute(f"SELECT {key}, {added} FROM ({rows}) AS arms GROUP BY {key} HAVING SUM(n) <> 0", [])
        return list(cursor.fetchall())


def _all(conditions: list[str]) -> str:
    return " AND ".join(conditions)


def _marked() -> tuple[tuple[str, int], ...]:
    """What was counted of the marked incidents, to be taken off, and what they are now, to be added."""
    marks = f"SELECT incident FROM {MARKS}"
    before = f"(SELECT * FROM {COUNTED} WHERE incident IN ({marks})) AS before"
    return ((before, -1), (f"({now(f'i.id IN ({marks})')}) AS after", 1))


def _facts(
    question: Question, bits: int, table: str, conditions: list[str], sign: int = 1, view: Bounds | None = None
) -> str:
    """Below 14 bits by the cell, which stands in the place of `x` until it is taken apart."""
    deep = bits > FINEST
    x, y = (f"cell >> {2 * (CELL_BITS - bits)}", "0") if deep else (f"{name} >> {FINEST - bits}" for name in "xy")
    if view:
        beyond = f"CASE WHEN x < 0 THEN {UNPLACED} WHEN {in_box(view)} THEN {{}} ELSE {BEYOND} END"
        x, y = beyond.format(x), beyond.format(y)
    where = f"{x} AS x, {y} AS y"
    sums = ", ".join(f"{sign} * {name} AS {name}" for name in ("danger", "lat", "lon"))
    return f"SELECT {where}, severity, {sign} AS n, {sums} FROM {table} WHERE {_all(conditions)}"


def _near(area: Bounds | None) -> list[str]:
    """For an index to narrow down what an area holds: the small squares it touches, or the large ones."""
    if area is None:
        return []
    for bits, column in ((FINEST, "square"), (FACET_LEVELS[-1], "region")):
        if area.touched(bits).size <= _LISTED:
            return [_listed(column, area.touched(bits).cells())]
    return []


def _listed(column: str, cells: list[int]) -> str:
    return f"{column} IN ({', '.join(map(str, cells))})"


def _sums(question: Question, bits: int) -> list[str]:
    """Sums where whole squares are meant; at the edges of the area and of the span, incidents one by one."""
    if question.span:
        return _sums_of_span(question, bits)
    if question.area is None:
        return [_sum(question.sums, bits, COARSEST)]
    level = next(level for level in question.levels if level >= bits)
    inner = question.area.inner(level)
    arms = [_sum(question.sums, bits, level, inner)] if inner.size else []
    if level in (8, 12):
        # A ring of smaller squares around the large ones, or a border through a town would be long to look through.
        large, level = inner.finer(2), level + 2
        inner = question.area.inner(level)
        arms += [_sum(question.sums, bits, level, strip) for strip in inner.beside(large)]
    ring = question.area.touched(level).cells(without=inner)
    if ring:
        column = "square" if level == FINEST else "region"
        arms.append(_facts(question, bits, _lying_in(question, column, ring), question.facts))
    return arms


def _sums_of_span(question: Question, bits: int) -> list[str]:
    """Whole days, and where squares are coarsest whole hours; what is left of the span, and around, one by one."""
    level = next(level for level in question.levels if level >= bits)
    inner = question.area.inner(level) if question.area else None
    arms = []
    if question.area and inner:
        finer = FACET_LEVELS[-1]
        ring = question.area.touched(finer).cells(without=inner.finer(finer - level))
        arms += [_facts(question, bits, _lying_in(question, "region", ring), question.facts)] if ring else []
    if inner is None or inner.size:
        arms += [_sum(question.sums, bits, level, inner)] if question.days else []
        by_hour = level == COARSEST
        if by_hour and question.odd_hours:
            arms.append(_sum(question.sums_of_odd_hours, bits, level, inner))
        where = [_inside(inner, FINEST - level)] if inner else []
        parts = [replace(question, span=end) for end in question.odd_ends(by_hour=by_hour)]
        arms += [_facts(part, bits, COUNTED, [*part.facts, *where]) for part in parts]
    return arms


def _lying_in(question: Question, column: str, cells: list[int]) -> str:
    """What is counted in these squares, found by their index, one square after the other.

    PostgreSQL thinks of each square as holding as much as any other, and would rather walk through all that fits the
    other conditions; those around a window are nearly empty.
    """
    theirs = f"mission IN ({', '.join(map(str, sorted(question.scope.missions)))})"
    if connection.vendor != "postgresql" or not question.is_narrowed:
        return f"(SELECT * FROM {COUNTED} WHERE {theirs} AND {_listed(column, cells)}) AS near"
    values = ", ".join(f"({cell})" for cell in cells)
    one = f"SELECT * FROM {COUNTED} WHERE {theirs} AND {column} = square_.cell OFFSET 0"
    return f"(SELECT found.* FROM (VALUES {values}) AS square_ (cell) CROSS JOIN LATERAL ({one}) AS found) AS near"


def _sum(conditions: list[str], bits: int, level: int, inner: Rectangle | None = None) -> str:
    conditions = [*conditions, f"bits = {level}"]
    if inner:
        conditions.append(_inside(inner))
    where = f"x >> {level - bits} AS x, y >> {level - bits} AS y"
    return f"SELECT {where}, severity, n, danger, lat, lon FROM {TALLY} WHERE {_all(conditions)}"


def _inside(inner: Rectangle, shift: int = 0) -> str:
    x, y = (f"{name} >> {shift}" if shift else name for name in "xy")
    return f"{x} BETWEEN {inner.left} AND {inner.right} AND {y} BETWEEN {inner.top} AND {inner.bottom}"
