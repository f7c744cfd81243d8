"""Taking over who is on call when. Times are the mission's own clock's."""

from datetime import UTC, datetime, timedelta

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.actions.bulk import Bulk, Change, Fault, Outcome, Result, cell, refused, settled
from incidents.actions.import_scope import named_only
from incidents.models import OnCall, User
from incidents.roles import Action, Role, may
from incidents.sheet import shown
from incidents.sheet.columns import CellFault, Column, Row, folded, moment

LONGEST = timedelta(days=31)
ANSWERING = [role for role in Role if may(role, Action.HANDLE_INCIDENT)]
PERSON = Column(
    "person",
    ("person", "persona", "user name", "usuario", "code", "código"),
    "ejemplo",
    gettext_lazy("User name or code of a coordinator or admin."),
    required=True,
)


class OfTheDesk(Bulk):
    """What is about people of the desk who are there already."""

    def look(self, rows: list[Row]) -> None:
        people = User.objects.in_mission(self.mission).with_role(*ANSWERING).distinct()
        self.people: dict[str, list[User]] = {}
        for person in people.prefetch_related(Prefetch("memberships__departments", named_only())):
            for name in {person.username.casefold(), folded(person.code)}:
                self.people.setdefault(name, []).append(person)

    def person(self, text: str) -> User:
        """Raises CellFault where it is nobody of the mission's desk, or more than one."""
        alike = self.people.get(text.casefold()) or self.people.get(folded(text)) or []
        if len(alike) > 1:
            raise CellFault(_("Several people are called %(name)s. Write the user name.") % {"name": shown(text)})
        if not alike:
            message = _("No coordinator or admin of this mission is called %(name)s.")
            raise CellFault(message % {"name": shown(text) or "–"})
        return alike[0]


class Rota(OfTheDesk):
    code = "rota"
    event = "rota.imported"
    columns = (
        PERSON,
        Column(
            "starts", ("from", "desde", "inicio"), "2020-10-18 06:00", gettext_lazy("By the mission's own clock."), True
        ),
        Column("ends", ("until", "hasta", "fin"), "2020-10-18 14:00", gettext_lazy("31 days after at most."), True),
        Column("position", ("order", "orden", "turno"), "1", gettext_lazy("1 is told first. Empty: 1.")),
    )

    def look(self, rows: list[Row]) -> None:
        super().look(rows)
        self.turns: dict[int, list[OnCall]] = {}
        for turn in OnCall.objects.filter(mission=self.mission):
            self.turns.setdefault(turn.user_id, []).append(turn)

    def weigh_row(self, row: Row) -> Outcome:
        faults: list[Fault] = []
        label = shown(row["person"], 80)
        person = cell(faults, "person", lambda: self.person(row["person"]))
        begins = cell(faults, "starts", lambda: self._moment(row["starts"]))
        ends = cell(faults, "ends", lambda: self._moment(row["ends"]))
        position = cell(faults, "position", lambda: _position(row["position"]))
        if faults:
            return refused(row, label, faults)
        known = next((t for t in self.turns.get(person.pk, ()) if (t.starts_at, t.ends_at) == (begins, ends)), None)
        if known is None:
            cell(faults, "ends", lambda: self._check(person, begins, ends))
        if faults:
            return refused(row, label, faults)
        self.once(f"{person.pk} {begins} {ends}", row)
        turn = known or OnCall(mission=self.mission, user=person, starts_at=begins, ends_at=ends, position=0)
        if known is None:
            self.turns.setdefault(person.pk, []).append(turn)
        changes = [] if known else [Change("starts", "", self._said(begins)), Change("ends", "", self._said(ends))]
        if turn.position != position:
            changes.append(Change("position", str(known.position) if known else "", str(position)))
        return settled(row, person.code, changes, (turn, position), is_new=known is None)

    def _moment(self, text: str) -> datetime:
        shown_there = moment(text)
        there = shown_there.replace(tzinfo=self.mission.zone).astimezone(UTC)
        if there.astimezone(self.mission.zone).replace(tzinfo=None) != shown_there:
            raise CellFault(_("That day the clocks are put forward, and this time does not come."))
        return there

    def _said(self, at: datetime) -> str:
        """With the month as a word: day and month can't be taken for each other."""
        local = at.astimezone(self.mission.zone)
        return f"{date_format(local, 'D j M Y')}, {local:%H:%M}"

    def _check(self, person: User, begins: datetime, ends: datetime) -> None:
        if ends <= begins:
            raise CellFault(_("A turn must end after it begins."))
        if ends - begins > LONGEST:
            raise CellFault(_("A turn lasts 31 days at most. Check the dates."))
        if ends <= timezone.now():
            raise CellFault(_("This turn would be over already. Check the dates."))
        if any(turn.starts_at < ends and turn.ends_at > begins for turn in self.turns.get(person.pk, ())):
            raise CellFault(_("They are on call then already. Change that turn, or leave the row out."))

    def write(self, outcomes: list[Outcome], *, take_away: bool) -> list[int]:
        for one in outcomes:
            turn, turn.position = one.plan
        OnCall.objects.bulk_create([one.plan[0] for one in outcomes if one.result is Result.NEW])
        changed = [one.plan[0] for one in outcomes if one.result is Result.CHANGED]
        OnCall.objects.bulk_update(changed, ("position",))
        return []


def _position(text: str) -> int:
    if not text:
        return 1
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:4]) <= 99:
        raise CellFault(_("A whole number from 1 to 99."))
    return int(text)
