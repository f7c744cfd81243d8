"""From a point to its department, and how well a place is known. Geometry by shapely, in memory."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import Count, Max
from shapely import STRtree
from shapely.geometry import Point, box, shape
from shapely.ops import nearest_points

from incidents import geo
from incidents.models import Boundary, Mission, Place
from incidents.taxonomy import Precision

DEPARTMENT_LEVEL = 1
# Borders are drawn coarsely: a point just outside belongs to its nearest department.
NEAREST_WITHIN_M = 5_000
# Metres in a degree of latitude at the least; wide enough a box to find every candidate.
METRES_PER_DEGREE = 110_000
EXACT_WITHIN_M = 30
VICINITY_WITHIN_M = 150
LOCALITY_WITHIN_M = 1_500


@dataclass(frozen=True)
class _Departments:
    tree: STRtree
    shapes: tuple[Any, ...]
    ids: tuple[int, ...]


def department_for(
    mission: Mission, latitude: Decimal | None, longitude: Decimal | None, place: Place | None
) -> int | None:
    """The department of a measured position, else of the chosen place, else None."""
    if latitude is not None and longitude is not None and (found := department_of(mission, latitude, longitude)):
        return found
    return place.department_id if place else None


def department_of(mission: Mission, latitude: Decimal, longitude: Decimal) -> int | None:
    """The id of the department that contains the point, else of the nearest within 5 km, else None."""
    departments = _departments(mission)
    point = Point(float(longitude), float(latitude))
    inside = sorted(int(found) for found in departments.tree.query(point, predicate="intersects"))
    if inside:
        return departments.ids[inside[0]]
    return _nearest(departments, point)


def _nearest(departments: _Departments, point: Point) -> int | None:
    reach = NEAREST_WITHIN_M / METRES_PER_DEGREE * 3  # degrees of longitude shrink towards the poles
    around = box(point.x - reach, point.y - reach, point.x + reach, point.y + reach)
    best: tuple[float, int] | None = None
    for found in departments.tree.query(around):
        edge, _ = nearest_points(departments.shapes[found], point)
        apart = geo.distance_m(point.y, point.x, edge.y, edge.x)
        if apart <= NEAREST_WITHIN_M and (best is None or apart < best[0]):
            best = (apart, departments.ids[found])
    return best[1] if best else None


def _departments(mission: Mission) -> _Departments:
    stamp = Boundary.objects.filter(mission=mission, level=DEPARTMENT_LEVEL).aggregate(
        count=Count("pk"), changed=Max("updated_at")
    )
    return _load(mission.pk, stamp["count"], stamp["changed"])


@lru_cache(maxsize=32)
def _load(mission_id: int, count: int, changed: Any) -> _Departments:
    """Keyed by count and last change, so that a newly loaded file is seen by every process."""
    rows = Boundary.objects.filter(mission_id=mission_id, level=DEPARTMENT_LEVEL).order_by("pk")
    pairs = [(row.pk, shape(row.geometry)) for row in rows]
    shapes = tuple(geometry for _, geometry in pairs)
    return _Departments(STRtree(shapes), shapes, tuple(pk for pk, _ in pairs))


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
