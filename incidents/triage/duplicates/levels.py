"""How well two reports agree, field by field: one level each, and what there is to say about it.

A field that one of the two left out has no level and moves nothing. Levels stand in CHAINS from the poorest agreement
to the best; weights must not fall along a chain, so that a field which agrees better never lowers a score.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from incidents.triage.duplicates.facts import Facts, days_apart

_NUMBERS = ("far half close same_few same_many", "half same_1 same_few", "one_many one_few half", "one_few none")
CHAINS: tuple[tuple[str, str], ...] = (
    ("days", "apart_3 apart_2 apart_1 overlap_long overlap_some overlap_most same_span same_day"),
    ("moment", "day 12h 3h 1h 15min"),
    *(("place", " ".join(f"{grain}_{band}" for band in ("far", "40km", "15km", "5km", "near", "same")))
      for grain in ("spot", "mixed", "town", "area")),
    ("measured", "far 2km 500m 150m"),
    ("spot", "other part same"),
    ("spot", "other town"),
    ("town", "other same"),
    ("actors", "other kind some all"),
    ("actors", "other_kind kind"),
    ("name", "common mid rare"),
    *((number, chain) for number in ("killed", "injured", "affected") for chain in _NUMBERS),
    ("categories", "other shared same"),
    ("victims", "other shared same"),
    ("setting", "other same"),
    *((harm, chain) for harm in ("damage", "displaced") for chain in ("one none", "one both")),
    ("harms", "other shared same"),
    ("mention", "one both"),
    ("words", "few some many most"),
    ("image", "like same"),
    ("crowd", "over_30 to_30 to_12 to_5 to_2"),
)  # fmt: skip


@dataclass(frozen=True)
class Level:
    """`value` is what a reason tells beside it: metres, days, a number, codes."""

    field: str
    level: str
    value: Any = None

    @property
    def code(self) -> str:
        return f"{self.field}.{self.level}"


DAY = timedelta(days=1)
Comparison = Callable[[Facts, Facts], Level | None]
# The first that is not reached names the level.
_HOURS = ((0.25, "15min"), (1.0, "1h"), (3.0, "3h"), (12.0, "12h"))


def days(a: Facts, b: Facts) -> Level:
    if a.at is not None and b.at is not None:
        gap = int(abs(a.at - b.at) / DAY)  # two sides of a midnight are no different days
        return Level("days", f"apart_{min(gap, 3)}" if gap else "same_day", gap)
    gap = days_apart(a, b)
    if gap:
        return Level("days", f"apart_{min(gap, 3)}", gap)
    if (a.first_day, a.last_day) == (b.first_day, b.last_day):
        return Level("days", "same_day" if a.length_days == 1 else "same_span", a.length_days)
    shared = (min(a.last_day, b.last_day) - max(a.first_day, b.first_day)).days + 1
    longest = max(a.length_days, b.length_days)
    level = "overlap_most" if shared * 2 >= longest else "overlap_some" if longest <= 7 else "overlap_long"
    return Level("days", level, shared)


def moment(a: Facts, b: Facts) -> Level | None:
    if a.at is None or b.at is None:
        return None
    hours = abs((a.at - b.at).total_seconds()) / 3_600
    return Level("moment", banded(hours, _HOURS, "day"), round(hours * 60))


def banded(value: float, bands: tuple[tuple[float, str], ...], beyond: str) -> str:
    return next((name for limit, name in bands if value <= limit), beyond)


def setting(a: Facts, b: Facts) -> Level | None:
    if not a.setting or not b.setting:
        return None
    return Level("setting", "same" if a.setting == b.setting else "other", a.setting)


def document(a: Facts, b: Facts) -> Level | None:
    """One document seldom tells of an event twice: who writes about two things means two things."""
    if not a.document or not b.document:
        return None
    level = "document" if a.document == b.document else "outlet" if a.outlet == b.outlet else "other"
    return Level("source", level)


def reporter(a: Facts, b: Facts) -> Level | None:
    if not a.reporter or not b.reporter:
        return None
    return Level("reporter", "same" if a.reporter == b.reporter else "other")


def actors(a: Facts, b: Facts) -> Level | None:
    if not a.actors or not b.actors:
        return None
    if shared := a.names & b.names:
        return Level("actors", "all" if a.names == b.names else "some", sorted(shared))
    if a.actors & b.actors:
        return Level("actors", "kind", sorted(a.actors & b.actors))
    return Level("actors", "other" if a.names and b.names else "other_kind")


def coded(field: str) -> Comparison:
    def compare(a: Facts, b: Facts) -> Level | None:
        ours, theirs = getattr(a, field), getattr(b, field)
        if not ours or not theirs:
            return None
        return Level(field, "same" if ours == theirs else "shared" if ours & theirs else "other", sorted(ours & theirs))

    return compare


def counted(field: str) -> Comparison:
    def compare(a: Facts, b: Facts) -> Level | None:
        ours, theirs = getattr(a, field), getattr(b, field)
        if ours is None or theirs is None:
            return None
        both = sorted((ours, theirs))
        return Level(field, _numbers(*both), both)

    return compare


def _numbers(less: int, more: int) -> str:
    if less == 0:
        return "none" if more == 0 else "one_few" if more < 3 else "one_many"
    if less == more:
        return "same_1" if less == 1 else "same_few" if less < 4 else "same_many"
    return banded(-less / more, ((-0.7, "close"), (-0.45, "half")), "far")


def harmed(field: str, harm: str) -> Comparison:
    def compare(a: Facts, b: Facts) -> Level | None:
        if not a.harms or not b.harms:
            return None
        told = (harm in a.harms) + (harm in b.harms)
        return Level(field, ("none", "one", "both")[told])

    return compare


def image(a: Facts, b: Facts) -> Level | None:
    """Photos that differ say nothing: two witnesses seldom take the same one."""
    apart = min(((ours ^ theirs).bit_count() for ours in a.images for theirs in b.images), default=64)
    return Level("image", "same" if apart <= 4 else "like", apart) if apart <= 10 else None
