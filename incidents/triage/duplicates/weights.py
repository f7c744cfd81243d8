"""The table of weights as it is shipped, in bits: how much each level of agreement adds to the score of a pair.

+1 doubles the odds that two reports tell of one event, -1 halves them. `start` is where every pair begins; from
`suggest_from` on, a mission's coordinators are shown a pair as likely. FITTED stands on data, REASONED on judgement.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from incidents.triage.duplicates.levels import CHAINS

METHOD = "duplicates-1"
START, SUGGEST_FROM = "start", "suggest_from"
LARGEST = 20.0

# By tests/benchmarks/fit_duplicates.py, on the tuning part (two thirds of the events) of half of MAVERICK (van Baalen
# and Höglund, doi:10.1093/jopres/xjaf012, CC BY 4.0): logistic regression with a ridge, weights kept in order along the
# chains. Equal neighbours are levels that the data could not tell apart or wanted in the wrong order.
# fmt: off
FITTED: dict[str, float] = {
    "start": -5.39, "suggest_from": -1.20,
    "days.same_day": 2.02, "days.same_span": 1.38, "days.overlap_most": 1.38, "days.overlap_some": 0.68,
    "days.overlap_long": 0.16, "days.apart_1": -1.62, "days.apart_2": -2.62, "days.apart_3": -2.62,
    "place.spot_same": 0.75, "place.spot_near": 0.75, "place.spot_5km": -1.33, "place.spot_15km": -2.05,
    "place.spot_40km": -2.05, "place.spot_far": -2.05,
    "place.mixed_same": 0.65, "place.mixed_near": 0.65, "place.mixed_5km": 0.08, "place.mixed_15km": 0.08,
    "place.mixed_40km": 0.08, "place.mixed_far": -0.03,
    "place.town_same": 1.42, "place.town_near": 0.75, "place.town_5km": 0.75, "place.town_15km": 0.75,
    "place.town_40km": -0.52, "place.town_far": -0.52,
    "place.area_same": 0.73, "place.area_near": 0.73, "place.area_5km": 0.73, "place.area_15km": 0.38,
    "place.area_40km": -0.21, "place.area_far": -1.74,
    "spot.town": 1.22, "spot.same": 0.94, "spot.part": -0.33, "spot.other": -1.48,
    "town.same": 1.06, "town.other": -2.27,
    "mention.both": 0.78, "mention.one": 0.78,
    "source.other": 1.95, "source.outlet": 0.26, "source.document": -2.21,
    "actors.all": 0.44, "actors.some": 0.44, "actors.kind": 0.02, "actors.other_kind": -0.30, "actors.other": -0.32,
    "name.rare": 0.39, "name.mid": 0.33, "name.common": -0.28,
    "killed.same_many": 2.11, "killed.close": 1.66, "killed.same_few": 1.66, "killed.same_1": 0.54,
    "killed.half": -0.17, "killed.none": -1.14, "killed.one_few": -1.36, "killed.one_many": -1.36,
    "killed.far": -1.64,
    "injured.same_few": 0.41, "injured.same_many": 0.41, "injured.close": 0.15, "injured.none": -0.11,
    "injured.far": -0.45, "injured.half": -0.45, "injured.one_few": -0.45, "injured.one_many": -0.45,
    "injured.same_1": -0.45,
    "categories.same": 0.40, "categories.shared": -0.12, "categories.other": -1.33,
    "victims.same": 0.29, "victims.other": -0.96,
    "setting.same": 1.84, "setting.other": 1.13,
    "damage.both": 0.48, "damage.none": -0.13, "damage.one": -0.35,
    "displaced.none": 0.10, "displaced.both": 0.07, "displaced.one": -0.16,
    "harms.same": 0.32, "harms.shared": -0.10, "harms.other": -0.21,
    "crowd.to_2": 0.61, "crowd.to_5": 0.58, "crowd.to_12": 0.27, "crowd.to_30": -0.62, "crowd.over_30": -0.84,
}

# What monitors' reports tell and headlines do not. Set by judgement, to be changed as a mission learns better: two
# people weigh as two documents do, minutes and metres refine what the day and the place have said, and a photo settles
# it.
REASONED: dict[str, float] = {
    "reporter.other": 1.90, "reporter.same": -1.00,
    "moment.15min": 1.80, "moment.1h": 1.00, "moment.3h": 0.00, "moment.12h": -1.00, "moment.day": -2.50,
    "measured.150m": 1.80, "measured.500m": 0.80, "measured.2km": -0.50, "measured.far": -2.50,
    "affected.same_many": 1.50, "affected.same_few": 0.80, "affected.close": 0.50, "affected.half": 0.00,
    "affected.same_1": 0.00, "affected.none": 0.00, "affected.one_few": 0.00, "affected.one_many": -0.30,
    "affected.far": -0.50,
    "victims.shared": -0.10,
    "words.most": 5.00, "words.many": 2.50, "words.some": 0.50, "words.few": -0.30,
    "image.same": 8.00, "image.like": 4.00,
}
# fmt: on


@dataclass(frozen=True)
class Table:
    """The weights that are in force: those shipped, and over them what a mission has changed."""

    weights: Mapping[str, float]
    changed: Mapping[str, float] = field(default_factory=dict)

    def bits(self, code: str) -> float:
        return self.weights.get(code, 0.0)

    @cached_property
    def method(self) -> str:
        """Names the method and, where a mission runs on weights of its own, which."""
        if not self.changed:
            return METHOD
        written = ";".join(f"{code}={bits:.3f}" for code, bits in sorted(self.changed.items()))
        return f"{METHOD}+{hashlib.sha256(written.encode()).hexdigest()[:8]}"


SHIPPED: Mapping[str, float] = {**FITTED, **REASONED}


def shipped(changed: Mapping[str, float] | None = None) -> Table:
    """The shipped table, with a mission's changes over it; what is no code, or changes nothing, is left out."""
    own = {code: bits for code, bits in (changed or {}).items() if code in SHIPPED and bits != SHIPPED[code]}
    return Table({**SHIPPED, **own}, own)


def out_of_order(weights: Mapping[str, float]) -> list[tuple[str, str]]:
    """The pairs of levels in which the better agreement would weigh less."""
    return [
        (poorer, better)
        for field, chain in CHAINS
        for poorer, better in _neighbours(field, chain.split())
        if weights.get(better, 0.0) < weights.get(poorer, 0.0)
    ]


def _neighbours(field: str, levels: list[str]) -> list[tuple[str, str]]:
    codes = [f"{field}.{level}" for level in levels]
    return list(pairwise(codes))
