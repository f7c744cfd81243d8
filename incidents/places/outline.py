"""The departments of a mission drawn coarsely, for maps on phones that pay for every byte."""

from functools import lru_cache
from typing import Any

from django.db.models import Count, Max
from shapely.geometry import mapping, shape

from incidents.models import Boundary, Mission
from incidents.places.lookup import DEPARTMENT_LEVEL

# In degrees: about 1 km off at the most, and written to about 100 m.
TOLERANCE = 0.01
DECIMALS = 3


def outlines(mission: Mission) -> dict[str, Any]:
    """A GeoJSON FeatureCollection without properties."""
    rows = Boundary.objects.filter(mission=mission, level=DEPARTMENT_LEVEL)
    stamp = rows.aggregate(count=Count("pk"), changed=Max("updated_at"))
    return _drawn(mission.pk, stamp["count"], stamp["changed"])


@lru_cache(maxsize=32)
def _drawn(mission_id: int, count: int, changed: Any) -> dict[str, Any]:
    """Keyed by count and last change, so that a newly loaded file is seen by every process."""
    rows = Boundary.objects.filter(mission_id=mission_id, level=DEPARTMENT_LEVEL).order_by("pk")
    return {"type": "FeatureCollection", "features": [_feature(row.geometry) for row in rows]}


def named_outlines(mission: Mission, language: str) -> dict[str, Any]:
    """The same with each one's code, its name in that language, and the point [latitude, longitude] for the name."""
    rows = Boundary.objects.filter(mission=mission, level=DEPARTMENT_LEVEL)
    stamp = rows.aggregate(count=Count("pk"), changed=Max("updated_at"))
    return _named(mission.pk, stamp["count"], stamp["changed"], language)


@lru_cache(maxsize=32)
def _named(mission_id: int, count: int, changed: Any, language: str) -> dict[str, Any]:
    rows = Boundary.objects.filter(mission_id=mission_id, level=DEPARTMENT_LEVEL).order_by("pk")
    return {"type": "FeatureCollection", "features": [{**_feature(row.geometry), **_names(row)} for row in rows]}


def _names(row: Boundary) -> dict[str, Any]:
    middle = shape(row.geometry).representative_point()
    label = [round(middle.y, DECIMALS), round(middle.x, DECIMALS)]
    return {"properties": {"code": row.code, "name": row.name, "label": label}}


def _feature(geometry: dict[str, Any]) -> dict[str, Any]:
    coarse = mapping(shape(geometry).simplify(TOLERANCE))
    coordinates = _rounded(coarse["coordinates"])
    return {"type": "Feature", "properties": {}, "geometry": {"type": coarse["type"], "coordinates": coordinates}}


def _rounded(part: Any) -> Any:
    """Nested rings; every number rounded."""
    return [_rounded(inner) for inner in part] if isinstance(part, list | tuple) else round(part, DECIMALS)
