"""From the rows of a foreign table to reports, through the same gate and the same verb as a monitor's report.

Each row is a transaction of its own. Its report's id is made of mission, source and `external_id`, so that the same
row is the same report however often it comes.
"""

import re
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from django.db import DataError, IntegrityError
from django.forms import ChoiceField, Form
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from incidents import tasks
from incidents.actions.submit import Origin, Outcome, submit
from incidents.management.mapping import DATES, IDENTITY, SEVERAL, Mapping, Row
from incidents.models import Mission, Place, Report
from incidents.statement import Statement, StatementForm, problems

NAMESPACE = uuid.UUID("7f0f9c55-5b0c-5b7e-9f0e-6d1c2f1e3a40")
# Archives go far back; a year before 1900 is a slip of the pen.
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LONGEST_ID = 200
_YES, _NO = {"1", "yes", "true", "y", "t", "on", "x", "sí", "si", "s"}, {"", "0", "no", "false", "n", "f", "off"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NOON = "T12:00"


class Result(Enum):
    NEW = "new"
    HERE = "here"
    CHANGED = "changed"
    REFUSED = "refused"


RESULT = {Outcome.NEW: Result.NEW, Outcome.SAME: Result.HERE, Outcome.REVISED: Result.CHANGED}


@dataclass(frozen=True)
class Refusal:
    """Why a row was refused: by field, in words that quote nothing of the row."""

    row: int
    reasons: dict[str, list[str]]

    def __str__(self) -> str:
        return "; ".join(f"{name}: {' '.join(messages)}" for name, messages in self.reasons.items())


class RowFault(Exception):
    def __init__(self, reasons: dict[str, list[str]]) -> None:
        super().__init__()
        self.reasons = reasons


@dataclass
class Import:
    """One file on its way into one mission."""

    mission: Mission
    mapping: Mapping
    source: str
    is_rehearsal: bool = False
    tally: Counter[Result] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.places = frozenset(Place.objects.filter(mission_id=self.mission.pk).values_list("code", flat=True))
        self._rows: dict[str, int] = {}

    def take(self, number: int, row: Row) -> Refusal | None:
        """Store one row, or say why not. Faults of the database pass through; then the row was not stored."""
        try:
            self.tally[self._take(number, row)] += 1
        except RowFault as fault:
            self.tally[Result.REFUSED] += 1
            return Refusal(number, fault.reasons)
        return None

    @property
    def read(self) -> int:
        return self.tally.total()

    def _take(self, number: int, row: Row) -> Result:
        values = dict(self._values(row))
        external_id = self._external_id(number, values.pop(IDENTITY, ""))
        received_at = self._received(values.pop("received_at", ""))
        statement = self._statement(values)
        report_id = uuid.uuid5(NAMESPACE, "\n".join((self.mission.slug, self.source, external_id)))
        if self.is_rehearsal:
            return _rehearse(report_id, statement)
        origin = Origin(self.mission, Report.Channel.IMPORT, external_id=f"{self.source}:{external_id}")
        try:
            done = submit(statement, report_id=report_id, origin=origin, received_at=received_at)
        except (IntegrityError, DataError) as fault:
            raise RowFault({IDENTITY: [_("The database refuses this row.")]}) from fault
        if done.outcome is Outcome.NEW:
            tasks.ring(tasks.assess_report, done.report.assessment.pk)
        return RESULT[done.outcome]

    def _values(self, row: Row) -> Iterator[tuple[str, Any]]:
        """Raw values by field: lists where a field takes several codes, times with their zone."""
        for name, sources in self.mapping.items():
            found: list[str] = []
            for source in sources:
                if not found or (name in SEVERAL and not source.otherwise):
                    given = source.read(row)
                    found += [self._moment(name, text, source.format) for text in given] if name in DATES else given
            if name in SEVERAL:
                yield name, list(dict.fromkeys(value.strip() for value in found))
            else:
                yield name, _flag(name, found) if name == "in_danger_now" else next(iter(found), "")

    def _moment(self, name: str, text: str, pattern: str) -> str:
        """An ISO time with its zone; a day alone means its noon where the mission is."""
        try:
            read = datetime.strptime(text.strip(), pattern).isoformat() if pattern else text.strip()
            has_no_time = _DAY.fullmatch(read) or (pattern and not re.search("%[HIXcs]", pattern))
            when = parse_datetime(read[:10] + _NOON if has_no_time else read)
            if when:
                return (when if when.tzinfo else when.replace(tzinfo=self.mission.zone)).astimezone(UTC).isoformat()
        except (ValueError, OverflowError):
            pass
        message = _("Write the time as 2020-10-18 or 2020-10-18T14:30, or name its format in the mapping.")
        raise RowFault({name: [message]})

    def _external_id(self, number: int, text: str) -> str:
        external_id = text.strip()
        if not external_id:
            raise RowFault({IDENTITY: [_("Every row needs one.")]})
        if not external_id.isprintable() or len(f"{self.source}:{external_id}") > LONGEST_ID:
            raise RowFault({IDENTITY: [_("Too long, or it holds characters that can't be printed.")]})
        first = self._rows.setdefault(external_id, number)
        if first != number:
            raise RowFault({IDENTITY: [_("The same as in row %(row)d.") % {"row": first}]})
        return external_id

    def _received(self, text: str) -> datetime | None:
        received_at = datetime.fromisoformat(text) if text else None
        if received_at and not EARLIEST <= received_at <= timezone.now() + timedelta(days=1):
            raise RowFault({"received_at": [_("This day is not plausible.")]})
        return received_at

    def _statement(self, values: dict[str, Any]) -> Statement:
        form = StatementForm(values, places=self.places, earliest=EARLIEST, latest=self.mission.latest)
        if not form.is_valid():
            raise RowFault(_discreet(form))
        return form.statement()


def _flag(name: str, found: list[str]) -> str:
    text = next(iter(found), "").strip().casefold()
    if text not in _YES | _NO:
        raise RowFault({name: [_("Write yes or no.")]})
    return "on" if text in _YES else ""


def _discreet(form: Form) -> dict[str, list[str]]:
    """The form's messages without what they quote: a column mapped by mistake may hold testimony."""
    told = problems(form)
    for name, faults in form.errors.as_data().items():
        checked = form.fields.get(name)
        if isinstance(checked, ChoiceField) and any(fault.code == "invalid_choice" for fault in faults):
            choices = ", ".join(str(code) for code, _label in checked.choices if code)  # type: ignore[union-attr, misc]
            told[name] = [_("Not one of the codes: %(codes)s.") % {"codes": choices}]
    return told


def _rehearse(report_id: uuid.UUID, statement: Statement) -> Result:
    known = Report.objects.filter(pk=report_id).values_list("body_sha256", flat=True).first()
    if known is None:
        return Result.NEW
    return Result.HERE if known == statement.sha256() else Result.CHANGED
