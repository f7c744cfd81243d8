"""Taking severity rules over from a sheet: each row sets what one fact does; facts that it does not name stay."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.actions.bulk import Bulk, Change, Fault, Outcome, Result, cell, refused, settled
from incidents.actions.regrade import grade_by
from incidents.grading import CODES, MOST_STEPS, Effect, Fact, Rule
from incidents.models import SeverityRule
from incidents.sheet import shown
from incidents.sheet.columns import NOTHING, CellFault, Column, Row, folded, one_of, words_of
from incidents.taxonomy import Severity

LEAST_PEOPLE, MOST_PEOPLE = 2, 100_000


class Rules(Bulk):
    code = "rules"
    event = "rules.imported"
    columns = (
        Column(
            "kind",
            ("fact", "hecho"),
            "category",
            gettext_lazy("category, harm, perpetrator, victim, victim_count, timing or polling_hours."),
            True,
        ),
        Column(
            "code",
            ("code", "código"),
            "other",
            gettext_lazy("The fact's code; empty for victim_count and polling_hours."),
        ),
        Column("threshold", ("from people", "desde personas"), "", gettext_lazy("Only for victim_count, such as 10.")),
        Column(
            "effect",
            ("effect", "efecto"),
            "critical",
            gettext_lazy("A severity (at least that), 1 or 2 (so many steps up), or “none”."),
            True,
        ),
    )

    def look(self, rows: list[Row]) -> None:
        self.rules = {
            (rule.kind, rule.code, rule.threshold): rule for rule in SeverityRule.objects.table(self.mission.pk)
        }

    def weigh_row(self, row: Row) -> Outcome:
        faults: list[Fault] = []
        label = shown(" ".join(filter(None, (row["kind"], row["code"], row["threshold"]))), 80)
        kind = cell(faults, "kind", lambda: one_of(row["kind"], words_of(Fact)))
        code = cell(faults, "code", lambda: _code(kind, row["code"])) if kind else ""
        people = cell(faults, "threshold", lambda: _people(kind, row["threshold"])) if kind else 0
        rule = cell(faults, "effect", lambda: _rule(kind, code, people, row["effect"]))
        if faults:
            return refused(row, label, faults)
        self.once(f"{kind} {code} {people}", row)
        known = self.rules.get((kind, code, people))
        changes = [] if known == rule else [Change("effect", _said(known), _said(rule))]
        return settled(row, label, changes, ((kind, code, people), rule), is_new=known is None and rule is not None)

    def write(self, outcomes: list[Outcome], *, take_away: bool) -> list[int]:
        for key, rule in (one.plan for one in outcomes if one.result is not Result.REFUSED):
            self.rules.pop(key, None)
            if rule:
                self.rules[key] = rule
        SeverityRule.objects.replace(self.mission, self.rules.values())
        return []

    def afterwards(self) -> None:
        grade_by(self.mission, tuple(self.rules.values()))


def _code(kind: str, text: str) -> str:
    if kind not in CODES:
        return ""
    return one_of(text, words_of(CODES[kind]))


def _people(kind: str, text: str) -> int:
    if kind != Fact.VICTIM_COUNT:
        return 0
    if not (text.isascii() and text.isdigit()) or not LEAST_PEOPLE <= int(text[:7]) <= MOST_PEOPLE:
        raise CellFault(_("A whole number of people, 2 or more."))
    return int(text)


def _rule(kind: str | None, code: str, people: int, text: str) -> Rule | None:
    """None takes the fact out of the table."""
    if folded(text) in NOTHING:
        return None
    steps = text.lstrip("+")
    if steps.isascii() and steps.isdigit():
        if not 1 <= int(steps[:3]) <= MOST_STEPS:
            raise CellFault(_("One step up or two."))
        return Rule(kind or "", code or "", Effect.RAISE.value, steps=int(steps), threshold=people or 0)
    return Rule(kind or "", code or "", level=one_of(text, words_of(Severity)), threshold=people or 0)


def _said(rule: Rule | None) -> str:
    if rule is None:
        return "–"
    return f"+{rule.steps}" if rule.effect == Effect.RAISE else str(Severity(rule.level).label)
