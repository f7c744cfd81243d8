"""What the map draws, as compact JSON: the departments, and one row per incident of the list it stands beside."""

from functools import lru_cache
from typing import Any

from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext as _
from shapely.geometry import shape

from incidents.models import Boundary, Mission
from incidents.places.lookup import DEPARTMENT_LEVEL
from incidents.taxonomy import Category, Severity
from incidents.templatetags.incidents import spoken

# What a browser draws and moves without stumbling; beyond it the newest are drawn and the map says so.
POINT_LIMIT = 5_000
# Three decimals are about 100 m: less than a hairline's width at any zoom where a whole department is in view.
DECIMALS = 3

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
    "mission",
)


def points(found: Any) -> dict[str, Any]:
    """`found` is the list's own queryset, filtered and searched: so the two can't differ in what they count."""
    located = found.filter(latitude__isnull=False, longitude__isnull=False)
    total, on_map = found.count(), located.count()
    newest = located.order_by("-opened_at", "pk").values_list(*POINT_FIELDS)[:POINT_LIMIT]
    zones = {mission.pk: mission.zone for mission in Mission.objects.filter(pk__in=found.values("mission"))}
    labels = {code: str(label) for code, label in Category.choices}
    rows = [_row(values, zones, labels) for values in newest]
    return {"total": total, "located": on_map, "without_place": total - on_map, "drawn": len(rows), "points": rows}


def _row(values: tuple[Any, ...], zones: dict[int, Any], labels: dict[str, str]) -> list[Any]:
    """[id, latitude, longitude, severity, in danger, accuracy in metres, precision, category, time in words]."""
    pk, latitude, longitude, severity, danger, accuracy, precision, category, opened, mission = values
    words = spoken(timezone.localtime(opened, zones[mission]))
    return [
        str(pk),
        float(latitude),
        float(longitude),
        severity,
        int(danger),
        accuracy,
        precision,
        labels[category],
        words,
    ]


def words() -> dict[str, str]:
    """What the map says, for the browser to fill in: numbers go where the %s stand."""
    return {
        "all": _("All %s on the map."),
        "some": _("%s of %s on the map."),
        "without": _("%s without a place."),
        "newest": _("Only the newest %s are drawn; choose filters to see the others."),
        "none": _("Nothing to draw here."),
        "failed": _("The map could not be loaded. The list is complete without it."),
        "danger": _("Reporter in danger"),
        "open": _("Open the incident"),
        "here": _("%s incidents here"),
        "area": _("Only the area is known"),
        **{code: str(label) for code, label in Severity.choices},
    }


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
