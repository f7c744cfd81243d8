"""Which column of a foreign table becomes which field of a statement, and how its values translate.

A field has one source or a list of them. A field that takes several codes takes those of all its sources; any other
takes the first that is not empty. See docs/importing.md for the form.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from incidents.sheet import listed, shown
from incidents.statement import StatementForm

IDENTITY = "external_id"
FIELDS = (IDENTITY, "received_at", *StatementForm.base_fields)
SEVERAL = ("categories", "perpetrators", "victims", "harms")
DATES = ("occurred_at", "captured_at", "received_at")
_OTHERS = "*"
_KEYS = {"column", "constant", "values", "contains", "separator", "sum", "only_if", "otherwise", "format"}

Row = dict[str, str]


class MappingFault(Exception):
    """The mapping can't be used; in words for a person."""


@dataclass(frozen=True)
class Source:
    """Where a field's value comes from: a column, a constant, or the sum of some columns."""

    column: str = ""
    constant: tuple[str, ...] = ()
    # Translations of the whole cell; "*" is for every cell that is not listed.
    values: dict[str, tuple[str, ...]] | None = None
    # Translations by a part of the cell, whatever its case; the first that occurs counts, and comes before `values`.
    contains: dict[str, tuple[str, ...]] | None = None
    separator: str = ""
    sum: tuple[str, ...] = ()
    only_if: dict[str, tuple[str, ...]] | None = None
    # Used only where the sources before it gave nothing.
    otherwise: bool = False
    format: str = ""

    @property
    def columns(self) -> set[str]:
        return {self.column, *self.sum, *(self.only_if or {})} - {""}

    def read(self, row: Row) -> list[str]:
        """What this source says of a row: none, one or several values, none of them empty."""
        if any(row[column].strip() not in allowed for column, allowed in (self.only_if or {}).items()):
            return []
        if self.sum:
            return _total(row[column].strip() for column in self.sum)
        if not self.column:
            return list(self.constant)
        cell = row[self.column]
        parts = [part.strip() for part in cell.split(self.separator)] if self.separator else [cell]
        return [value for part in parts for value in self._translated(part) if value.strip()]

    def _translated(self, part: str) -> tuple[str, ...]:
        lowered = part.casefold()
        for fragment, values in (self.contains or {}).items():
            if fragment.casefold() in lowered:
                return values
        if self.values is None:
            return () if self.contains else (part,)
        return self.values.get(part.strip(), self.values.get(_OTHERS, (part,)) if part.strip() else ())


def _total(cells: Iterable[str]) -> list[str]:
    """The sum of whole numbers; a cell that is none of them stands, so that the field's check can name it."""
    given = [cell for cell in cells if cell]
    try:
        return [str(sum(int(cell) for cell in given))] if given else []
    except ValueError:
        return ["?"]


Mapping = dict[str, tuple[Source, ...]]


def from_file(path: Path) -> Mapping:
    """The mapping in a JSON file. Raises MappingFault."""
    try:
        given = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as fault:
        raise MappingFault(_("The mapping can't be read (%(why)s).") % {"why": fault.strerror}) from fault
    except (ValueError, RecursionError) as fault:
        raise MappingFault(_("The mapping is not JSON in UTF-8.")) from fault
    if not isinstance(given, dict):
        raise MappingFault(_("The mapping must be an object of fields."))
    fields = {name: value for name, value in given.items() if not name.startswith("_")}
    return {name: _sources(name, value) for name, value in fields.items()}


def from_options(options: Iterable[str]) -> Mapping:
    """The mapping of `FIELD=COLUMN` and `FIELD:=CONSTANT`. Raises MappingFault."""
    mapping: Mapping = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not equals or not name.strip(":"):
            raise MappingFault(_("Write --map FIELD=COLUMN or --map FIELD:=CONSTANT, not %(given)s.") % _given(option))
        constant = name.endswith(":")
        field = name.removesuffix(":").strip()
        source = Source(constant=(value,)) if constant else Source(column=value)
        mapping[field] = (*mapping.get(field, ()), source)
    return mapping


def check(mapping: Mapping, header: list[str]) -> None:
    """Raises MappingFault when a field or a column does not exist, or nothing tells the rows apart."""
    unknown = sorted(set(mapping) - set(FIELDS))
    if unknown:
        told = {"names": listed(unknown), "known": ", ".join(FIELDS)}
        raise MappingFault(_("Unknown fields: %(names)s. Known: %(known)s.") % told)
    if not any(source.columns for source in mapping.get(IDENTITY, ())):
        raise MappingFault(_("Map external_id to a column that tells the rows apart, such as a number or a code."))
    wanted = {column for sources in mapping.values() for source in sources for column in source.columns}
    missing = sorted(wanted - set(header))
    if missing:
        told = {"names": listed(missing), "known": listed(header)}
        raise MappingFault(_("The file has no column %(names)s. It has: %(known)s.") % told)


def _sources(name: str, given: Any) -> tuple[Source, ...]:
    entries = given if isinstance(given, list) else [given]
    return tuple(_source(name, entry) for entry in entries)


def _source(name: str, given: Any) -> Source:
    """One source as JSON states it; a bare string is a column."""
    if isinstance(given, str):
        return Source(column=given)
    if (
        not isinstance(given, dict)
        or not set(given) <= _KEYS
        or sum(k in given for k in ("column", "constant", "sum")) != 1
    ):
        told = {"field": shown(name), "known": ", ".join(sorted(_KEYS))}
        raise MappingFault(_("%(field)s: needs one of column, constant or sum, and no keys but: %(known)s.") % told)
    try:
        return Source(
            column=_text(given.get("column", "")),
            constant=_texts(given.get("constant", ())),
            values=_table(given.get("values")),
            contains=_table(given.get("contains")),
            separator=_text(given.get("separator", "")).strip(),
            sum=_texts(given.get("sum", ())),
            only_if=_table(given.get("only_if")),
            otherwise=bool(given.get("otherwise")),
            format=_text(given.get("format", "")),
        )
    except (TypeError, AttributeError) as fault:
        raise MappingFault(_("%(field)s: values must be text or lists of text.") % {"field": shown(name)}) from fault


def _text(given: Any) -> str:
    if not isinstance(given, str):
        raise TypeError
    return given


def _texts(given: Any) -> tuple[str, ...]:
    if isinstance(given, bool | int):
        return (str(given).lower(),)
    return (given,) if isinstance(given, str) else tuple(_text(entry) for entry in given)


def _table(given: Any) -> dict[str, tuple[str, ...]] | None:
    return None if given is None else {key: _texts(values) for key, values in given.items()}


def _given(text: str) -> dict[str, str]:
    return {"given": shown(text)}
