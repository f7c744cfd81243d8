"""What each entry of the table of weights is called, for whoever reads and changes it."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incidents.triage.duplicates.reasons import PLAIN
from incidents.triage.duplicates.weights import SHIPPED, START, SUGGEST_FROM

_WHOLE: dict[str, str | Promise] = {
    START: _("Every pair, before anything is compared"),
    SUGGEST_FROM: _("Total from which a pair is called likely"),
}
_FIELDS: dict[str, str | Promise] = {
    "days": _("Days"),
    "moment": _("Time of day"),
    "place": _("Distance"),
    "measured": _("Measured distance"),
    "spot": _("Place by name"),
    "town": _("Town by name"),
    "mention": _("Place named in the other"),
    "source": _("Documents"),
    "reporter": _("Reporters"),
    "actors": _("Perpetrators"),
    "name": _("How often that perpetrator is named"),
    "killed": _("Number killed"),
    "injured": _("Number injured"),
    "affected": _("Number affected"),
    "categories": _("What was done"),
    "victims": _("Victims"),
    "setting": _("Occasion"),
    "damage": _("Property lost"),
    "displaced": _("People displaced"),
    "harms": _("Harm"),
    "words": _("Words"),
    "image": _("Photos"),
    "crowd": _("Reports from nearby on these days"),
}
_LEVELS: dict[str, str | Promise] = {
    "apart_1": _("one day apart"),
    "apart_2": _("two days apart"),
    "apart_3": _("three days apart or more"),
    "15min": _("within 15 minutes"),
    "1h": _("within an hour"),
    "3h": _("within 3 hours"),
    "12h": _("within 12 hours"),
    "day": _("more than 12 hours apart"),
    "150m": _("within 150 m"),
    "500m": _("within 500 m"),
    "2km": _("within 2 km"),
    "far": _("far apart"),
    "all": _("all the same"),
    "some": _("some the same"),
    "kind": _("the same kind"),
    "same": _("the same"),
    "shared": _("some the same"),
    "none": _("none in both"),
    "one_few": _("none in one, one or two in the other"),
    "one_many": _("none in one, three or more in the other"),
    "half": _("within half of each other"),
    "close": _("nearly the same number"),
    "same_1": _("one in both"),
    "same_few": _("two or three in both"),
    "same_many": _("four or more, the same in both"),
    "to_2": _("at most 2"),
    "to_5": _("3 to 5"),
    "to_12": _("6 to 12"),
    "to_30": _("13 to 30"),
    "over_30": _("more than 30"),
}
_GRAINS: dict[str, str | Promise] = {
    "spot": _("both known to the spot"),
    "mixed": _("one known to the spot, one to the town"),
    "town": _("both known to the town"),
    "area": _("one known only roughly"),
}
_BANDS: dict[str, str | Promise] = {
    "same": _("within 100 m"),
    "near": _("within 1.5 km"),
    "5km": _("within 5 km"),
    "15km": _("within 15 km"),
    "40km": _("within 40 km"),
    "far": _("farther"),
}


def label(code: str) -> str:
    """ "Distance: both known to the town, within 5 km"."""
    if code in _WHOLE:
        return str(_WHOLE[code])
    field, _dot, level = code.partition(".")
    return f"{_FIELDS.get(field, field)}: {_level(code, field, level)}"


def _level(code: str, field: str, level: str) -> Any:
    grain, _line, band = level.partition("_")
    if field == "place" and grain in _GRAINS and band in _BANDS:
        return f"{_GRAINS[grain]}, {_BANDS[band]}"
    return PLAIN.get(code) or _LEVELS.get(level, level)


def choices() -> list[tuple[str, str]]:
    """Every entry of the shipped table with its weight, in the table's order."""
    return [(code, f"{label(code)} ({bits:+.2f})") for code, bits in SHIPPED.items()]
