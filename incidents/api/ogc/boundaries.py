"""Boundaries as a collection: departments and what lies within. The same for every key of a mission."""

import json
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar

from django.db.models import Count, Max
from django.utils.translation import gettext_lazy as _
from shapely import box, total_bounds
from shapely.geometry import shape

from incidents.api.ogc.collection import Collection, Schema, spatial
from incidents.api.ogc.parameters import Parameter, Wanted, equal
from incidents.api.reference import feature_of
from incidents.models import ApiKey, Boundary, outflow

# The name in the address → the column.
_COLUMNS = {"code": "code", "level": "level", "parent": "parent__code"}


class Boundaries(Collection):
    name = "boundaries"
    title = _("Boundaries")
    about = _("The mission's departments, and what lies within.")
    queryables: ClassVar[tuple[Parameter, ...]] = (
        equal("code", "The boundary's code, such as BO-L."),
        equal("level", "1 is the department.", number=True),
        equal("parent", "Code of the boundary in which it lies."),
    )
    columns: ClassVar[dict[str, Schema]] = {
        "code": {"type": "string"},
        "level": {"type": "integer"},
        "parent": {"type": "string", "nullable": True},
        "name": {"type": "string", "nullable": True},
        "names": {"type": "object", "additionalProperties": {"type": "string"}},
    }
    geometry: ClassVar[Schema] = {
        "type": "object",
        "required": ["type", "coordinates"],
        "properties": {
            "type": {"type": "string", "enum": ["Polygon", "MultiPolygon"]},
            "coordinates": {"type": "array", "items": {}},
        },
    }

    def page(self, key: ApiKey, wanted: Wanted) -> outflow.Page:
        chosen = self._chosen(key, wanted)
        behind = wanted.after[1] if wanted.after else 0
        ids = [pk for pk in chosen if pk > behind][: wanted.limit + 1]
        rows = Boundary.objects.filter(pk__in=ids[: wanted.limit]).select_related("parent").order_by("pk")
        features = [_text(row) for row in rows]
        last = ids[wanted.limit - 1] if len(ids) > wanted.limit else None
        return outflow.Page(",".join(features).encode(), len(features), last)

    def count(self, key: ApiKey, wanted: Wanted) -> int:
        return len(self._chosen(key, wanted))

    def one(self, key: ApiKey, identifier: str) -> str | None:
        if "\0" in identifier:  # no database takes it
            return None
        row = Boundary.objects.filter(mission=key.mission_id, code=identifier).select_related("parent").first()
        return _text(row) if row else None

    def extent(self, key: ApiKey) -> dict[str, Any]:
        outlines = _outlines(key.mission_id, self._state(key))
        return spatial(*map(float, total_bounds(list(outlines.values())))) if outlines else {}

    def changed_at(self, key: ApiKey) -> datetime | None:
        return self._state(key)[1]

    def _chosen(self, key: ApiKey, wanted: Wanted) -> list[int]:
        """The ids of those that fit, in order. None has a time, so that every interval fits all."""
        rows = Boundary.objects.filter(mission=key.mission_id).order_by("pk")
        asked = {f"{_COLUMNS[name]}__in": values for name, values in wanted.codes.items()}
        ids = list(rows.filter(**asked).values_list("pk", flat=True))
        if not wanted.boxes:
            return ids
        outlines = _outlines(key.mission_id, self._state(key))
        frames = [box(*corners) for corners in wanted.boxes]
        return [pk for pk in ids if pk in outlines and any(outlines[pk].intersects(frame) for frame in frames)]

    def _state(self, key: ApiKey) -> tuple[int, datetime | None]:
        """Equal as long as no boundary was changed."""
        rows = Boundary.objects.filter(mission=key.mission_id).order_by()
        found = rows.aggregate(count=Count("pk"), newest=Max("updated_at"))
        return found["count"], found["newest"]


@lru_cache(maxsize=8)
def _outlines(mission_id: int, _state: tuple[int, datetime | None]) -> dict[int, Any]:
    rows = Boundary.objects.filter(mission=mission_id).values_list("pk", "geometry")
    return {pk: shape(geometry) for pk, geometry in rows.iterator()}


def _text(boundary: Boundary) -> str:
    return json.dumps(feature_of(boundary), ensure_ascii=False, separators=(",", ":")) + "\n"
