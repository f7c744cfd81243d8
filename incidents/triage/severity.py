"""How grave an incident is, by a table of rules, with reasons. Pure: facts and rules in, severity and reasons out.

Method, version 2: the gravest floor that any fact sets, raised by the steps of each kind of fact (of several facts of
one kind the strongest counts), never above critical. The table is the mission's; see README.md beside this file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents.grading import CODES, Effect, Fact, Rule, digest
from incidents.taxonomy import SEVERITY_RANK, Perpetrator, Severity, Timing, Victim

VERSION = "severity-2"


@dataclass(frozen=True)
class Facts:
    """What the rules look at; codes of the taxonomy."""

    categories: tuple[str, ...]
    harms: tuple[str, ...] = ()
    perpetrators: tuple[str, ...] = ()
    victims: tuple[str, ...] = ()
    victim_count: int = 0
    timings: tuple[str, ...] = (Timing.HAPPENED.value,)
    in_polling_hours: bool = False


@dataclass(frozen=True)
class Score:
    """`reasons` are codes with their values, to be put into words in the reader's language by `explain`."""

    severity: Severity
    reasons: list[dict[str, Any]] = field(default_factory=list)


def method(rules: Iterable[Rule]) -> str:
    """The method and the table it ran on, as the timeline keeps them: severity-2:1a2b3c4d."""
    return f"{VERSION}:{digest(rules)}"


def score(facts: Facts, rules: Iterable[Rule]) -> Score:
    """The severity of an incident with these facts under these rules, and why. Minor where no rule sets a floor."""
    matched = list(_matched(facts, list(rules)))
    floors = [(rule, value) for rule, value in matched if rule.effect == Effect.FLOOR]
    raises = _strongest([(rule, value) for rule, value in matched if rule.effect == Effect.RAISE])
    rank = min((SEVERITY_RANK[rule.level] for rule, _value in floors), default=SEVERITY_RANK[Severity.MINOR])
    steps = sum(rule.steps for rule, _value in raises)
    reasons = [{"code": rule.kind, "value": value, "sets": rule.level} for rule, value in floors]
    reasons += [{"code": rule.kind, "value": value, "steps": rule.steps} for rule, value in raises]
    return Score(Severity(Severity.values[max(0, rank - steps)]), reasons)


def _matched(facts: Facts, rules: list[Rule]) -> Iterator[tuple[Rule, Any]]:
    """The rules that apply, each with the value it applies to, in the order in which the facts were stated."""
    by_fact = {(rule.kind, rule.code): rule for rule in rules if rule.kind != Fact.VICTIM_COUNT}
    stated = (
        *((Fact.CATEGORY, code) for code in facts.categories),
        *((Fact.HARM, code) for code in facts.harms),
        *((Fact.VICTIM, code) for code in facts.victims),
        *((Fact.PERPETRATOR, code) for code in facts.perpetrators),
        *((Fact.TIMING, code) for code in facts.timings),
        *([(Fact.POLLING_HOURS, "")] if facts.in_polling_hours else []),
    )
    for kind, code in dict.fromkeys(stated):
        if rule := by_fact.get((kind.value, code)):
            yield rule, code
    for rule in sorted(rules, key=lambda rule: -rule.threshold):
        if rule.kind == Fact.VICTIM_COUNT and facts.victim_count >= rule.threshold > 0:
            yield rule, facts.victim_count


def _strongest(raises: list[tuple[Rule, Any]]) -> list[tuple[Rule, Any]]:
    """One per kind of fact, so that three armed groups weigh no more than one."""
    best: dict[str, tuple[Rule, Any]] = {}
    for rule, value in raises:
        if rule.kind not in best or rule.steps > best[rule.kind][0].steps:
            best[rule.kind] = (rule, value)
    return list(best.values())


def explain(reasons: list[dict[str, Any]]) -> list[str]:
    """The reasons as sentences in the reader's language; those of earlier versions too, for rows keep them."""
    return [_sentence(_EARLIER.get(reason["code"], lambda same: same)(reason)) for reason in reasons]


_EARLIER: dict[str, Any] = {
    "monitor_targeted": lambda reason: {**reason, "code": Fact.VICTIM, "value": Victim.MONITOR.value},
    "happening_now": lambda _reason: {"code": Fact.TIMING, "value": Timing.HAPPENING_NOW.value, "steps": 1},
    "armed": lambda reason: {"code": Fact.PERPETRATOR, "value": reason["value"], "steps": 1},
    "many_victims": lambda reason: {"code": Fact.VICTIM_COUNT, "value": reason["value"], "steps": 1},
}


def _sentence(reason: dict[str, Any]) -> str:
    what = fact_in_words(reason["code"], reason["value"])
    if "sets" in reason:
        severity = str(Severity(reason["sets"]).label).lower()
        return _("%(what)s: at least %(severity)s") % {"what": what, "severity": severity}
    return _("%(what)s: %(steps)s") % {"what": what, "steps": steps_in_words(reason["steps"])}


def steps_in_words(steps: int) -> str:
    """ "one step up", "two steps up"."""
    return _("one step up") if steps == 1 else _("two steps up")


def fact_in_words(kind: str, value: Any) -> str:
    """A fact as its reader would say it: "Armed forces involved", "12 people affected"."""
    if kind == Fact.VICTIM_COUNT:
        return ngettext("%(count)s person affected", "%(count)s people affected", value) % {"count": value}
    if kind == Fact.POLLING_HOURS:
        return str(Fact.POLLING_HOURS.label)
    label = str(CODES[kind](value).label) if kind in CODES and value in CODES[kind].values else str(value)
    if kind == Fact.PERPETRATOR and value != Perpetrator.UNKNOWN:
        return _("%(who)s involved") % {"who": label}
    if kind == Fact.VICTIM:
        return _("%(who)s affected") % {"who": label}
    return label
