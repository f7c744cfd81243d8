"""What the map and its histogram draw: the list's incidents by square and by time, in numbers that equal the list's.

Built of the list's own chips and search. Where the tally can't answer, the list's own queryset is added up.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from incidents.admin import adding
from incidents.admin.listing import IncidentChangeList
from incidents.admin.when_and_where import within
from incidents.geo import Bounds, Rectangle
from incidents.models import reckoning
from incidents.models.question import Question
from incidents.models.reckoning import Square, fitting
from incidents.models.tally import COARSEST, UNPLACED
from incidents.taxonomy import Category, Severity
from incidents.templatetags.incidents import spoken

# As many as this are drawn one by one; more, as clusters. Either way the answer has at most 20 kB.
MOST_POINTS = 150
DEEPEST_ZOOM = 30
# A square of z + 2 bits is 64 pixels wide at zoom z.
FINER = 2
ORDER = (*Severity.values, "")
DANGER = len(ORDER)
POINT_FIELDS = (
    "pk",
    "latitude",
    "longitude",
    "severity",
    "in_danger_now",
    "accuracy_m",
    "place_precision",
    "category",
    "opened_at",
    "mission__time_zone",
)


@dataclass(frozen=True)
class Window:
    """What part of the world the map shows, and the grid for it. `bounds` None is all of it."""

    bounds: Bounds | None
    bits: int

    @classmethod
    def asked(cls, request: HttpRequest) -> "Window":
        """Raises ValueError on what is no box or no zoom."""
        box, zoom = (request.GET.get(name, "").strip() for name in ("bounds", "zoom"))
        bounds = Bounds.read(box) if box else None
        level = float(zoom or DEEPEST_ZOOM)
        if not 0 <= level <= DEEPEST_ZOOM:
            raise ValueError(zoom)
        return cls(bounds, fitting(bounds, round(level) + FINER))


def answer(cl: IncidentChangeList, window: Window) -> dict[str, Any]:
    """All that is listed, and what lies in the window: as points where these are few, else as clusters."""
    (total, without), seen = _counted(cl, window)
    inside = sum(square.n for square in seen)
    found = {"total": total, "located": total - without, "without_place": without, "inside": inside}
    if inside > MOST_POINTS:
        return {**found, "bits": window.bits, "clusters": _clusters(seen, window.bits), "points": []}
    points = _points(cl.queryset, window.bounds) if inside else []
    return {**found, "inside": len(points), "bits": window.bits, "clusters": [], "points": points}


def _counted(cl: IncidentChangeList, window: Window) -> tuple[tuple[int, int], list[Square]]:
    asked, bounds, bits = cl.question, window.bounds, window.bits
    if asked is None:
        found = adding.squares(cl.queryset, bits, bounds)
    elif bounds and asked.is_summed:
        return _summed(asked, bounds, bits)
    else:
        found = reckoning.squares_seen(asked, bits, bounds) if bounds else reckoning.squares(asked, bits)
    return _totals(found), _placed(found)


def _summed(asked: Question, bounds: Bounds, bits: int) -> tuple[tuple[int, int], list[Square]]:
    """Zoomed out, most squares lie in the window whole: only those that its edge cuts through are asked after."""
    if bits > COARSEST or asked.area:
        return reckoning.totals(asked), _placed(reckoning.squares(asked.seen_in(bounds), bits))
    found = reckoning.squares(asked, bits)
    inner, touched = bounds.inner(bits), bounds.touched(bits)
    seen = [one for one in found if inner.holds(one.x, one.y)]
    cut = {(one.x, one.y) for one in found if touched.holds(one.x, one.y) and not inner.holds(one.x, one.y)}
    if cut:
        edge = asked.seen_in(Rectangle.around(cut).bounds(bits).within(bounds))
        seen += [one for one in reckoning.squares(edge, bits) if (one.x, one.y) in cut]
    return _totals(found), seen


def _totals(found: list[Square]) -> tuple[int, int]:
    """How many there are, and how many of them have no place."""
    return sum(one.n for one in found), sum(one.n for one in found if one.x == UNPLACED)


def _placed(found: list[Square]) -> list[Square]:
    return [square for square in found if square.x >= 0]


def _clusters(seen: list[Square], bits: int) -> list[list[Any]]:
    """[column, row, latitude, longitude, one count for each severity, in danger], the position being the mean."""
    counts: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0] * (DANGER + 1))
    sums: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    for x, y, severity, n, danger, latitude, longitude in seen:
        counts[x, y][ORDER.index(severity)] += n
        counts[x, y][DANGER] += danger
        sums[x, y][0] += latitude
        sums[x, y][1] += longitude
    return [[*where, *_mean(sums[where], sum(row[:DANGER]), bits), *row] for where, row in counts.items()]


def _mean(sums: list[int], count: int, bits: int) -> Iterable[float]:
    """To a pixel, of which a square is 64 wide."""
    decimals = min(6, max(1, math.ceil(-math.log10(360 / (64 << bits)))))
    return (round(number / count / 1_000_000, decimals) for number in sums)


def _points(found: Any, bounds: Bounds | None) -> list[list[Any]]:
    """[id, latitude, longitude, severity, in danger, accuracy in metres, precision, category, time in words]."""
    placed = adding.listed(found).filter(adding.PLACED)
    rows = (within(placed, bounds) if bounds else placed).order_by("-opened_at", "pk").values_list(*POINT_FIELDS)
    labels = {code: str(label) for code, label in Category.choices}
    return [
        [
            str(pk),
            float(latitude),
            float(longitude),
            severity,
            int(danger),
            accuracy,
            precision,
            labels[category],
            spoken(timezone.localtime(opened, ZoneInfo(zone))),
        ]
        for pk, latitude, longitude, severity, danger, accuracy, precision, category, opened, zone in rows[:MOST_POINTS]
    ]


# -- by time -----------------------------------------------------------------------------------------------------------

HOUR_S = 3_600
STEPS_S = (300, 900, HOUR_S, 6 * HOUR_S, 24 * HOUR_S, 7 * 24 * HOUR_S)
MOST_BINS = 120


def histogram(cl: IncidentChangeList) -> dict[str, Any]:
    """How many happened in each step, by severity; the widest span that so many steps hold, up to the latest."""
    hours = _times(cl, HOUR_S)
    if not hours:
        now = timezone.now().replace(minute=0, second=0, microsecond=0)
        return {"from": now.isoformat(), "step_s": HOUR_S, "bins": [], "total": 0}
    begin, end = (pick(slot for slot, _severity, _n in hours) for pick in (min, max))
    step = next((one for one in STEPS_S if _length(begin, end, one) <= MOST_BINS), STEPS_S[-1])
    if step < HOUR_S:
        counted = _times(cl, step, span=(begin * HOUR_S, (end + 1) * HOUR_S))
    else:
        counted = [(slot * HOUR_S // step, severity, n) for slot, severity, n in hours]
    last = max(slot for slot, _severity, _n in counted)
    first = max(min(slot for slot, _severity, _n in counted), last - MOST_BINS + 1)
    bins = [[0] * len(ORDER) for _ in range(last - first + 1)]
    for slot, severity, n in counted:
        if slot >= first:
            bins[slot - first][ORDER.index(severity)] += n
    begins = datetime.fromtimestamp(first * step, UTC).isoformat()
    return {"from": begins, "step_s": step, "bins": bins, "total": sum(n for _slot, _severity, n in hours)}


def _length(begin: int, end: int, step: int) -> int:
    """How many steps there are from the beginning of one hour to the end of another."""
    return ((end + 1) * HOUR_S - 1) // step - begin * HOUR_S // step + 1


def _times(cl: IncidentChangeList, step: int, span: tuple[int, int] | None = None) -> list[tuple[int, str, int]]:
    if cl.question is None:
        return adding.times(cl.queryset, step)
    return reckoning.times(replace(cl.question, span=span) if span else cl.question, step)
