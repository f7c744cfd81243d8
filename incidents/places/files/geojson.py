"""GeoJSON (RFC 7946): always WGS 84; files of the older draft may name another system, and are refused."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from incidents.places.files.feature import Feature, FileFault, Layer, feature, from_mapping, refuse_system

_WGS84 = ("CRS84", "4326")


def open_layer(path: Path, layer: str = "") -> Layer:
    try:
        whole = json.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise FileFault(_("Not UTF-8. Export the file again as GeoJSON.")) from fault
    except (ValueError, RecursionError) as fault:
        line = getattr(fault, "lineno", 0)
        raise FileFault(_("Not JSON (line %(line)d). Export the file again as GeoJSON.") % {"line": line}) from fault
    features = whole.get("features") if isinstance(whole, dict) else None
    if not isinstance(features, list):
        raise FileFault(_("Not a GeoJSON FeatureCollection."))
    _check_system(whole.get("crs"))
    columns = {name: None for entry in features for name in _properties(entry)}
    return Layer(tuple(columns), len(features), lambda: _read(features))


def _read(features: list[Any]) -> Iterator[Feature]:
    for number, entry in enumerate(features, start=1):
        raw = entry.get("geometry") if isinstance(entry, dict) else None
        yield feature(number, _properties(entry), from_mapping, raw)


def _properties(entry: Any) -> dict[str, Any]:
    properties = entry.get("properties") if isinstance(entry, dict) else None
    return properties if isinstance(properties, dict) else {}


def _check_system(crs: Any) -> None:
    if crs is None:
        return
    named = crs.get("properties") if isinstance(crs, dict) else None
    name = str(named.get("name", "")) if isinstance(named, dict) else ""
    if not name.endswith(_WGS84):
        raise refuse_system(name)
