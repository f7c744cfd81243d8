"""How releases look on their way out: JSON items, a GeoJSON collection, a CSV table with HXL hashtags."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

# Raise it whenever an export's form changes: it is part of every ETag.
VERSION = 2

# Column → HXL hashtag (https://hxlstandard.org), in the order of the file.
COLUMNS = {
    "id": "#event+id",
    "occurred_at": "#date+occurred",
    "reported_at": "#date+reported",
    "category": "#event+type",
    "category_label": "#event+type+label",
    "huridocs": "#event+type+huridocs",
    "huridocs_list": "#event+type+huridocs+list",
    "acled": "#event+type+acled",
    "severity": "#severity",
    "verification": "#status+verification",
    "status": "#status",
    "perpetrators": "#actor+perpetrator+list",
    "adm1_name": "#adm1+name",
    "adm1_code": "#adm1+code",
    "latitude": "#geo+lat",
    "longitude": "#geo+lon",
    "precision": "#geo+precision",
    "description": "#description",
    "updated_at": "#date+updated",
    "mission": "#meta+id+mission",
    "is_demonstration": "#meta+demonstration",
}

# With these a spreadsheet would take a cell for a formula (the wide forms are typed in East Asia).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# The same after what some spreadsheets end a cell at, whatever spaces and quotes stand between.
_FORMULA_INSIDE = re.compile(r"([;\t\r\n][\s\"]*)(?=[=+\-@＝＋－＠])")
_NEGATIVE_NUMBER = re.compile(r"-[0-9]+(\.[0-9]+)?")
_LINES_AT_ONCE = 500


def moment(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def item(release: dict[str, Any]) -> dict[str, Any]:
    """A release as a JSON object; a withdrawn one is told by its id and nothing else."""
    head = {"id": str(release["public_id"])}
    updated = {"updated_at": moment(release["updated_at"])}
    if release["withdrawn_at"]:
        return {**head, "withdrawn": True, **updated}
    return {**head, **release["properties"], **updated}


def collection(features: Iterable[str], note: str = "") -> Iterator[str]:
    """A FeatureCollection (RFC 7946) out of finished features, in pieces."""
    head = json.dumps({"note": note}, ensure_ascii=False)[1:-1] + "," if note else ""
    yield f'{{"type":"FeatureCollection",{head}"features":['
    before = "\n"
    for some in _in_pieces(features):
        yield before + ",\n".join(some)
        before = ",\n"
    yield "\n]}\n"


def table(releases: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A CSV table (RFC 4180): a row of names, a row of hashtags, then a row per release, in pieces."""
    yield _lines([list(COLUMNS), list(COLUMNS.values())])
    for some in _in_pieces(releases):
        yield _lines(_row(release) for release in some)


def _row(release: dict[str, Any]) -> list[Any]:
    values = item(release)
    return [harmless(values.get(name)) for name in COLUMNS]


def harmless(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: an apostrophe goes before whatever would begin one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str) or _NEGATIVE_NUMBER.fullmatch(value):
        return value
    guarded = _FORMULA_INSIDE.sub(r"\1'", value)
    return f"'{guarded}" if value.startswith(_FORMULA) else guarded


def _lines(rows: Iterable[list[Any]]) -> str:
    page = io.StringIO()
    csv.writer(page).writerows(rows)
    return page.getvalue()


def _in_pieces(things: Iterable[Any]) -> Iterator[list[Any]]:
    """Many lines to a write: a chunk for each would cost more than the line."""
    remaining = iter(things)
    while some := list(islice(remaining, _LINES_AT_ONCE)):
        yield some
