"""What may be asked of an export by its address: read strictly, so that a misspelt filter never means "everything".

The addresses that partners use and those that a mission saves for them are read here, by the same rules.
"""

import re
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from incidents import columns, cursor, geo
from incidents.models.selection import SORTS, Selection
from incidents.taxonomy import RELEASABLE, Category, Perpetrator, Severity

CHOICES: dict[str, Collection[str]] = {
    "severity": Severity.values,
    "category": Category.values,
    "verification": [level.value for level in RELEASABLE],
    "perpetrator": Perpetrator.values,
}
# The name in the address → the column of a release.
CODED = {"severity": "severity", "category": "category", "verification": "verification", "department": "adm1_code"}
FILTERS = (*CODED, "perpetrator", "bbox", "occurred_from", "occurred_until", "updated_since")
PAGING = ("sort", "limit", "cursor")
# What a saved address may ask for, whichever form is read of it.
SAVED = (*FILTERS, "fields", "sort", "profile", "bom")
# What a summary counts by.
COUNTED = ("category", "severity", "verification", "status", "department", "perpetrator", "day")

MAX_LIMIT = 1_000
CODE_LIMIT = 40
# What is asked of texts, in the regular expressions that the OpenAPI document gives away as well.
DEPARTMENT = rf"^[^\x00-\x1f\x7f-\x9f,]{{1,{CODE_LIMIT}}}$"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?(Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])?"
TIME = rf"^[0-9]{{4}}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T{_CLOCK})?$"
_NUMBER = r" *[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)? *"
_BOX = re.compile(rf"{_NUMBER}(,{_NUMBER}){{3}}")
_UNENCODED_PLUS = re.compile(r"(T\S*) (\d\d:?\d\d)$")


class NotUnderstood(Exception):
    """`faults` says of every parameter at fault what is wrong with it, in words for a person."""

    def __init__(self, faults: dict[str, list[str]]) -> None:
        super().__init__(", ".join(faults))
        self.faults = faults


def read(query: QueryDict, allowed: Collection[str]) -> Selection:
    """The selection an address asks for. Raises NotUnderstood."""
    chosen, faults = Selection(), {}
    for name in query:
        try:
            if name not in allowed:
                raise ValueError(_("Unknown parameter. Known here: %(names)s.") % {"names": ", ".join(allowed) or "–"})
            _set(chosen, name, query.getlist(name))
        except ValueError as fault:
            faults[name[:80]] = [str(fault)]
    if not faults and not set(chosen.fields) <= set(columns.named(chosen.profile)):
        faults["fields"] = [_not_among(columns.named(chosen.profile))]
    if not faults and chosen.after and "sort" in allowed:
        try:
            cursor.check_sort(query.getlist("cursor")[0], chosen.sort)
        except ValueError as fault:
            faults["cursor"] = [str(fault)]
    if faults:
        raise NotUnderstood(faults)
    return chosen


def _set(chosen: Selection, name: str, given: list[str]) -> None:
    """Put one parameter into the selection. An empty value is as good as none."""
    if name in CODED or name == "perpetrator":
        codes = _known(name, [code.strip() for value in given for code in value.split(",") if code.strip()])
        if name in CODED and codes:
            chosen.codes[CODED[name]] = codes
        elif codes:
            chosen.perpetrators = codes
        return
    if len(given) > 1:
        raise ValueError(_("Give this parameter only once."))
    if given[0]:
        setattr(chosen, _ATTRIBUTES.get(name, name), _READERS[name](given[0]))


def _known(name: str, codes: list[str]) -> list[str]:
    choices = CHOICES.get(name)
    if choices is not None and not set(codes) <= set(choices):
        raise ValueError(_not_among(choices))
    if not all(re.fullmatch(DEPARTMENT, code) for code in codes):
        raise ValueError(_("Not a code of a department."))
    return list(dict.fromkeys(codes))


def _not_among(choices: Collection[str]) -> str:
    return _("Use one or several of: %(choices)s.") % {"choices": ", ".join(choices)}


def one_of(choices: Collection[str]) -> Callable[[str], str]:
    def read_choice(value: str) -> str:
        if value not in choices:
            raise ValueError(_not_among(choices))
        return value

    return read_choice


def _limit(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", value) or not 1 <= int(value) <= MAX_LIMIT:
        raise ValueError(_("Give a whole number from 1 to %(max)d.") % {"max": MAX_LIMIT})
    return int(value)


def _level(value: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,2}", value):
        raise ValueError(_("Give a whole number; 1 is the department."))
    return int(value)


def _fields(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in value[:1_000].split(",") if name.strip()))


def boxes(value: str) -> tuple[tuple[float, float, float, float], ...]:
    """West, south, east, north; where the west lies beyond the east the box goes across 180°, and is two."""
    west = south = east = north = float("nan")
    if len(value) <= 200 and _BOX.fullmatch(value):
        west, south, east, north = map(float, value.split(","))
    if not (geo.is_position(south, west) and geo.is_position(north, east) and south <= north):
        raise ValueError(_("Give west, south, east and north in degrees, such as -70,-23,-57,-9."))
    if west <= east:
        return ((west, south, east, north),)
    return (west, south, 180.0, north), (-180.0, south, east, north)


def moment(value: str) -> str:
    """A time with its zone as releases tell times; UTC where no zone is given. An unencoded plus came as a space."""
    text = _UNENCODED_PLUS.sub(r"\1+\2", value)
    with suppress(ValueError, OverflowError):
        if re.fullmatch(TIME, text):
            found = datetime.fromisoformat(text)
            found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
            return found.strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20)
    raise ValueError(_("Give a time such as 2020-10-18T14:30:00Z."))


def until(value: str) -> str:
    """The same; a day without a time is meant to its end."""
    return moment(value if "T" in value else f"{value}T23:59:59Z")


_ATTRIBUTES = {"bbox": "boxes", "cursor": "after", "since": "changed_behind"}
_READERS: dict[str, Callable[[str], Any]] = {
    "bbox": boxes,
    "occurred_from": moment,
    "occurred_until": until,
    "updated_since": moment,
    "fields": _fields,
    "profile": one_of(tuple(columns.PROFILES)),
    "bom": lambda value: one_of(("0", "1"))(value) == "1",
    "by": one_of(COUNTED),
    "level": _level,
    "sort": one_of(tuple(SORTS)),
    "limit": _limit,
    "cursor": cursor.position,
    "since": cursor.position,
}
