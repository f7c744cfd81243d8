"""What another table of rules would make of incidents that are there. Reads rows, changes none."""

import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from incidents.grading import Rule
from incidents.models import Mission
from incidents.taxonomy import SEVERITY_RANK
from incidents.triage.facts import facts_of, texts_under
from incidents.triage.severity import Score, score

STEP = 500


@dataclass
class Rehearsal:
    """`moves` counts (before, after) of the levels that would change; `by_hand` keep theirs, whatever is computed."""

    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    unchanged: int = 0
    by_hand: int = 0

    @property
    def rising(self) -> int:
        return sum(count for (before, after), count in self.moves.items() if _rank(after) < _rank(before))

    @property
    def falling(self) -> int:
        return self.moves.total() - self.rising


def rehearse(mission: Mission, incidents: Any, rules: tuple[Rule, ...]) -> Rehearsal:
    """How the levels of these incidents of one mission would move under `rules`. `incidents` is a queryset."""
    found = Rehearsal()
    for _pk, before, by_hand, result in graded(mission, incidents, rules):
        if before["severity_computed"] == result.severity:
            found.unchanged += 1
        elif by_hand:
            found.by_hand += 1
        else:
            found.moves[before["severity_computed"], result.severity.value] += 1
    return found


def graded(
    mission: Mission, incidents: Any, rules: tuple[Rule, ...]
) -> Iterator[tuple[uuid.UUID, dict[str, Any], str, Score]]:
    """Each graded incident with what it has, its override, and what `rules` would give; some hundreds at a time."""
    names = ("pk", "severity_computed", "severity_reasons", "severity_override")
    rows = list(incidents.exclude(severity_computed="").order_by("pk").values(*names))
    for start in range(0, len(rows), STEP):
        step = rows[start : start + STEP]
        texts = texts_under([row["pk"] for row in step])
        for row in step:
            yield row["pk"], row, row["severity_override"], score(facts_of(mission, texts[row["pk"]]), rules)


def _rank(level: str) -> int:
    return SEVERITY_RANK.get(level, len(SEVERITY_RANK))
