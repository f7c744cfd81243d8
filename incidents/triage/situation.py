"""Which incidents are close in place and time, as connected groups: the order of arrival does not matter. Pure.

Method, version 1: single linkage over space and time. Two incidents are linked when they lie within so many metres and
minutes of each other; a group is what links connect, as in density-based clustering over space and time (Birant and Kut
2007) with every point a core. Neighbours come from squares of the cell index, never from comparing all pairs.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from incidents import geo

VERSION = "situation-1"
_EQUATOR_M = 2 * math.pi * 6_378_137  # of the web-mercator sphere
_METRES_PER_DEGREE = 110_000  # of latitude, at the least: a box that is a little too wide


class Point(NamedTuple):
    """An incident. `at` in minutes; `sources` are the monitors who reported it."""

    id: Any
    latitude: float
    longitude: float
    at: float
    sources: frozenset[Any] = frozenset()


def bits_for(metres: float, latitude: float) -> int:
    """The finest grid whose squares are at least twice that wide, so that a circle touches four of them at most."""
    squares = _EQUATOR_M * math.cos(math.radians(min(abs(latitude) + 1, 85))) / (2 * metres)
    return max(1, min(geo.CELL_BITS, int(math.log2(max(2.0, squares)))))


def squares(latitude: float, longitude: float, metres: float, bits: int) -> set[int]:
    """The squares of that grid which a circle may touch."""
    north = metres / _METRES_PER_DEGREE
    east = north / max(0.01, math.cos(math.radians(min(85.0, abs(latitude) + north))))
    shift = 2 * (geo.CELL_BITS - bits)
    corners = ((latitude + a * north, longitude + b * east) for a in (-1, 1) for b in (-1, 1))
    return {geo.cell(*corner) >> shift for corner in corners}


def ranges(points: Iterable[Point], metres: float) -> list[tuple[int, int]]:
    """The ranges of cells, ends included, that hold whatever may be linked to one of the points."""
    known = list(points)
    bits = bits_for(metres, max((abs(point.latitude) for point in known), default=0))
    shift = 2 * (geo.CELL_BITS - bits)
    found = set().union(*(squares(point.latitude, point.longitude, metres, bits) for point in known))
    return [(square << shift, ((square + 1) << shift) - 1) for square in sorted(found)]


def groups(points: Iterable[Point], *, metres: float, minutes: float) -> list[list[Point]]:
    """The connected groups, largest first, each in order of time; single points are groups of their own."""
    known = list({point.id: point for point in points}.values())
    bits = bits_for(metres, max((abs(point.latitude) for point in known), default=0))
    shift = 2 * (geo.CELL_BITS - bits)
    buckets: dict[tuple[int, int], list[Point]] = defaultdict(list)
    for point in known:
        buckets[geo.cell(point.latitude, point.longitude) >> shift, int(point.at // minutes)].append(point)

    def linked(point: Point) -> Iterable[Point]:
        span = int(point.at // minutes)
        for square in squares(point.latitude, point.longitude, metres, bits):
            for moment in (span - 1, span, span + 1):
                yield from (
                    other for other in buckets.get((square, moment), ()) if _close(point, other, metres, minutes)
                )

    unseen = {point.id: point for point in known}
    found = []
    while unseen:
        _, first = unseen.popitem()
        group, waiting = [first], [first]
        while waiting:
            for other in linked(waiting.pop()):
                if unseen.pop(other.id, None):
                    group.append(other)
                    waiting.append(other)
        found.append(sorted(group, key=lambda point: (point.at, str(point.id))))
    return sorted(found, key=lambda group: (-len(group), group[0].at, str(group[0].id)))


def _close(one: Point, other: Point, metres: float, minutes: float) -> bool:
    if abs(one.at - other.at) > minutes:
        return False
    return geo.distance_m(one.latitude, one.longitude, other.latitude, other.longitude) <= metres


def sources(group: Iterable[Point]) -> set[Any]:
    """The monitors behind a group."""
    return {source for point in group for source in point.sources}
