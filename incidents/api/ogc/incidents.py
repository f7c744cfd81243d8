"""Incidents as a collection: releases, whose features are handed on as they are stored."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _

from incidents.api import filters
from incidents.api.meanings import COLUMNS
from incidents.api.ogc.collection import Collection, Schema, spatial
from incidents.api.ogc.parameters import PERPETRATOR, SINCE, Parameter, Wanted, equal
from incidents.models import ApiKey, Release, outflow
from incidents.taxonomy import PlaceLevel
from incidents.workflow import Status

# Programs ask for ten or twenty features and take them for all: of ten without a place QGIS makes a layer that never
# draws anything, and of a column that is empty in all of them a text.
LOOK = 20


def _coded(name: str, about: str) -> Parameter:
    return equal(name, about, filters.CHOICES[name])


class Incidents(Collection):
    name = "incidents"
    title = _("Incidents")
    about = _("Threats and harassment that the mission has released to you.")
    queryables: ClassVar[tuple[Parameter, ...]] = (
        _coded("category", "What happened."),
        _coded("severity", "How grave it is."),
        _coded("verification", "How sure the mission is."),
        equal("status", "How far the mission's work on it is.", Status.values),
        equal("adm1_code", "Code of the department, such as BO-L."),
        equal("adm2_code", "Code of the province."),
        equal("place_level", "What the position is the middle of.", PlaceLevel.values),
        equal("huridocs", "The category's code in the HURIDOCS thesauri."),
        equal("acled", "The category's sub-event in ACLED."),
    )
    others = (PERPETRATOR, SINCE)
    columns: ClassVar[dict[str, Schema]] = {
        name: {**column.schema, "description": column.meaning} for name, column in COLUMNS.items() if name != "id"
    }
    geometry: ClassVar[Schema] = {
        "type": "object",
        "nullable": True,
        "required": ["type", "coordinates"],
        "properties": {
            "type": {"type": "string", "enum": ["Point"]},
            "coordinates": {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "number"}},
        },
    }

    def page(self, key: ApiKey, wanted: Wanted) -> outflow.Page:
        rows = wanted.of(Release.objects.for_key(key)).exclude(change=wanted.shown_before)
        page = outflow.page(rows, wanted.limit)
        if wanted.after or page.last is None or not 1 < wanted.limit <= LOOK:
            return page
        # One that has both stands in for the last, unless those before have them; on the pages behind it is left out.
        telling = rows.exclude(latitude=None).exclude(occurred_at=None).values_list("feature", "change").first()
        if telling is None or telling[1] <= page.last:
            return page
        shorter = outflow.page(rows, wanted.limit - 1)
        wanted.shown_before = telling[1]
        return shorter._replace(features=shorter.features + f",{telling[0]}\n".encode(), number=wanted.limit)

    def count(self, key: ApiKey, wanted: Wanted) -> int:
        return wanted.since(Release.objects.for_key(key)).filter(wanted.fitting()).count()

    def one(self, key: ApiKey, identifier: str) -> str | None:
        try:
            public_id = UUID(identifier)
        except ValueError:
            return None
        return Release.objects.for_key(key).filter(public_id=public_id).values_list("feature", flat=True).first()

    def extent(self, key: ApiKey) -> dict[str, Any]:
        ends = Release.objects.for_key(key).aggregate(
            *(Min(name) for name in ("longitude", "latitude", "occurred_at")),
            *(Max(name) for name in ("longitude", "latitude", "occurred_at")),
        )
        corners = (ends[f"{name}__{end}"] for end in ("min", "max") for name in ("longitude", "latitude"))
        begins, until = ends["occurred_at__min"], ends["occurred_at__max"]
        return {**spatial(*corners), **({"temporal": {"interval": [[begins, until]]}} if begins else {})}
