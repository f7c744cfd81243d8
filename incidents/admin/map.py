"""What lies under the map and what it says: the departments and its words. What is drawn on it is in `clusters`."""

from functools import lru_cache
from typing import Any

from django.db.models import Count, Max
from shapely.geometry import shape

from incidents.models import Boundary, Mission
from incidents.places.lookup import DEPARTMENT_LEVEL

# Three decimals are about 100 m: less than a hairline's width at any zoom where a whole department is in view.
DECIMALS = 3


def boundaries_stamp(user: Any) -> str:
    """Changes whenever a department in view does: the ETag."""
    missions = sorted(Mission.objects.visible_to(user).values_list("pk", flat=True).distinct())
    stamp = _departments(missions).aggregate(count=Count("pk"), changed=Max("updated_at"))
    changed = stamp["changed"].timestamp() if stamp["changed"] else 0
    return f"{'.'.join(map(str, missions))}-{stamp['count']}-{changed}"


def boundaries(user: Any, language: str) -> dict[str, Any]:
    """The departments of the user's missions as a GeoJSON FeatureCollection, coordinates rounded."""
    missions = tuple(sorted(Mission.objects.visible_to(user).values_list("pk", flat=True).distinct()))
    return _drawn(missions, boundaries_stamp(user), language)


def _departments(missions: Any) -> Any:
    return Boundary.objects.filter(mission__in=missions, level=DEPARTMENT_LEVEL)


@lru_cache(maxsize=32)
def _drawn(missions: tuple[int, ...], stamp: str, language: str) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": [_feature(row) for row in _departments(missions)]}


def _feature(boundary: Boundary) -> dict[str, Any]:
    """The outline, its name, and the point [latitude, longitude] inside it where the name has most room."""
    middle = shape(boundary.geometry).representative_point()
    return {
        "type": "Feature",
        "geometry": {
            "type": boundary.geometry["type"],
            "coordinates": _rounded(boundary.geometry["coordinates"]),
        },
        "properties": {"name": boundary.name, "label": [round(middle.y, DECIMALS), round(middle.x, DECIMALS)]},
    }


def _rounded(coordinates: Any) -> Any:
    """Nested rings with every position rounded and repeated positions left out."""
    if not isinstance(coordinates[0][0], (list, tuple)):
        ring: list[list[float]] = []
        for longitude, latitude, *_height in coordinates:
            position = [round(longitude, DECIMALS), round(latitude, DECIMALS)]
            if not ring or ring[-1] != position:
                ring.append(position)
        return ring
    return [_rounded(part) for part in coordinates]
