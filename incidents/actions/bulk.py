"""What a sheet would do, row by row, and doing it: all of it in one transaction, or nothing.

A kind of sheet is a `Bulk`: it reads what is there once, weighs each row against it, and writes what was weighed. What
is written is weighed anew under the mission's lock; where that differs from what a person was shown, nothing is.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, ClassVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from incidents.actions.record import log
from incidents.models import Mission, User
from incidents.sheet.columns import CellFault, Column, Row

STEP = 500


class Result(Enum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True)
class Change:
    """One thing that a row changes, in words; `takes_away` where somebody would see or may less than before."""

    key: str
    before: str
    after: str
    takes_away: bool = False


@dataclass(frozen=True)
class Fault:
    """Why a row is refused: the column by its key, empty for the row as a whole, and what to do."""

    key: str
    words: str


@dataclass
class Outcome:
    """What becomes of a row. `plan` is the kind's own note of what it will write."""

    row: int
    label: str
    result: Result
    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    plan: Any = None

    @property
    def takes_away(self) -> bool:
        return any(change.takes_away for change in self.changes)


@dataclass(frozen=True)
class Weighed:
    outcomes: list[Outcome]

    @property
    def tally(self) -> Counter[Result]:
        return Counter(one.result for one in self.outcomes)

    @property
    def is_refused(self) -> bool:
        return any(one.faults for one in self.outcomes)

    @property
    def is_idle(self) -> bool:
        return all(one.result is Result.SAME for one in self.outcomes)

    @property
    def takes_away(self) -> list[Outcome]:
        return [one for one in self.outcomes if one.takes_away]

    @property
    def digest(self) -> str:
        """Equal where the same rows would do the same."""
        told = hashlib.sha256()
        for one in self.outcomes:
            said = [(change.key, change.before, change.after) for change in one.changes]
            told.update(repr((one.row, one.label, one.result.value, said)).encode())
        return told.hexdigest()


class NotAsShown(Exception):
    """Something was changed since the sheet was checked: it would do something else now."""


class Bulk:
    """One kind of sheet for one mission."""

    code: ClassVar[str]
    columns: ClassVar[Sequence[Column]]
    event: ClassVar[str] = "people.imported"

    def __init__(self, mission: Mission, actor: User) -> None:
        self.mission, self.actor = mission, actor
        self._seen: dict[str, int] = {}

    def look(self, rows: list[Row]) -> None:
        """Read what is there and may matter to these rows, once."""
        raise NotImplementedError

    def weigh_row(self, row: Row) -> Outcome:
        """What becomes of one row. Raises CellFault for the row as a whole."""
        raise NotImplementedError

    def write(self, outcomes: list[Outcome], *, take_away: bool) -> list[int]:
        """Store what was weighed as new or changed; the ids of those made."""
        raise NotImplementedError

    def afterwards(self) -> None:
        """What may follow once it is stored, outside the transaction."""

    def weigh(self, rows: list[Row]) -> Weighed:
        self._seen = {}
        self.look(rows)
        return Weighed([self._weigh(row) for row in rows])

    def _weigh(self, row: Row) -> Outcome:
        try:
            return self.weigh_row(row)
        except CellFault as fault:
            return refused(row, "", [Fault("", str(fault))])

    def once(self, key: str, row: Row) -> None:
        """Raises CellFault where an earlier row of the sheet says the same."""
        first = self._seen.setdefault(key, row.number)
        if first != row.number:
            raise CellFault(_("The same as in row %(row)d. Leave one of them.") % {"row": first})


def refused(row: Row, label: str, faults: list[Fault]) -> Outcome:
    return Outcome(row.number, label, Result.REFUSED, faults=faults)


def settled(row: Row, label: str, changes: list[Change], plan: Any, *, is_new: bool) -> Outcome:
    usual = Result.CHANGED if changes else Result.SAME
    return Outcome(row.number, label, Result.NEW if is_new else usual, changes, plan=plan)


def cell(faults: list[Fault], key: str, reading: Callable[[], Any], otherwise: Any = None) -> Any:
    """What a cell says; where it can't be read, that is added to the faults of its row, and the others are read on."""
    try:
        return reading()
    except CellFault as fault:
        faults.append(Fault(key, str(fault)))
        return otherwise


def take_over(bulk: Bulk, rows: list[Row], *, shown: str, take_away: bool) -> tuple[Weighed, list[int]]:
    """Do what a sheet says. Raises NotAsShown where that is not what its digest stands for, or a row is refused."""
    try:
        with transaction.atomic():
            weighed, made = _take_over(bulk, rows, shown, take_away)
    except IntegrityError as fault:  # somebody else took the same name at the same moment
        raise NotAsShown from fault
    bulk.afterwards()
    return weighed, made


def _take_over(bulk: Bulk, rows: list[Row], shown: str, take_away: bool) -> tuple[Weighed, list[int]]:
    Mission.objects.select_for_update(no_key=True).get(pk=bulk.mission.pk)
    weighed = bulk.weigh(rows)
    if weighed.is_refused or weighed.digest != shown:
        raise NotAsShown
    todo = [one for one in weighed.outcomes if one.result in (Result.NEW, Result.CHANGED)]
    made = bulk.write(todo, take_away=take_away)
    counts: dict[str, Any] = {
        result.value: weighed.tally[result] for result in (Result.NEW, Result.CHANGED, Result.SAME)
    }
    taken = len(weighed.takes_away) if take_away else 0
    log(bulk.mission, bulk.event, actor=bulk.actor, kind=bulk.code, **counts, taken_away=taken)
    return weighed, made
