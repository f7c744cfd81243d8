"""The rules by which an incident is graded, as a table: kinds of fact, what each may do, what a mission begins with.

A rule either sets a floor ("at least major") or raises by steps; nothing lowers, so that more harm can't lower a grade.
Knows no database; a mission's own table is in `models/severity_rule.py`, the arithmetic in `triage/severity.py`.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incidents.taxonomy import Category, Harm, Perpetrator, Severity, Timing, Victim


class Fact(TextChoices):
    """What a rule looks at. The reporter's own danger is not among them: it jumps the queue whatever the grade."""

    CATEGORY = "category", _("What happened")
    HARM = "harm", _("Harm done")
    PERPETRATOR = "perpetrator", _("Who did it")
    VICTIM = "victim", _("To whom")
    VICTIM_COUNT = "victim_count", _("How many people")
    TIMING = "timing", _("When")
    POLLING_HOURS = "polling_hours", _("During polling hours")


class Effect(TextChoices):
    FLOOR = "floor", _("At least")
    RAISE = "raise", _("Steps up")


# The codes a kind of fact may hold; the two that are missing hold none.
CODES: dict[str, Any] = {
    Fact.CATEGORY: Category,
    Fact.HARM: Harm,
    Fact.PERPETRATOR: Perpetrator,
    Fact.VICTIM: Victim,
    Fact.TIMING: Timing,
}
MOST_STEPS = 2


@dataclass(frozen=True, order=True)
class Rule:
    """`code` is the fact's, `threshold` the least number of people; `level` belongs to a floor, `steps` to a raise."""

    kind: str
    code: str = ""
    effect: str = Effect.FLOOR.value
    level: str = ""
    steps: int = 0
    threshold: int = 0


def digest(rules: Iterable[Rule]) -> str:
    """Eight letters that tell one table from another, whatever the order of its rows."""
    lines = sorted("|".join(map(str, vars(rule).values())) for rule in rules)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:8]


_FLOORS: dict[Fact, dict[Severity, tuple[str, ...]]] = {
    Fact.CATEGORY: {
        Severity.CRITICAL: (
            Category.KILLING,
            Category.ENFORCED_DISAPPEARANCE,
            Category.TORTURE_ILL_TREATMENT,
            Category.SEXUAL_VIOLENCE,
            Category.SHOOTING,
        ),
        Severity.MAJOR: (
            Category.DEATH_THREAT,
            Category.ARREST_DETENTION,
            Category.PHYSICAL_ASSAULT,
            Category.EXCESSIVE_FORCE,
        ),
        Severity.MODERATE: (
            Category.VERBAL_THREAT,
            Category.INTIMIDATION,
            Category.SURVEILLANCE,
            Category.OBSERVER_OBSTRUCTION,
            Category.MOVEMENT_RESTRICTION,
            Category.SEARCH_SEIZURE,
            Category.VOTER_SUPPRESSION,
        ),
        Severity.MINOR: (Category.HARASSMENT, Category.PROPERTY_DAMAGE, Category.OTHER),
    },
    Fact.HARM: {
        Severity.CRITICAL: (Harm.KILLED, Harm.MISSING),
        Severity.MAJOR: (Harm.INJURED, Harm.DETAINED),
        Severity.MODERATE: (Harm.DISPLACED,),
    },
    Fact.VICTIM: {Severity.MODERATE: (Victim.MONITOR,)},
    # What keeps people from voting while they can vote is never minor.
    Fact.POLLING_HOURS: {Severity.MODERATE: ("",)},
}
_RAISES = (
    Rule(Fact.TIMING.value, Timing.HAPPENING_NOW.value, Effect.RAISE.value, steps=1),
    Rule(Fact.PERPETRATOR.value, Perpetrator.ARMED_FORCES.value, Effect.RAISE.value, steps=1),
    Rule(Fact.PERPETRATOR.value, Perpetrator.PARAMILITARY.value, Effect.RAISE.value, steps=1),
    Rule(Fact.PERPETRATOR.value, Perpetrator.PRESIDENTIAL_GUARD.value, Effect.RAISE.value, steps=1),
    Rule(Fact.VICTIM_COUNT.value, "", Effect.RAISE.value, steps=1, threshold=10),
)

# What every mission begins with.
DEFAULT_RULES: tuple[Rule, ...] = (
    *(
        Rule(kind.value, str(code), level=level.value)
        for kind, levels in _FLOORS.items()
        for level, codes in levels.items()
        for code in codes
    ),
    *_RAISES,
)
