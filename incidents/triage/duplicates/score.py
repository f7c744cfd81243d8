"""The score of a pair: a start, and one weight per field by how well it agrees (Fellegi and Sunter 1969).

Symmetric: which of the two came first makes no difference. Weights are in bits, and so is the total: +1 doubles the
odds that both tell of one event.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from incidents.triage.duplicates import levels, nearness
from incidents.triage.duplicates.facts import Facts, days_apart
from incidents.triage.duplicates.levels import Level
from incidents.triage.duplicates.weights import START, Table
from incidents.triage.duplicates.words import Rarity

COMPARISONS: tuple[levels.Comparison, ...] = (
    levels.days,
    levels.moment,
    nearness.place,
    nearness.measured,
    nearness.spot,
    nearness.town,
    levels.document,
    levels.reporter,
    levels.actors,
    levels.counted("killed"),
    levels.counted("injured"),
    levels.counted("affected"),
    levels.coded("categories"),
    levels.coded("victims"),
    levels.setting,
    levels.harmed("damage", "property_lost"),
    levels.harmed("displaced", "displaced"),
    levels.coded("harms"),
    nearness.mention,
    levels.image,
)
CROWD_WITHIN_M = 15_000
_CROWDS = ((2, "to_2"), (5, "to_5"), (12, "to_12"), (30, "to_30"))
_SHARES = ((0.02, "rare"), (0.08, "mid"))
_LIKENESS = ((0.1, "few"), (0.25, "some"), (0.5, "many"))
# What a pair counts that was not worth comparing: too far apart in time or space.
NOT_COMPARED = -8.0


@dataclass
class Context:
    """What is usual here: how often words and known actors are named, and how much happens at one place and day.

    Agreement on what is rare weighs more than on what is common (Winkler 1989).
    """

    words: Rarity = field(default_factory=Rarity)
    names: Rarity = field(default_factory=Rarity)
    crowd: int = 0

    @classmethod
    def of(cls, reports: Iterable[Facts]) -> "Context":
        context = cls()
        for facts in reports:
            context.add(facts)
        return context

    def add(self, facts: Facts) -> None:
        self.words.add(facts.words)
        self.names.add(facts.names)


@dataclass(frozen=True)
class Score:
    """`bits` is the total; `reasons` are codes with weights and values, the weightiest first, for `explain`."""

    bits: float
    reasons: list[dict[str, Any]]

    @property
    def probability(self) -> float:
        return float(1 / (1 + 2.0**-self.bits))


def score(a: Facts, b: Facts, table: Table, context: Context) -> Score:
    """How likely both tell of one event, and why."""
    agreed = [(level, table.bits(level.code)) for level in compare(a, b, context)]
    reasons = [{"code": level.code, "bits": round(bits, 2), "value": level.value} for level, bits in agreed if bits]
    total = table.bits(START) + sum(bits for _level, bits in agreed)
    return Score(total, sorted(reasons, key=lambda reason: (-abs(reason["bits"]), reason["code"])))


def compare(a: Facts, b: Facts, context: Context) -> Iterator[Level]:
    """One level for each field that both tell of."""
    for comparison in COMPARISONS:
        if level := comparison(a, b):
            yield level
    if shared := a.names & b.names:
        yield Level("name", levels.banded(min(map(context.names.share, sorted(shared))), _SHARES, "common"))
    if a.words and b.words:
        likeness = context.words.likeness(a.words, b.words)
        yield Level("words", levels.banded(likeness, _LIKENESS, "most"), round(100 * likeness))
    yield Level("crowd", levels.banded(context.crowd, _CROWDS, "over_30"), context.crowd)


def crowd(facts: Facts, others: Iterable[Facts]) -> int:
    """How many of the others happened nearby on the same days: where much happens, being near says less."""
    return sum(_crowds(facts, other) for other in others)


def _crowds(a: Facts, b: Facts) -> bool:
    apart = nearness.metres(a, b)
    return apart is not None and apart < CROWD_WITHIN_M and days_apart(a, b) == 0


def linked(totals: Iterable[float]) -> float:
    """The score of two incidents: the mean over their pairs of reports, so that one chance likeness joins no crowds."""
    bits = list(totals)
    return sum(bits) / len(bits) if bits else NOT_COMPARED
