"""What an incident's page says of its alert: the clock, whom it was passed on to and when, and who was told what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from incidents.actions.escalate import WHOLE_DESK
from incidents.models import Delivery, Escalation, Incident


@dataclass(frozen=True)
class Passed:
    """One time that it was passed on: when, and to whom."""

    at: datetime
    codes: list[str]
    to_all: bool


@dataclass(frozen=True)
class Told:
    """One person, with everything that they were told."""

    code: str
    deliveries: list[Delivery]

    @property
    def acknowledged_at(self) -> datetime | None:
        return min((one.acknowledged_at for one in self.deliveries if one.acknowledged_at), default=None)


def context(incident: Incident, deliveries: Iterable[Delivery]) -> dict[str, Any]:
    """`deliveries` are those that the reader may know of."""
    rows = list(deliveries)
    escalation: Escalation | None = getattr(incident, "escalation", None)
    return {
        "escalation": escalation,
        "is_running": escalation is not None and escalation.is_open,
        "passed_on": _passed_on(rows),
        "told": told(rows),
    }


def _passed_on(rows: list[Delivery]) -> list[Passed]:
    late = sorted(
        (one for one in rows if one.kind == Delivery.Kind.OVERDUE), key=lambda one: (one.round, one.queued_at)
    )
    found = []
    for step, group in groupby(late, key=lambda one: one.round):
        members = list(group)
        codes = list(dict.fromkeys(one.recipient.code for one in members))
        found.append(Passed(members[0].queued_at, codes, to_all=step >= WHOLE_DESK))
    return found


def told(rows: list[Delivery]) -> list[Told]:
    """By person, whoever was told first standing first; each with the newest on top."""
    by_person: dict[int, list[Delivery]] = {}
    for one in sorted(rows, key=lambda one: (one.queued_at, one.recipient.code)):
        by_person.setdefault(one.recipient_id, []).insert(0, one)
    return [Told(theirs[0].recipient.code, theirs) for theirs in by_person.values()]
