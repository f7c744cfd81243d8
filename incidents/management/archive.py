"""Rows of an archive of electoral violence in the columns of MAVERICK, as facts for the scorer.

The truth, `event_id`, is kept apart from the facts: whoever scores is never handed it. In the files at hand
`geo_precision` runs from 6, the spot, down to 1, the country.
"""

import csv
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from incidents.triage.duplicates.facts import Facts, Grain
from incidents.triage.duplicates.words import folded, words_of

_DATED = re.compile(r"\((\d{4}-\d\d-\d\d)\)")
_SPOT, _TOWN = 4, 3
_ACTORS = range(1, 5)
_NOTHING = ("", "Unknown")


class NotAnArchive(Exception):
    """The file lacks a column, or a row can't be read; in words for a person."""


@dataclass(frozen=True)
class Row:
    """`order` sorts by the day it was published; `name` is the number of the row."""

    name: str
    event: str
    country: str
    order: tuple[date, int]
    facts: Facts


def read(path: Path) -> list[Row]:
    """The rows of a CSV file in UTF-8. Raises NotAnArchive, and whatever reading a file raises."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [_checked(number, cells) for number, cells in enumerate(csv.DictReader(file), start=1)]
    if not rows:
        raise NotAnArchive(_("it holds no rows"))
    return rows


def _checked(number: int, cells: dict[str, str]) -> Row:
    try:
        return row_of(number, {name: value or "" for name, value in cells.items() if name})
    except KeyError as fault:
        raise NotAnArchive(_("there is no column %(name)s") % {"name": fault}) from fault
    except ValueError as fault:
        raise NotAnArchive(_("row %(row)d: %(why)s") % {"row": number, "why": fault}) from fault


def row_of(number: int, cells: dict[str, str]) -> Row:
    """Raises ValueError and KeyError where the cells are no such row."""
    first = date.fromisoformat(cells["date_start"])
    last = max(first, date.fromisoformat(cells["date_end"] or cells["date_start"]))
    dated = _DATED.search(cells["source"])
    published = date.fromisoformat(dated[1]) if dated else last
    title = cells["source"][dated.end() :] if dated else cells["source"]
    return Row(
        f"{number:08}", cells["event_id"], cells["country"], (published, number), _facts(cells, first, last, title)
    )


def _facts(cells: dict[str, str], first: date, last: date, title: str) -> Facts:
    spot, town = _name(cells["location"]), _name(cells["city"])
    located = cells["latitude"] and cells["longitude"]
    precision = int(float(cells["geo_precision"] or 1))
    actors = [cells[f"actor{n}"] for n in _ACTORS if cells[f"actor{n}"]]
    violence = {kind for n in _ACTORS for kind in cells[f"actor{n}_violence"].split("; ")}
    harms = {"property_lost": cells["damage"], "displaced": cells["displacement"]}
    return Facts(
        first_day=first,
        last_day=last,
        position=(float(cells["latitude"]), float(cells["longitude"])) if located else None,
        grain=Grain.SPOT if precision >= _SPOT else Grain.TOWN if precision == _TOWN else Grain.AREA,
        spot=spot,
        town=town,
        place_words=words_of(f"{spot} {town}"),
        actors=frozenset(cells[f"actor{n}_type"] for n in _ACTORS if cells[f"actor{n}_type"]),
        names=frozenset(folded(name) for name in actors if not name.startswith("Unknown")),
        categories=frozenset(violence.difference(_NOTHING)),
        setting="" if cells["event_context"] in _NOTHING else cells["event_context"],
        victims=frozenset({cells["target"]}.difference(_NOTHING)),
        harms=frozenset(harm for harm, cell in harms.items() if _count(cell)) or frozenset({"none"}),
        killed=_count(cells["deaths_best"]),
        injured=_count(cells["injuries_best"]),
        headline_words=words_of(title),
        document=cells["source"],
        outlet=cells["source_author"],
    )


def _name(cell: str) -> str:
    return " ".join(folded(cell).split())


def _count(cell: str) -> int:
    return int(float(cell or 0))
