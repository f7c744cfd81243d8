"""How grave an incident is, by rules that list their reasons. Pure: facts in, severity and reasons out.

Method, version 1: the gravest floor that any fact sets, raised one step for each aggravating fact, never above
critical. More harm can only raise the result. The reporter's own danger is not severity; it jumps the queue instead.
"""

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.taxonomy import SEVERITY_RANK, Category, Harm, Perpetrator, Severity, Timing, Victim

VERSION = "severity-1"
MANY_VICTIMS = 10

CATEGORY_FLOOR: dict[str, Severity] = {
    Category.KILLING: Severity.CRITICAL,
    Category.ENFORCED_DISAPPEARANCE: Severity.CRITICAL,
    Category.TORTURE_ILL_TREATMENT: Severity.CRITICAL,
    Category.SEXUAL_VIOLENCE: Severity.CRITICAL,
    Category.SHOOTING: Severity.CRITICAL,
    Category.DEATH_THREAT: Severity.MAJOR,
    Category.ARREST_DETENTION: Severity.MAJOR,
    Category.PHYSICAL_ASSAULT: Severity.MAJOR,
    Category.EXCESSIVE_FORCE: Severity.MAJOR,
    Category.VERBAL_THREAT: Severity.MODERATE,
    Category.INTIMIDATION: Severity.MODERATE,
    Category.SURVEILLANCE: Severity.MODERATE,
    Category.OBSERVER_OBSTRUCTION: Severity.MODERATE,
    Category.MOVEMENT_RESTRICTION: Severity.MODERATE,
    Category.SEARCH_SEIZURE: Severity.MODERATE,
    Category.VOTER_SUPPRESSION: Severity.MODERATE,
    Category.HARASSMENT: Severity.MINOR,
    Category.PROPERTY_DAMAGE: Severity.MINOR,
    Category.OTHER: Severity.MINOR,
}

HARM_FLOOR: dict[str, Severity] = {
    Harm.KILLED: Severity.CRITICAL,
    Harm.MISSING: Severity.CRITICAL,
    Harm.INJURED: Severity.MAJOR,
    Harm.DETAINED: Severity.MAJOR,
    Harm.DISPLACED: Severity.MODERATE,
}

ARMED = frozenset({Perpetrator.ARMED_FORCES, Perpetrator.PARAMILITARY, Perpetrator.PRESIDENTIAL_GUARD})


@dataclass(frozen=True)
class Facts:
    """What the rules look at; codes of the taxonomy."""

    categories: tuple[str, ...]
    harms: tuple[str, ...] = ()
    perpetrators: tuple[str, ...] = ()
    victims: tuple[str, ...] = ()
    victim_count: int = 0
    timing: str = Timing.HAPPENED


@dataclass(frozen=True)
class Score:
    """`reasons` are codes with their values, to be put into words in the reader's language by `explain`."""

    severity: Severity
    reasons: list[dict[str, Any]] = field(default_factory=list)


def score(facts: Facts) -> Score:
    """The severity of an incident with these facts, and why."""
    reasons = _floors(facts)
    rank = min((SEVERITY_RANK[reason["sets"]] for reason in reasons), default=SEVERITY_RANK[Severity.MINOR])
    raises = _raises(facts)
    return Score(Severity(Severity.values[max(0, rank - len(raises))]), reasons + raises)


def _floors(facts: Facts) -> list[dict[str, Any]]:
    floors = [{"code": "category", "value": code, "sets": CATEGORY_FLOOR[code].value} for code in facts.categories]
    floors += [
        {"code": "harm", "value": code, "sets": HARM_FLOOR[code].value} for code in facts.harms if code in HARM_FLOOR
    ]
    if Victim.MONITOR in facts.victims:
        floors.append({"code": "monitor_targeted", "value": "", "sets": Severity.MODERATE.value})
    return floors


def _raises(facts: Facts) -> list[dict[str, Any]]:
    raises: list[dict[str, Any]] = []
    if facts.timing == Timing.HAPPENING_NOW:
        raises.append({"code": "happening_now", "value": ""})
    if ARMED.intersection(facts.perpetrators):
        raises.append({"code": "armed", "value": sorted(ARMED.intersection(facts.perpetrators))[0]})
    if facts.victim_count >= MANY_VICTIMS:
        raises.append({"code": "many_victims", "value": facts.victim_count})
    return raises


def explain(reasons: list[dict[str, Any]]) -> list[str]:
    """The reasons as sentences in the reader's language."""
    return [_sentence(reason) for reason in reasons]


def _sentence(reason: dict[str, Any]) -> str:
    code, value = reason["code"], reason["value"]
    label = _label(code, value)
    if code in ("category", "harm"):
        return _("%(what)s: at least %(severity)s") % {
            "what": label,
            "severity": str(Severity(reason["sets"]).label).lower(),
        }
    if code == "many_victims":
        return _("%(count)s people affected: one step up") % {"count": value}
    if code == "armed":
        return _("%(what)s involved: one step up") % {"what": label}
    return str(SENTENCES.get(code, code))


SENTENCES: dict[str, str | Promise] = {
    "monitor_targeted": gettext_lazy("A monitor was the target: at least moderate"),
    "happening_now": gettext_lazy("It is happening now: one step up"),
}


def _label(code: str, value: Any) -> str:
    words: dict[str, Any] = {"category": Category, "harm": Harm, "armed": Perpetrator}
    return str(words[code](value).label) if code in words else ""
