"""Taking people over from a sheet, whatever their role.

An empty cell leaves what is there. A role is never changed from a sheet, and departments go only where that is ticked.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import Prefetch
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from incidents.actions.bulk import STEP, Bulk, Change, Fault, Outcome, Result, cell, refused, settled
from incidents.actions.contact import reach
from incidents.actions.import_scope import Scope, departments_by_name, named_only, stated_scope
from incidents.models import Channel, Membership, User
from incidents.roles import Role
from incidents.sheet import shown
from incidents.sheet.columns import CellFault, Column, Row, folded, one_of, words_in

LANGUAGE = Column(
    "language",
    ("language", "idioma", "lengua"),
    "es",
    gettext_lazy("en, es, fr, pt, ar, qu or ay, or the language's name. Empty: the mission's first."),
)
ORGANISATION = Column(
    "organisation",
    ("organisation", "organización", "organization", "institución"),
    "Red de observación",
    gettext_lazy("Which organisation they come from."),
)


@dataclass
class Plan:
    """What a row writes: the person's own columns, where they belong, and by which number they are told."""

    person: User
    fields: dict[str, Any]
    before: Scope | None
    scope: Scope | None
    number: str = ""


class People(Bulk):
    """What both kinds of person share."""

    roles: ClassVar[tuple[Role, ...]]
    # What says nothing to whoever reads what a row would do.
    unsaid: ClassVar[tuple[str, ...]] = ("username", "password")

    def look(self, rows: list[Row]) -> None:
        there = Membership.objects.filter(mission=self.mission).select_related("user")
        members = list(there.prefetch_related(Prefetch("departments", named_only())))
        self.members = {one.user_id: one for one in members}
        self.people = [one.user for one in members]
        self.departments = departments_by_name(self.mission)
        elsewhere = Membership.objects.filter(user__in=self.members).exclude(mission=self.mission)
        self.shared = set(elsewhere.values_list("user", flat=True))
        codes = [code for code, _name in settings.LANGUAGES]
        usual = (self.mission.languages or [settings.LANGUAGE_CODE])[0]
        self.language = usual if usual in codes else settings.LANGUAGE_CODE
        self.words = words_in(settings.LANGUAGES) | {
            folded(get_language_info(code)["name_local"]): code for code in codes
        }

    def find(self, row: Row) -> User | None:
        raise NotImplementedError

    def label(self, row: Row) -> str:
        raise NotImplementedError

    def key(self, row: Row) -> str:
        """What two rows about one person have in common."""
        return folded(self.label(row))

    def own(self, row: Row, known: User | None, faults: list[Fault]) -> dict[str, Any]:
        """What this kind reads beside language and organisation."""
        raise NotImplementedError

    def usual_scope(self, fields: dict[str, Any]) -> Scope | None:
        """Where somebody new belongs who names no department; None where they must name one."""
        raise NotImplementedError

    def weigh_row(self, row: Row) -> Outcome:
        label = shown(self.label(row), 80)
        faults: list[Fault] = []
        known = cell(faults, "", lambda: self._known(row, label))
        if faults:
            return refused(row, label, faults)
        fields = self.own(row, known, faults) | self._common(row, known, faults)
        number = fields.pop("number", "")
        before = self._scope(known) if known else None
        scope = cell(faults, "departments", lambda: stated_scope(row["departments"], self.departments))
        if known is None and scope is None and not faults:
            scope = self.usual_scope(fields)
            if scope is None:
                faults.append(Fault("departments", _("Say which departments, or “all”.")))
        if faults:
            return refused(row, label, faults)
        plan = Plan(known or User(**fields), fields, before, scope, number)
        return settled(row, label, self._changes(plan, known), plan, is_new=known is None)

    def _known(self, row: Row, label: str) -> User | None:
        if not label:
            raise CellFault(_("Who this is about is missing. Fill it in, or leave the row out."))
        self.once(self.key(row), row)
        known = self.find(row)
        if known is None:
            return None
        if known.role not in self.roles:
            message = _("This is a %(role)s already. Roles are not changed from a sheet: see their page.")
            raise CellFault(message % {"role": known.get_role_display().lower()})
        if not known.is_active:
            raise CellFault(_("This person is retired. Bring them back on their page, or leave the row out."))
        if known.pk in self.shared or (known.is_superuser and not self.actor.is_superuser):
            raise CellFault(_("This person has more reach than this mission. Change them on their page."))
        return known

    def _common(self, row: Row, known: User | None, faults: list[Fault]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if row["language"]:
            found["language"] = cell(faults, "language", lambda: one_of(row["language"], self.words))
        elif known is None:
            found["language"] = self.language
        if row["organisation"]:
            found["organisation"] = cell(faults, "organisation", lambda: fitting(row["organisation"], 120))
        return found

    def _scope(self, person: User) -> Scope:
        membership = self.members[person.pk]
        return Scope(membership.all_departments, {one.pk: one.name for one in membership.departments.all()})

    def _changes(self, plan: Plan, known: User | None) -> list[Change]:
        found = [
            Change(key, str(getattr(known, key)) if known else "", str(value))
            for key, value in plan.fields.items()
            if key not in self.unsaid and (known is None or getattr(known, key) != value)
        ]
        if plan.scope and (plan.before is None or str(plan.before) != str(plan.scope)):
            takes = plan.before is not None and plan.scope.lacks(plan.before)
            found.append(Change("departments", str(plan.before or ""), str(plan.scope), takes))
        if plan.number and plan.number != self._number(known):
            found.append(Change("phone", self._number(known), plan.number))
        return found

    def _number(self, person: User | None) -> str:
        return ""

    def write(self, outcomes: list[Outcome], *, take_away: bool) -> list[int]:
        fresh: list[Plan] = [one.plan for one in outcomes if one.result is Result.NEW]
        changed: list[Plan] = [one.plan for one in outcomes if one.result is Result.CHANGED]
        self._make(fresh)
        names = sorted({name for plan in changed for name in plan.fields})
        for plan in changed:
            for name, value in plan.fields.items():
                setattr(plan.person, name, value)
        if names:
            User.objects.bulk_update([plan.person for plan in changed], names, batch_size=STEP)
        for plan in changed:
            self._move(plan, take_away)
        for plan in (*fresh, *changed):
            if plan.number and plan.number != self._number(plan.person):
                reach(plan.person, Channel.SMS, plan.number)
        return [plan.person.pk for plan in fresh]

    def _make(self, plans: list[Plan]) -> None:
        """In a few statements: on SQLite nobody else can write while this lasts."""
        User.objects.bulk_create([plan.person for plan in plans], batch_size=STEP)
        rows = [
            Membership(
                user=plan.person, mission=self.mission, all_departments=bool(plan.scope and plan.scope.everywhere)
            )
            for plan in plans
        ]
        Membership.objects.bulk_create(rows, batch_size=STEP)
        belonging = Membership.departments.through
        belonging.objects.bulk_create(
            [
                belonging(membership_id=row.pk, boundary_id=pk)
                for row, plan in zip(rows, plans, strict=True)
                for pk in (plan.scope.departments if plan.scope else ())
            ],
            batch_size=STEP,
        )

    def _move(self, plan: Plan, take_away: bool) -> None:
        if plan.scope is None or plan.before is None or str(plan.scope) == str(plan.before):
            return
        scope = plan.scope if take_away else plan.scope.together(plan.before)
        membership = self.members[plan.person.pk]
        if membership.all_departments != scope.everywhere:
            membership.all_departments = scope.everywhere
            membership.save(update_fields=("all_departments",))
        membership.departments.set([] if scope.everywhere else list(scope.departments))


def fitting(text: str, limit: int) -> str:
    if len(text) > limit:
        raise CellFault(_("Longer than %(max)d characters. Shorten it.") % {"max": limit})
    return " ".join(text.split())
