"""From a point to its department, and how well a place is known. Geometry by shapely, in memory."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from shapely import STRtree
from shapely.geometry import Point, box, shape
from shapely.ops import nearest_points

from incidents import geo
from incidents.models import Boundary, Mission, Place, Stamp
from incidents.taxonomy import Precision

DEPARTMENT_LEVEL = 1
# Borders are drawn coarsely: a point just outside belongs to its nearest department.
NEAREST_WITHIN_M = 5_000
# Metres in a degree of latitude at the least; wide enough a box to find every candidate.
METRES_PER_DEGREE = 110_000
EXACT_WITHIN_M = 30
VICINITY_WITHIN_M = 150
LOCALITY_WITHIN_M = 1_500
# What a register's own position of a station may be off by: the gate, the yard, the other side of the block.
STATION_MARGIN_M = 75


@dataclass(frozen=True)
class Areas:
    """The boundaries of one level, for asking which of them holds a point."""

    tree: STRtree
    shapes: tuple[Any, ...]
    ids: tuple[int, ...]
    codes: dict[int, str]

    def holding(self, point: Point) -> int | None:
        """The id of the area that contains the point, else of the nearest within 5 km, else None."""
        inside = sorted(int(found) for found in self.tree.query(point, predicate="intersects"))
        return self.ids[inside[0]] if inside else self._nearest(point)

    def at(self, latitude: float | Decimal, longitude: float | Decimal) -> int | None:
        """The same for degrees."""
        return self.holding(Point(float(longitude), float(latitude)))

    def _nearest(self, point: Point) -> int | None:
        reach = NEAREST_WITHIN_M / METRES_PER_DEGREE * 3  # degrees of longitude shrink towards the poles
        around = box(point.x - reach, point.y - reach, point.x + reach, point.y + reach)
        best: tuple[float, int] | None = None
        for found in self.tree.query(around):
            edge, _ = nearest_points(self.shapes[found], point)
            apart = geo.distance_m(point.y, point.x, edge.y, edge.x)
            if apart <= NEAREST_WITHIN_M and (best is None or apart < best[0]):
                best = (apart, self.ids[found])
        return best[1] if best else None


def department_for(
    mission: Mission,
    latitude: Decimal | None,
    longitude: Decimal | None,
    place: Place | None,
    stamp: Stamp | None = None,
) -> int | None:
    """The department of a measured position, else of the chosen place, else None."""
    if latitude is not None and longitude is not None and (found := department_of(mission, latitude, longitude, stamp)):
        return found
    return place.department_id if place else None


def department_of(mission: Mission, latitude: Decimal, longitude: Decimal, stamp: Stamp | None = None) -> int | None:
    """The id of the department that contains the point, else of the nearest within 5 km, else None."""
    return areas(mission, DEPARTMENT_LEVEL, stamp).at(latitude, longitude)


def middle_of(area: Boundary) -> tuple[float, float]:
    """A point well inside an area, always the same one, as (latitude, longitude) to four decimals."""
    return _middle(area.pk, area.updated_at)


@lru_cache(maxsize=1_000)
def _middle(boundary_id: int, _changed: datetime) -> tuple[float, float]:
    point: Point = shape(Boundary.objects.get(pk=boundary_id).geometry).representative_point()
    return round(point.y, 4), round(point.x, 4)


def areas(mission: Mission, level: int, stamp: Stamp | None = None) -> Areas:
    return _load(mission.pk, level, (stamp or Stamp.of(mission.pk)).boundaries)


@lru_cache(maxsize=32)
def _load(mission_id: int, level: int, _changed: tuple[Any, ...]) -> Areas:
    """Keyed by count and last change, so that a newly loaded file is seen by every process."""
    rows = Boundary.objects.filter(mission_id=mission_id, level=level).order_by("pk")
    pairs = [(row.pk, shape(row.geometry)) for row in rows]
    shapes = tuple(geometry for _, geometry in pairs)
    return Areas(STRtree(shapes), shapes, tuple(pk for pk, _ in pairs), {row.pk: row.code for row in rows})


def station_near(mission_id: int, latitude: Decimal, longitude: Decimal, accuracy_m: int | None) -> Place | None:
    """The polling station nearest to a measured position, if it lies within the fix's accuracy and a margin.

    None where the fix is worse than a locality: the nearest would then be a guess. Asks the cell index, at most four
    ranges of it.
    """
    if precision_of(accuracy_m) == Precision.AREA:
        return None
    reach = (VICINITY_WITHIN_M if accuracy_m is None else accuracy_m) + STATION_MARGIN_M
    # One search of the index per range: joined by OR, SQLite would rather read all of the mission's places.
    first, *others = (
        Place.objects.filter(mission_id=mission_id, kind=Place.Kind.POLLING_STATION, cell__range=ends).order_by()
        for ends in geo.cells_around(latitude, longitude, reach)
    )
    stations = first.union(*others, all=True) if others else first
    apart = [
        (geo.distance_m(latitude, longitude, found.latitude, found.longitude), found.pk, found) for found in stations
    ]
    nearest = min(apart, default=None)
    return nearest[2] if nearest and nearest[0] <= reach else None


def precision_of(accuracy_m: int | None) -> Precision:
    """The precision class of a measured position; an unknown accuracy counts as a vicinity."""
    if accuracy_m is None:
        return Precision.VICINITY
    for limit, precision in (
        (EXACT_WITHIN_M, Precision.EXACT),
        (VICINITY_WITHIN_M, Precision.VICINITY),
        (LOCALITY_WITHIN_M, Precision.LOCALITY),
    ):
        if accuracy_m <= limit:
            return precision
    return Precision.AREA
