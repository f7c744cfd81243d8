"""Taking over what each at the desk wants to hear of, when, and how. An empty cell leaves what they chose."""

from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.actions.bulk import Change, Fault, Outcome, cell, refused, settled
from incidents.actions.contact import subscribe
from incidents.actions.import_rota import PERSON, OfTheDesk
from incidents.actions.import_scope import DEPARTMENTS, Scope, departments_by_name, named_only, stated_scope
from incidents.models import Channel, Subscription, User
from incidents.sheet import shown
from incidents.sheet.columns import (
    EVERYTHING,
    NOTHING,
    CellFault,
    Column,
    Row,
    clock,
    folded,
    one_of,
    several,
    words_of,
)
from incidents.taxonomy import Category, Severity


class Alerts(OfTheDesk):
    code = "alerts"
    event = "alerts.imported"
    columns = (
        PERSON,
        DEPARTMENTS,
        Column(
            "categories",
            ("categories", "categorías", "category", "categoría"),
            "arrest_detention; death_threat",
            gettext_lazy("Codes or labels, with ; between them; “all” for every one."),
        ),
        Column(
            "least_severity",
            ("from severity", "desde gravedad", "severity", "gravedad"),
            "moderate",
            gettext_lazy("minor, moderate, major or critical."),
        ),
        Column("quiet_from", ("quiet from", "silencio desde"), "22:00", gettext_lazy("Or “none”; with the next one.")),
        Column("quiet_until", ("quiet until", "silencio hasta"), "06:00", gettext_lazy("By the mission's own clock.")),
        Column("channels", ("channels", "canales", "channel", "canal"), "email; sms", gettext_lazy("Used at once.")),
    )

    def look(self, rows: list[Row]) -> None:
        super().look(rows)
        self.departments = departments_by_name(self.mission)
        there = Subscription.objects.filter(mission=self.mission).prefetch_related(
            Prefetch("departments", named_only())
        )
        self.subscriptions = {one.user_id: one for one in there}
        self.categories = words_of(Category)
        self.severities = words_of(Severity)
        self.ways = words_of(Channel)

    def weigh_row(self, row: Row) -> Outcome:
        faults: list[Fault] = []
        label = shown(row["person"], 80)
        person = cell(faults, "person", lambda: self.person(row["person"]))
        chosen = {
            "categories": cell(faults, "categories", lambda: _listed(row["categories"], self.categories)),
            "least_severity": cell(faults, "least_severity", lambda: _one(row["least_severity"], self.severities)),
            "quiet_from": cell(faults, "quiet_from", lambda: _clock(row["quiet_from"])),
            "quiet_until": cell(faults, "quiet_until", lambda: _clock(row["quiet_until"])),
            "channels": cell(faults, "channels", lambda: _listed(row["channels"], self.ways)),
        }
        scope = cell(faults, "departments", lambda: stated_scope(row["departments"], self.departments))
        if not faults:
            cell(faults, "quiet_until", lambda: _check_quiet(row))
            cell(faults, "departments", lambda: self._check_scope(person, scope))
        if faults:
            return refused(row, label, faults)
        self.once(f"{person.pk}", row)
        known = self.subscriptions.get(person.pk)
        given = {name: value for name, value in chosen.items() if row[name]}
        before = Scope(True) if known is None else _scope(known)
        scope = before if scope is None else scope
        return settled(
            row,
            person.code,
            _changes(known or Subscription(), given, before, scope),
            (person, known or Subscription(), given, scope),
            is_new=known is None,
        )

    def _check_scope(self, person: User, scope: Scope | None) -> None:
        """Nobody can be told of a department that they may not see."""
        own = next(one for one in person.memberships.all() if one.mission_id == self.mission.pk)
        seen = {one.pk for one in own.departments.all()}
        beyond = [] if own.all_departments or scope is None else sorted(scope.departments.keys() - seen)
        if beyond and scope:
            message = _("%(name)s is not among their departments. Add it to the person first.")
            raise CellFault(message % {"name": scope.departments[beyond[0]]})

    def write(self, outcomes: list[Outcome], *, take_away: bool) -> list[int]:
        for one in outcomes:
            person, known, given, scope = one.plan
            names = ("categories", "least_severity", "quiet_from", "quiet_until", "channels")
            chosen: dict[str, Any] = {**{name: getattr(known, name) for name in names}, **given}
            subscribe(person, self.mission, departments=list(scope.departments), **chosen)
        return []


def _one(text: str, words: dict[str, str]) -> str:
    return one_of(text, words) if text else ""


def _listed(text: str, words: dict[str, str]) -> list[str]:
    if folded(text) in EVERYTHING | NOTHING:
        return []
    return sorted({one_of(part, words) for part in several(text)})


def _clock(text: str) -> Any:
    return None if not text or folded(text) in NOTHING else clock(text)


def _check_quiet(row: Row) -> None:
    begins, ends = _clock(row["quiet_from"]), _clock(row["quiet_until"])
    if bool(row["quiet_from"]) != bool(row["quiet_until"]) or (begins is None) != (ends is None):
        raise CellFault(_("Give both times, or neither."))
    if begins is not None and begins == ends:
        raise CellFault(_("Quiet hours that end when they begin would never hold."))


def _scope(row: Subscription) -> Scope:
    found = {one.pk: one.name for one in row.departments.all()}
    return Scope(not found, found)


def _changes(known: Subscription, given: dict[str, Any], before: Scope, after: Scope) -> list[Change]:
    found = [
        Change(name, _said(getattr(known, name)), _said(value))
        for name, value in given.items()
        if _said(getattr(known, name)) != _said(value)
    ]
    if str(before) != str(after):
        found.append(Change("departments", str(before), str(after)))
    return found


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(sorted(value)) or "–"
    return "–" if value in (None, "") else str(value)[:5] if hasattr(value, "hour") else str(value)
