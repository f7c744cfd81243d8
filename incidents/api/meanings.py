"""What each column of an export means, and of which form it is: for the OpenAPI document, and whoever reads it."""

from collections.abc import Collection
from typing import Any, NamedTuple

from incidents.taxonomy import RELEASABLE, Category, Perpetrator, PlaceLevel, Precision, Severity
from incidents.workflow import Status


class Column(NamedTuple):
    """`schema` is of OpenAPI 3.0, as the column stands in JSON; a table leaves a cell empty where JSON says null."""

    schema: dict[str, Any]
    meaning: str


def _text(meaning: str, example: str, *, always: bool = False, **more: Any) -> Column:
    return Column(_maybe({"type": "string", "example": example, **more}, always), meaning)


def _time(meaning: str, example: str, *, always: bool = False) -> Column:
    return _text(meaning, example, always=always, format="date-time")


def _code(meaning: str, codes: Collection[str], example: str, *, always: bool = False) -> Column:
    enum: list[str | None] = [*codes] if always else [*codes, None]
    return Column(_maybe({"type": "string", "enum": enum, "example": example}, always), meaning)


def _number(meaning: str, example: float, **more: Any) -> Column:
    return Column(_maybe({"type": "number", "format": "double", "example": example, **more}, False), meaning)


def _maybe(schema: dict[str, Any], always: bool) -> dict[str, Any]:
    return schema if always else {**schema, "nullable": True}


# In the order of columns.HXL.
COLUMNS: dict[str, Column] = {
    "id": _text(
        "The release's own id. It stays the same for as long as the incident exists, and is used nowhere else.",
        "0b6f1c7e-3f0a-4d0e-9c56-2f1c6f6f7b11",
        always=True,
        format="uuid",
    ),
    "occurred_at": _time("When it happened, to the full hour, in UTC.", "2020-10-18T14:00:00Z"),
    "reported_at": _time("When the mission first heard of it, to the full hour, in UTC.", "2020-10-18T15:00:00Z"),
    "category": _code(
        "What happened: the main type of act, as a stable code.",
        Category.values,
        Category.ARREST_DETENTION.value,
        always=True,
    ),
    "category_label": _text("The category in English words.", "Arrest or detention", always=True),
    "huridocs": _text(
        "The code of the HURIDOCS micro-thesaurus for the category. It is text, for it may begin with a zero.",
        "03010100",
    ),
    "huridocs_list": Column(
        {"type": "integer", "enum": [4, 5, None], "nullable": True, "example": 4},
        "Which HURIDOCS list the code stands in: 4 (types of acts) or 5 (methods of violence).",
    ),
    "acled": _text("The ACLED sub-event type that comes closest; empty where none fits.", "Arrests"),
    "severity": _code("How grave the mission holds it to be.", Severity.values, Severity.MAJOR.value),
    "verification": _code(
        "How sure the mission is that it happened. Less sure than likely is never released.",
        [level.value for level in RELEASABLE],
        RELEASABLE[-1].value,
        always=True,
    ),
    "status": _code(
        "How far the mission has come in dealing with it.", Status.values, Status.TRIAGED.value, always=True
    ),
    "perpetrators": _text(
        f"Who is accused: codes with semicolons between them, out of {', '.join(Perpetrator.values)}.",
        "armed_forces;police",
    ),
    "adm1_name": _text("The department's name. Empty where it may not be told.", "La Paz"),
    "adm1_code": _text("The department's code, as in /api/v1/boundaries.", "BO-L"),
    "adm2_name": _text("The province's name. Empty where it may not be told.", "Murillo"),
    "adm2_code": _text("The province's code.", "BO-L-01"),
    "latitude": _number(
        "The latitude of the middle of the area that is told, in degrees (WGS 84). Not where it happened.",
        -16.519,
        minimum=-90,
        maximum=90,
    ),
    "longitude": _number("The longitude of that middle.", -68.133, minimum=-180, maximum=180),
    "precision": _code(
        "How well the place is told: area, but for keys to exact places, which also tell the other codes.",
        Precision.values,
        Precision.AREA.value,
    ),
    "place_level": _code(
        "Of what the position is the middle: a square of the grid (about 5 km wide), a province, or a department. "
        "A point, for keys to exact places.",
        PlaceLevel.values,
        PlaceLevel.SQUARE.value,
    ),
    "description": _text(
        "A summary that the mission wrote to be read by others. Never the words of a report.",
        "Two voters were arrested outside a polling place.",
    ),
    "updated_at": _time("When this release was last written.", "2020-10-18T16:02:11Z", always=True),
    "mission": _text("The short name of the mission.", "bolivia-2020", always=True),
    "is_demonstration": Column(
        {"type": "boolean", "example": False},
        "True for data that was made up to show the software. None of it happened.",
    ),
}

# The ACLED-like columns, and out of what each is made.
ACLED = {
    "event_date": "occurred_at, its day",
    "time_precision": "1 (the day is known) where occurred_at is known",
    "event_type": "the event type that the sub-event belongs to",
    "sub_event_type": "acled",
    "actor1": "perpetrators",
    "civilian_targeting": "“Civilian targeting” for attacks, abductions and sexual violence",
    "admin1": "adm1_name",
    "admin2": "adm2_name",
    "location": "adm1_name; no narrower name is told",
    "latitude": "latitude",
    "longitude": "longitude",
    "geo_precision": "place_level: point 1, square 2, province or department 3",
    "source": "mission",
    "notes": "description",
    "fatalities": "empty; the mission does not count them",
    "timestamp": "updated_at",
    "id": "id",
}
