"""What the map draws, as compact JSON: the departments, and one row per incident of the list it stands beside."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext as _
from shapely.geometry import shape

from incidents import geo
from incidents.models import Boundary, Mission
from incidents.places.lookup import DEPARTMENT_LEVEL
from incidents.taxonomy import Category, Severity
from incidents.templatetags.incidents import spoken

POINT_LIMIT = 150
STEPS_S = (60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 604_800)
Bounds = tuple[float, float, float, float]
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


def answer(found: Any, bounds: Bounds, zoom: int) -> dict[str, Any]:
    """`found` is the list's own queryset, filtered and searched: so the two can't differ in what they count."""
    located = found.filter(latitude__isnull=False, longitude__isnull=False)
    west, south, east, north = bounds
    inside = located.filter(latitude__range=(south, north), longitude__range=(west, east)).order_by()
    total, on_map, count = found.count(), located.count(), inside.count()
    bits = min(geo.CELL_BITS, zoom + 2)
    said = {"total": total, "located": on_map, "without_place": total - on_map, "inside": count, "bits": bits}
    if count > POINT_LIMIT:
        return {**said, "clusters": _clusters(inside, bits), "points": []}
    zones = {mission.pk: mission.zone for mission in Mission.objects.filter(pk__in=inside.values("mission"))}
    labels = {code: str(label) for code, label in Category.choices}
    rows = [_row(values, zones, labels) for values in inside.values_list(*POINT_FIELDS)]
    return {**said, "clusters": [], "points": rows}


def _clusters(inside: Any, bits: int) -> list[list[Any]]:
    cells: dict[tuple[int, int], list[Any]] = {}
    order = [*Severity.values, ""]
    for latitude, longitude, severity, danger in inside.values_list(
        "latitude", "longitude", "severity", "in_danger_now"
    ):
        x, y = geo._grid(latitude, longitude, bits)
        row = cells.setdefault((x, y), [x, y, 0.0, 0.0, 0, 0, 0, 0, 0, 0])
        row[2] += float(latitude)
        row[3] += float(longitude)
        row[4 + order.index(severity)] += 1
        row[9] += int(danger)
    for row in cells.values():
        row[2], row[3] = round(row[2] / sum(row[4:9]), 5), round(row[3] / sum(row[4:9]), 5)
    return list(cells.values())


def histogram(found: Any) -> dict[str, Any]:
    times = [(opened, severity) for opened, severity in found.order_by().values_list("opened_at", "severity")]
    if not times:
        return {"from": timezone.now().isoformat(), "step_s": 3600, "bins": [], "total": 0}
    first, last = min(times)[0], max(times)[0]
    whole = (last - first).total_seconds()
    step = next((step for step in STEPS_S if whole / step < 72), STEPS_S[-1])
    start = int(first.timestamp() // step * step)
    order = [*Severity.values, ""]
    bins = [[0] * 5 for _ in range(int((last.timestamp() - start) // step) + 1)]
    for opened, severity in times:
        bins[int((opened.timestamp() - start) // step)][order.index(severity)] += 1
    begins = datetime.fromtimestamp(start, UTC).isoformat()
    return {"from": begins, "step_s": step, "bins": bins, "total": len(times)}


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
