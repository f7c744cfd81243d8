"""How releases look on their way out: JSON items, GeoJSON, a stream of features, a table with HXL hashtags."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from incidents.models import outflow

# Raise it whenever an export's form changes: it is part of every ETag.
VERSION = 3

BOM = "\ufeff".encode()
RECORD = b"\x1e"


def item(release: Mapping[str, Any], fields: Sequence[str] = ()) -> dict[str, Any]:
    """A release as a JSON object; one that is gone is told by its id and nothing else."""
    head = {"id": str(release["public_id"])}
    if not release["feature"] or not release.get("fits", True):
        return {**head, "withdrawn": True, "updated_at": release["updated_at"]}
    found = {**head, **json.loads(release["feature"])["properties"]}
    return {name: found[name] for name in fields} if fields else found


def collection(rows: Any, note: str = "", fields: Sequence[str] = ()) -> Iterator[bytes]:
    """A FeatureCollection (RFC 7946) out of finished features, in pieces."""
    head = json.dumps({"note": note}, ensure_ascii=False)[1:-1] + "," if note else ""
    yield f'{{"type":"FeatureCollection",{head}"features":[\n'.encode()
    yield from _features(rows, b"", b",", fields)
    yield b"]}\n"


def sequence(rows: Any, fields: Sequence[str] = ()) -> Iterator[bytes]:
    """Features one after the other, each behind a record separator (RFC 8142)."""
    return _features(rows, RECORD, RECORD, fields)


def _features(rows: Any, before: bytes, between: bytes, fields: Sequence[str]) -> Iterator[bytes]:
    if not fields:
        yield from outflow.features(rows, before, between)
        return
    joint = before
    for feature in rows.values_list("feature", flat=True).iterator(chunk_size=outflow.ROWS_AT_ONCE):
        yield joint + f"{narrowed(feature, fields)}\n".encode()
        joint = between


def narrowed(feature: str, fields: Sequence[str]) -> str:
    """A feature with these of its properties, and with its place only where that is among them."""
    told = json.loads(feature)
    told["properties"] = {name: told["properties"][name] for name in fields if name != "id"}
    if not {"latitude", "longitude"} <= set(fields):
        told["geometry"] = None
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def table(rows: Any, columns: Mapping[str, str], *, bom: bool = False) -> Iterator[bytes]:
    """A CSV table (RFC 4180): a row of names, a row of hashtags, then a row per release, in pieces."""
    head = io.StringIO()
    csv.writer(head, lineterminator="\n").writerows((list(columns), list(columns.values())))
    yield (BOM if bom else b"") + head.getvalue().encode()
    yield from outflow.table(rows, [f"out_{name}" for name in columns])
