"""How well two places agree: distance between positions, each with its precision, and names."""

from incidents import geo
from incidents.triage.duplicates.facts import Facts, Grain
from incidents.triage.duplicates.levels import Level, banded

_BANDS_M = ((100, "same"), (1_500, "near"), (5_000, "5km"), (15_000, "15km"), (40_000, "40km"))
_MEASURED_M = ((150, "150m"), (500, "500m"), (2_000, "2km"))
_COARSENESS = list(Grain)


def metres(a: Facts, b: Facts) -> float | None:
    if a.position is None or b.position is None:
        return None
    return geo.distance_m(*a.position, *b.position)


def at_least(a: Facts, b: Facts, apart: float) -> float:
    """The least distance in metres that both accuracies leave open."""
    return max(0.0, apart - (a.accuracy_m or 0) - (b.accuracy_m or 0))


def place(a: Facts, b: Facts) -> Level | None:
    """A town's middle may stand for any spot in it, so the same distance weighs by what the positions stand for."""
    apart = metres(a, b)
    if apart is None:
        return None
    grain = max(a.grain, b.grain, key=_COARSENESS.index)
    pair = "mixed" if grain == Grain.TOWN and a.grain != b.grain else grain.value
    return Level("place", f"{pair}_{banded(at_least(a, b, apart), _BANDS_M, 'far')}", round(apart))


def measured(a: Facts, b: Facts) -> Level | None:
    """Two positions that phones measured can be told apart by a street."""
    apart = metres(a, b)
    if apart is None or not (a.is_measured and b.is_measured):
        return None
    worst = max(a.accuracy_m or 0, b.accuracy_m or 0)
    return Level("measured", banded(at_least(a, b, apart), _MEASURED_M, "far"), [round(apart), worst])


def spot(a: Facts, b: Facts) -> Level | None:
    if not a.spot or not b.spot:
        return None
    if a.spot == b.spot:
        return Level("spot", "town" if a.spot in (a.town, b.town) else "same")
    return Level("spot", "part" if set(a.spot.split()) & set(b.spot.split()) else "other")


def town(a: Facts, b: Facts) -> Level | None:
    if not a.town or not b.town:
        return None
    return Level("town", "same" if a.town == b.town else "other")


def mention(a: Facts, b: Facts) -> Level | None:
    """The place of one is named in the headline of the other."""
    named = bool(a.place_words & b.headline_words) + bool(b.place_words & a.headline_words)
    return Level("mention", ("", "one", "both")[named]) if named else None
