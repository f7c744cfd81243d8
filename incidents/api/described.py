"""The parameters of the API as OpenAPI has them: what filters.py accepts, out of its own tables, with words for people.

A parameter of any export that is missing here fails the tests, as does one that accepts something else than it says.
"""

from collections.abc import Collection
from typing import Any, NamedTuple

from incidents.api import columns, filters, paging


class Described(NamedTuple):
    """`schema` is of OpenAPI 3.0; an array stands in the address as one text with commas."""

    schema: dict[str, Any]
    meaning: str
    example: Any


def _several(codes: Collection[str], meaning: str, example: str) -> Described:
    items = {"type": "string", "enum": list(codes)}
    return Described({"type": "array", "items": items}, f"{meaning} Several with commas mean any of them.", [example])


def _time(meaning: str) -> Described:
    schema = {"type": "string", "format": "date-or-time", "pattern": filters.TIME, "maxLength": 40}
    return Described(schema, f"{meaning} A time without a zone is taken as UTC.", "2020-10-18T14:30:00Z")


def _position(meaning: str) -> Described:
    schema = {"type": "string", "format": "cursor", "pattern": "^[A-Za-z0-9_-]+$", "maxLength": paging.LONGEST}
    return Described(schema, meaning, paging.cursor("", 1_204))


def _choice(choices: Collection[str], meaning: str, **more: Any) -> Described:
    example = more.get("default", next(iter(choices)))
    return Described({"type": "string", "enum": list(choices), **more}, meaning, example)


PARAMETERS: dict[str, Described] = {
    "severity": _several(filters.CHOICES["severity"], "Only these severities.", "critical"),
    "category": _several(filters.CHOICES["category"], "Only these categories.", "arrest_detention"),
    "verification": _several(filters.CHOICES["verification"], "Only what is held to be so.", "confirmed"),
    "perpetrator": _several(filters.CHOICES["perpetrator"], "Only where one of these is accused.", "police"),
    "department": Described(
        {"type": "array", "items": {"type": "string", "pattern": filters.DEPARTMENT}},
        "Only these departments, by code (see /api/v1/boundaries). Several with commas mean any of them.",
        ["BO-L"],
    ),
    "bbox": Described(
        {
            "type": "array",
            "items": {"type": "number", "minimum": -180, "maximum": 180},
            "minItems": 4,
            "maxItems": 4,
        },
        "Only what is told to be within this box: west, south, east, north in degrees. South may not lie north of "
        "north; where west is greater than east the box goes across 180°.",
        [-70, -23, -57, -9],
    ),
    "occurred_from": _time("Only what happened at this time or later."),
    "occurred_until": _time("Only what happened at this time or earlier. A day without a time counts to its end."),
    "updated_since": _time(
        "Only what was written at this time or later. In /api/v1/incidents also what has been withdrawn since."
    ),
    "since": _position(
        "Only what changed after the answer that gave this, and what was withdrawn since. Take it from `changes` of an "
        "earlier answer, together with the rest of that address."
    ),
    "fields": Described(
        {"type": "array", "items": {"type": "string", "enum": list(columns.COLUMNS)}},
        "Only these columns, in this order.",
        ["id", "occurred_at", "category"],
    ),
    "sort": _choice(
        filters.SORTS,
        "The order. `change` is the order in which releases were written, and the only one in which nothing is missed "
        "when something changes between two pages; with a minus the newest come first.",
        default="change",
    ),
    "limit": Described(
        {
            "type": "integer",
            "minimum": 1,
            "maximum": filters.MAX_LIMIT,
            "default": filters.DEFAULT_LIMIT,
        },
        "How many items a page holds at most.",
        500,
    ),
    "cursor": _position("Where the page begins. Never made by hand: follow `next`."),
    "profile": _choice(
        columns.PROFILES,
        "Columns by another agreement: `acled` gives names that ACLED's users know. It is not ACLED data, and nobody "
        "at ACLED has coded it.",
    ),
    "bom": _choice(("0", "1"), "1 begins the file with a byte order mark, by which Excel knows UTF-8.", default="0"),
    "by": _choice(filters.COUNTED, "What is counted by.", default="category"),
    "level": Described(
        {"type": "integer", "minimum": 1, "maximum": 999},
        "Only boundaries of this level: 1 are departments, 2 what lies within them. Without it, all.",
        1,
    ),
}

# With a profile the columns are its own.
FIELDS_OF_TABLES = PARAMETERS["fields"]._replace(
    schema={
        "type": "array",
        "items": {"type": "string", "enum": list(dict.fromkeys((*columns.COLUMNS, *columns.ACLED)))},
    },
    meaning="Only these columns, in this order; with a profile, of the columns of that.",
)

HEADERS: dict[str, Described] = {
    "If-None-Match": Described(
        {"type": "string"},
        "The `ETag` of an earlier answer: if nothing has changed since, the answer is 304 and has no body.",
        '"5d41402abc4b2a76b9719d911017c592"',
    ),
    "If-Modified-Since": Described(
        {"type": "string"},
        "The `Last-Modified` of an earlier answer, for clients that keep no tags.",
        "Sun, 18 Oct 2020 16:02:11 GMT",
    ),
}


def parameter(name: str, names: Collection[str]) -> Described:
    """What is told of a parameter of an export that knows all these."""
    return FIELDS_OF_TABLES if name == "fields" and "profile" in names else PARAMETERS[name]
