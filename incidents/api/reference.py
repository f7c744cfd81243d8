"""What explains the incidents: boundaries, categories with their codes elsewhere, counts. No incident stands here."""

from collections import Counter
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import CharField, Count, F, Max
from django.db.models.functions import Substr
from django.http import JsonResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from incidents.api import filters
from incidents.api.export import Export, key_of, note_for, releases_for
from incidents.models import Boundary
from incidents.taxonomy import STANDARDS, Category

# By what is counted → the column.
_COLUMNS = {
    "category": F("category"),
    "severity": F("severity"),
    "verification": F("verification"),
    "status": F("status"),
    "department": F("adm1_code"),
    "perpetrator": F("perpetrators"),
    "day": Substr("occurred_at", 1, 10, output_field=CharField()),
}


class Boundaries(Export):
    """The mission's departments, and what lies within, as one FeatureCollection."""

    media_types: ClassVar[tuple[str, ...]] = ("application/geo+json", "application/json")
    parameters: ClassVar[tuple[str, ...]] = ("level",)
    tells_of_releases = False

    def answer(self, request: Request, selection: filters.Selection, **named: str) -> HttpResponseBase:
        rows = Boundary.objects.filter(mission=key_of(request).mission).select_related("parent")
        if selection.level:
            rows = rows.filter(level=selection.level)
        features = [feature_of(boundary) for boundary in rows]
        return JsonResponse(
            {"type": "FeatureCollection", "features": features},
            content_type=self.media_types[0],
            json_dumps_params={"ensure_ascii": False},
        )

    def changed_at(self, request: Request, **named: str) -> datetime | None:
        newest: datetime | None = Boundary.objects.filter(mission=key_of(request).mission).aggregate(
            newest=Max("updated_at")
        )["newest"]
        return newest


def feature_of(boundary: Boundary) -> dict[str, Any]:
    """A boundary as a GeoJSON feature, its names by language side by side."""
    return {
        "type": "Feature",
        "id": boundary.code,
        "geometry": boundary.geometry,
        "properties": {
            "code": boundary.code,
            "level": boundary.level,
            "parent": boundary.parent.code if boundary.parent else None,
            "name": boundary.names.get("es") or next(iter(boundary.names.values()), None),
            "names": boundary.names,
        },
    }


class Categories(Export):
    """The categories, and what HURIDOCS and ACLED call them; null where no code fits."""

    parameters: ClassVar[tuple[str, ...]] = ()
    tells_of_releases = False

    def answer(self, request: Request, selection: filters.Selection, **named: str) -> HttpResponseBase:
        return JsonResponse(
            {"items": [_category(code) for code in Category]}, json_dumps_params={"ensure_ascii": False}
        )


def _category(code: Category) -> dict[str, Any]:
    standard = STANDARDS[code]
    return {
        "code": code.value,
        "label": str(code.label),
        "huridocs": standard.huridocs or None,
        "huridocs_list": standard.huridocs_list if standard.huridocs else None,
        "acled": standard.acled or None,
    }


class Summary(Export):
    """How many of the chosen incidents there are, in all and by one column; an incident may name several forces."""

    parameters: ClassVar[tuple[str, ...]] = (*filters.FILTERS, "by")

    def answer(self, request: Request, selection: filters.Selection, **named: str) -> HttpResponseBase:
        rows = selection.since(releases_for(request)).filter(selection.fitting())
        body: dict[str, Any] = {"by": selection.by, "total": rows.count(), "counts": _counts(rows, selection.by)}
        if note := note_for(key_of(request)):
            body["note"] = note
        return JsonResponse(body)


def _counts(rows: Any, by: str) -> list[dict[str, Any]]:
    grouped = rows.order_by().annotate(value=_COLUMNS[by]).values("value").annotate(count=Count("pk"))
    found: Counter[str | None] = Counter()
    for value, count in grouped.values_list("value", "count"):
        parts = value.split(";") if by == "perpetrator" and value else [value]
        for part in parts:
            found[part] += count
    ordered = sorted(found.items(), key=lambda entry: (-entry[1], entry[0] or ""))
    return [{"value": value, "count": count} for value, count in ordered]
