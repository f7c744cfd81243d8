"""The columns that a sheet may have: what they are called in English and Spanish, and what a cell may say.

Knows words and cells only; whether what a cell names is there is asked of the rows.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from incidents.languages import DESK
from incidents.sheet import SheetFault, listed
from incidents.sheet.table import Table

# In a cell that may name several things.
_BETWEEN = re.compile(r"[;,|\n]")
_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y")
_CLOCKS = ("%H:%M", "%H:%M:%S")
EVERYTHING = {"all", "todos", "todas", "todo", "*"}
NOTHING = {"none", "ninguno", "ninguna", "no", "-"}


class CellFault(Exception):
    """This cell can't be used; in words for a person, with what to do."""


@dataclass(frozen=True)
class Column:
    """`names` are how it may be called, English first and Spanish second; `example` stands in the template."""

    key: str
    names: tuple[str, ...]
    example: str
    about: Any
    required: bool = False

    def name(self, language: str) -> str:
        return self.names[1] if language == "es" and len(self.names) > 1 else self.names[0]


@dataclass(frozen=True)
class Row:
    """A row of a sheet by the keys of its columns; a column that is not there is empty, as a cell may be."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        return self.cells.get(key, "")


@dataclass(frozen=True)
class Reading:
    """A whole sheet: its rows, and the columns that nothing is known of. The row of the template is left out."""

    rows: list[Row]
    unread: list[str]
    has_example: bool


def folded(text: str) -> str:
    """A word without case, accents and signs, so that "Código" and "codigo" are one."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(
        re.findall(r"\w+", "".join(sign for sign in plain if not unicodedata.combining(sign)).replace("_", " "))
    )


def reading(table: Table, columns: Sequence[Column]) -> Reading:
    """A table by its columns. Raises SheetFault where one that must be there is not, or one is there twice."""
    known = {folded(name): column.key for column in columns for name in column.names}
    keys = [known.get(folded(name), "") for name in table.header]
    twice = [name for name, key in zip(table.header, keys, strict=True) if key and keys.count(key) > 1]
    if twice:
        raise SheetFault(_("These columns say the same: %(names)s. Leave one.") % {"names": listed(twice)})
    missing = [column.names[0] for column in columns if column.required and column.key not in keys]
    if missing:
        message = _("There is no column %(name)s. There are: %(there)s.")
        raise SheetFault(message % {"name": listed(missing), "there": listed(table.header)})
    rows = [
        Row(number, {key: cell for key, cell in zip(keys, cells, strict=True) if key}) for number, cells in table.rows
    ]
    example = {column.key: column.example for column in columns}
    kept = [row for row in rows if not _is_example(row, example)]
    unread = [name for name, key in zip(table.header, keys, strict=True) if name and not key]
    return Reading(kept, unread, has_example=len(kept) < len(rows))


def _is_example(row: Row, example: Mapping[str, str]) -> bool:
    return all(cell == example[key] for key, cell in row.cells.items())


@cache
def words_of(choices: Any) -> dict[str, str]:
    """The codes of some choices by every word for them: the code itself, and its label in the desk's languages."""
    return words_in((str(code), label) for code, label in choices.choices)


def words_in(pairs: Iterable[tuple[str, Any]]) -> dict[str, str]:
    listed_pairs = list(pairs)
    found = {folded(code): code for code, _label in listed_pairs}
    for language in DESK:
        with translation.override(language):
            found |= {folded(str(label)): code for code, label in listed_pairs}
    return found


def several(cell: str) -> list[str]:
    return [part.strip() for part in _BETWEEN.split(cell) if part.strip()]


def one_of(cell: str, words: Mapping[str, str]) -> str:
    """The code that a word stands for; `words` are by folded word. Raises CellFault, naming what it may be."""
    found = words.get(folded(cell))
    if found is None:
        message = _("“%(given)s” is not known. Write one of: %(there)s.")
        raise CellFault(message % {"given": cell[:60], "there": listed(list(dict.fromkeys(words.values())))})
    return found


def moment(cell: str) -> datetime:
    """Day and time as a clock shows them, without a zone. Raises CellFault."""
    day, _space, clock = cell.replace("T", " ").partition(" ")
    for date_format in _FORMATS:
        for clock_format in _CLOCKS:
            try:
                return datetime.strptime(f"{day} {clock.strip()}", f"{date_format} {clock_format}")
            except ValueError:
                continue
    raise CellFault(_("“%(given)s” is no day and time. Write it as 2020-10-18 06:00.") % {"given": cell[:60]})


def clock(cell: str) -> Any:
    """A time of the day. Raises CellFault."""
    for clock_format in _CLOCKS:
        try:
            return datetime.strptime(cell, clock_format).time()
        except ValueError:
            continue
    raise CellFault(_("“%(given)s” is no time. Write it as 22:00.") % {"given": cell[:60]})
