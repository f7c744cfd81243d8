"""The query parameters of OGC API – Features: one table reads and describes them, so that neither can know one more.

As strict as the rest of the export. What the standard wants otherwise stands here alone: a limit above the most is none
beyond it, and what has no place or no time fits every box and interval.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from incidents.api import filters, paging

TEXT_LIMIT = 200
# No database keeps a NUL, and what is looked for is never nothing.
_TEXT = {"type": "string", "minLength": 1, "maxLength": TEXT_LIMIT, "pattern": "^[^\\u0000]+$"}
_OPEN = ("", "..")
_NEEDLESS_DIGITS = re.compile(r"(\.[0-9]{6})[0-9]+")
_HEIGHT = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?")


@dataclass
class Wanted(filters.Selection):
    """The features an address asks for; `shown_before` is the change of one that a page showed before its turn."""

    limit: int = filters.MAX_LIMIT
    shown_before: int = 0

    def placed(self) -> Q:
        return super().placed() | Q(latitude=None)

    def timed(self) -> Q:
        return super().timed() | Q(occurred_at=None)


@dataclass(frozen=True)
class Parameter:
    """`schema` is OpenAPI's; `read` puts a value into what is wanted, or raises ValueError in words for a person."""

    name: str
    about: str
    schema: Mapping[str, Any]
    read: Callable[[Wanted, str], None]

    def described(self) -> dict[str, Any]:
        """As OpenAPI has it. QGIS and GDAL look for "form" without "explode" before they send a filter along."""
        how = {"in": "query", "required": False, "style": "form", "explode": False}
        return {"name": self.name, **how, "description": self.about, "schema": dict(self.schema)}


def read(query: QueryDict, known: Sequence[Parameter]) -> Wanted:
    """What an address asks for. Raises ValidationError that names every parameter at fault."""
    wanted, faults = Wanted(), {}
    by_name = {parameter.name: parameter for parameter in known}
    for name in query:
        try:
            if name not in by_name:
                names = ", ".join(by_name) or "–"
                raise ValueError(_("Unknown parameter. Known here: %(names)s.") % {"names": names})
            by_name[name].read(wanted, _only(query.getlist(name)))
        except ValueError as fault:
            faults[name[:80]] = [str(fault)]
    if faults:
        raise ValidationError(faults)
    return wanted


def _only(given: list[str]) -> str:
    if len(given) > 1:
        raise ValueError(_("Give this parameter only once."))
    return given[0]


def equal(name: str, about: str, choices: Collection[str] = (), *, number: bool = False) -> Parameter:
    """A column that is asked for by its value, as Part 3 has it: one value, exactly."""
    schema: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": 999} if number else _TEXT
    if choices:
        schema = {"type": "string", "enum": list(choices)}

    def put(wanted: Wanted, value: str) -> None:
        wanted.codes[name] = [_value(value, choices, number=number)]

    return Parameter(name, about, schema, put)


def _value(value: str, choices: Collection[str], *, number: bool) -> str:
    if choices:
        return filters.one_of(choices)(value)
    if number and not re.fullmatch(r"[0-9]{1,3}", value):
        raise ValueError(_("Give a whole number."))
    if not 0 < len(value) <= TEXT_LIMIT or "\0" in value:
        raise ValueError(_("Give a value to look for."))
    return value


def _limit(wanted: Wanted, value: str) -> None:
    if not re.fullmatch(r"[0-9]{1,20}", value) or not int(value):
        raise ValueError(_("Give a whole number from 1 to %(max)d.") % {"max": filters.MAX_LIMIT})
    wanted.limit = min(int(value), filters.MAX_LIMIT)


def _cursor(wanted: Wanted, value: str) -> None:
    wanted.after, wanted.shown_before = paging.position(value), paging.begun(value)


def _box(wanted: Wanted, value: str) -> None:
    """Four numbers, or six with heights, which no position here has."""
    numbers = value[:TEXT_LIMIT].split(",")
    if len(numbers) == 6 and all(_HEIGHT.fullmatch(numbers.pop(place)) for place in (5, 2)):
        value = ",".join(numbers)
    wanted.boxes = filters.boxes(value)


def _time(wanted: Wanted, value: str) -> None:
    """A moment, or an interval that may be open at one end."""
    start, slash, end = value[:TEXT_LIMIT].partition("/")
    end = end if slash else start
    if start in _OPEN and end in _OPEN:
        raise ValueError(_("Give a time, or an interval such as 2020-10-18T00:00:00Z/.. with one end open."))
    wanted.occurred_from = "" if start in _OPEN else filters.moment(_whole(start))
    wanted.occurred_until = "" if end in _OPEN else filters.until(_whole(end))
    if wanted.occurred_until and wanted.occurred_from > wanted.occurred_until:
        raise ValueError(_("The interval ends before it begins."))


def _whole(value: str) -> str:
    """What RFC 3339 allows and the rest of the export does not; and GDAL writes a day as "2020-10-18T".

    QGIS begins in year 0 what has no beginning. No calendar here knows it; the next leap year is as good.
    """
    day, mark, clock = value[:10].replace("0000-", "0004-", 1), value[10:11], value[11:]
    if mark not in ("T", "t", " "):
        return day + mark + clock
    short = _NEEDLESS_DIGITS.sub(r"\1", clock).upper()
    return f"{day}T{short}" if short else day


def _since(wanted: Wanted, value: str) -> None:
    wanted.updated_since = filters.moment(value)


def _perpetrator(wanted: Wanted, value: str) -> None:
    wanted.perpetrators = [filters.one_of(filters.CHOICES["perpetrator"])(value)]


LIMIT = Parameter(
    "limit",
    "How many features a page holds at the most. What is more than the maximum counts as the maximum.",
    {"type": "integer", "minimum": 1, "maximum": filters.MAX_LIMIT, "default": filters.MAX_LIMIT},
    _limit,
)
BBOX = Parameter(
    "bbox",
    "West, south, east, north in degrees (WGS 84). Features without a place fit every box.",
    {
        "type": "array",
        "items": {"type": "number"},
        "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
    },
    _box,
)
DATETIME = Parameter(
    "datetime",
    "When it happened (occurred_at): a time, or an interval with .. for an open end, of RFC 3339 times. "
    "Features without a time fit every interval.",
    {"type": "string", "minLength": 2, "maxLength": TEXT_LIMIT, "example": "2020-10-18T00:00:00Z/.."},
    _time,
)
CURSOR = Parameter(
    "cursor",
    "Where the page before ended: part of the links “next”.",
    {"type": "string", "minLength": 1, "maxLength": paging.LONGEST, "pattern": "^[A-Za-z0-9_-]+$"},
    _cursor,
)
SINCE = Parameter(
    "updated_since", "What was released or changed from then on.", {"type": "string", "format": "date-time"}, _since
)
PERPETRATOR = Parameter(
    "perpetrator",
    "A force that is named among the perpetrators.",
    {"type": "string", "enum": list(filters.CHOICES["perpetrator"])},
    _perpetrator,
)
PAGE = (LIMIT, CURSOR, BBOX, DATETIME)
