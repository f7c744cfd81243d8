"""A mission's departments as a small drawing: outlines for an SVG, and where on it a position lies.

Coarse enough to be served within a page. Knows no colours and no words.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Count, Max
from shapely.geometry import MultiPolygon, Polygon, shape

from incidents.models import Boundary, Mission
from incidents.places.lookup import DEPARTMENT_LEVEL
from incidents.taxonomy import PlaceLevel

# Units of the drawing, across its longer side; outlines are at most one unit off.
SIDE = 240
FARTHEST = 85.0


@dataclass(frozen=True)
class Sketch:
    """`outlines` are the d of paths, by the code of a department; `width` and `height` those of the view box."""

    outlines: dict[str, str]
    width: int
    height: int
    west: float
    north: float
    per_degree: float
    squeeze: float

    def at(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Across and down, in units of the drawing."""
        across = (longitude - self.west) * self.squeeze * self.per_degree
        return round(across, 1), round((self.north - latitude) * self.per_degree, 1)

    def of(self, columns: Mapping[str, Any]) -> tuple[str, tuple[float, float] | None]:
        """Of a release: the outline of the department that is told as a whole, else "", and the spot that is told."""
        whole = columns["adm1_code"] if columns["place_level"] == PlaceLevel.DEPARTMENT else None
        located = columns["latitude"] is not None
        spot = self.at(columns["latitude"], columns["longitude"]) if located else None
        return self.outlines.get(whole or "", ""), spot


def sketch(mission: Mission) -> Sketch | None:
    """None where no department is known."""
    rows = Boundary.objects.filter(mission=mission, level=DEPARTMENT_LEVEL)
    stamp = rows.aggregate(count=Count("pk"), changed=Max("updated_at"))
    return _drawn(mission.pk, stamp["count"], stamp["changed"]) if stamp["count"] else None


@lru_cache(maxsize=32)
def _drawn(mission_id: int, count: int, changed: Any) -> Sketch:
    """Keyed by count and last change, so that a newly loaded file is seen by every process."""
    rows = Boundary.objects.filter(mission_id=mission_id, level=DEPARTMENT_LEVEL).order_by("code")
    shapes = {row.code: shape(row.geometry) for row in rows}
    bounds = [one.bounds for one in shapes.values()]
    west, south = min(one[0] for one in bounds), min(one[1] for one in bounds)
    east, north = max(one[2] for one in bounds), max(one[3] for one in bounds)
    # Degrees of longitude are shorter away from the equator.
    squeeze = math.cos(math.radians(min((north + south) / 2, FARTHEST)))
    across, down = (east - west) * squeeze, north - south
    per_degree = SIDE / max(across, down)
    drawing = Sketch({}, math.ceil(across * per_degree), math.ceil(down * per_degree), west, north, per_degree, squeeze)
    drawing.outlines.update({code: _path(drawing, one.simplify(1 / per_degree)) for code, one in shapes.items()})
    return drawing


def _path(drawing: Sketch, area: Any) -> str:
    parts: list[Polygon] = list(area.geoms) if isinstance(area, MultiPolygon) else [area]
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return "".join(_ring(drawing, list(ring.coords)) for ring in rings)


def _ring(drawing: Sketch, positions: list[tuple[float, ...]]) -> str:
    steps = (drawing.at(latitude, longitude) for longitude, latitude, *_height in positions[:-1])
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in steps) + "Z"
