"""From files to boundaries and places. Loading the same file again changes what differs and adds what is new."""

import csv
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from incidents import geo
from incidents.models import Boundary, Mission, Place

_SUFFIX = " Department"


@dataclass(frozen=True)
class PlaceRow:
    name: str
    latitude: str
    longitude: str
    department: str


def read_features(path: Path) -> list[dict[str, Any]]:
    """The features of a GeoJSON file whose properties hold `code` and `names` by language."""
    return json.loads(path.read_text(encoding="utf-8"))["features"]


def read_places(path: Path) -> Iterator[PlaceRow]:
    """The rows of a CSV file with the columns name, latitude, longitude and department."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield PlaceRow(row["name"], row["latitude"], row["longitude"], row["department"])


def load_departments(mission: Mission, features: Iterable[dict[str, Any]]) -> int:
    """Write the departments of a mission; returns how many."""
    count = 0
    for feature in features:
        Boundary.objects.update_or_create(
            mission=mission,
            code=feature["properties"]["code"],
            defaults={"names": feature["properties"]["names"], "geometry": feature["geometry"], "level": 1},
        )
        count += 1
    return count


def load_places(mission: Mission, rows: Iterable[PlaceRow]) -> int:
    """Write the named places of a mission; the department is the one the file names, in any of its languages."""
    known = {name: boundary for boundary in mission.boundaries.all() for name in boundary.names.values()}
    seen: Counter[str] = Counter()
    for row in rows:
        code = code_of(row.name, row.department)
        seen[code] += 1
        Place.objects.update_or_create(
            mission=mission,
            # Two towns of one name in one department are told apart by their order in the file.
            code=code if seen[code] == 1 else f"{code}-{seen[code]}",
            defaults={
                "names": {"es": row.name},
                "latitude": geo.degrees(row.latitude),
                "longitude": geo.degrees(row.longitude),
                "department": known.get(row.department.removesuffix(_SUFFIX)),
            },
        )
    return seen.total()


def code_of(name: str, department: str) -> str:
    """A stable code from name and department: plain letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", f"{department.removesuffix(_SUFFIX)} {name}")
    ascii_only = plain.encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")
