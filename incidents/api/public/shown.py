"""What the public page shows, put in words: totals, departments and categories, columns over time, places."""

from dataclasses import dataclass
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from incidents.api.public import chart, counts
from incidents.models import Mission
from incidents.places.sketch import Sketch, sketch
from incidents.taxonomy import Category, PlaceLevel
from incidents.templatetags.released import told_place

SHIPPED = {name: f"incidents/ground/{name}.json" for name in ("countries", "waters", "towns")}
# More than anybody tells apart; the table holds them all.
MOST_MARKS = 300
# Radii in units of the sketch, by how many there are.
SIZES = ((100, 12), (10, 9), (2, 7), (1, 5))


@dataclass(frozen=True)
class Mark:
    """One place of the map; `code` and `outline` are those of a department that is told as a whole."""

    words: str
    count: int
    latitude: float | None
    longitude: float | None
    code: str
    outline: str
    spot: tuple[float, float] | None
    radius: int

    @property
    def as_json(self) -> dict[str, Any]:
        title = f"{self.words}: {_incidents(self.count)}"
        return {"at": [self.latitude, self.longitude], "count": self.count, "title": title, "code": self.code}


def context(mission: Mission, category: str) -> dict[str, Any]:
    found, drawing = counts.counted(mission, category), sketch(mission)
    marks = [_mark(place, count, drawing) for place, count in found.places]
    return {
        "mission": mission,
        "category": category,
        "category_label": _label(category) if category else "",
        "total": found.total,
        "said": _incidents(found.total),
        "chips": _chips(found, category),
        "table": _table(found),
        "chart": chart.chart(found.by_day(mission)),
        "sketch": drawing,
        "marks": marks,
        "unplaced": sum(mark.count for mark in marks if mark.latitude is None),
        "map": _map(mission, marks),
        "language": get_language(),
        "address": reverse("public:page", args=[mission.slug]),
        "embed_address": reverse("public:embed", args=[mission.slug]),
    }


def _incidents(count: int) -> str:
    return ngettext("%(count)d incident", "%(count)d incidents", count) % {"count": count}


def _label(code: str) -> str:
    return str(dict(Category.choices).get(code, code))


def _chips(found: counts.Counts, chosen: str) -> list[dict[str, Any]]:
    language = {"lang": get_language() or "en"}
    everything = sum(count for _code, count in found.by_category)
    rows = [("", _("All"), everything), *((code, _label(code), count) for code, count in found.by_category)]
    return [
        {
            "label": label,
            "count": count,
            "link": "?" + urlencode({**({"category": code} if code else {}), **language}),
            "is_chosen": code == chosen,
        }
        for code, label, count in rows
    ]


def _table(found: counts.Counts) -> dict[str, Any]:
    codes = [code for code, _count in found.by_category]
    rows = []
    for name in found.departments:
        cells = [found.cells.get((name, code), 0) for code in codes]
        rows.append({"name": name or _("No department is told"), "cells": cells, "total": sum(cells)})
    heads, totals = [_label(code) for code in codes], [count for _code, count in found.by_category]
    return {"heads": heads, "rows": rows, "totals": totals, "all": sum(totals)}


def _mark(place: dict[str, Any], count: int, drawing: Sketch | None) -> Mark:
    outline, spot = drawing.of(place) if drawing else ("", None)
    return Mark(
        words=capfirst(told_place(place)),
        count=count,
        latitude=place["latitude"],
        longitude=place["longitude"],
        code=(place["adm1_code"] or "") if place["place_level"] == PlaceLevel.DEPARTMENT else "",
        outline=outline,
        spot=spot,
        radius=next(radius for least, radius in SIZES if count >= least),
    )


def _map(mission: Mission, marks: list[Mark]) -> dict[str, Any]:
    """What the script of the map reads."""
    return {
        "areas": reverse("public:areas", args=[mission.slug]) + f"?lang={get_language()}",
        "marks": [mark.as_json for mark in marks if mark.latitude is not None][:MOST_MARKS],
        "ground": {**{name: static(file) for name, file in SHIPPED.items()}, "source": "Natural Earth · © GeoNames"},
        "closer": _("Closer"),
        "farther": _("Farther"),
    }
