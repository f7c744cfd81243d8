"""The life of an incident: statuses and the moves allowed between them.

A move says where it starts, where it leads, and what a person must give for it. Closing needs an outcome,
invalidating and reopening a reason, referring the name of the body it went to. A duplicate is a merge, not a status.
"""

from dataclasses import dataclass
from typing import Literal

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Need = Literal["", "reason", "outcome"]


class Status(TextChoices):
    RECEIVED = "received", pgettext_lazy("status", "Received")
    TRIAGED = "triaged", pgettext_lazy("status", "Triaged")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("status", "Acknowledged")
    IN_PROGRESS = "in_progress", pgettext_lazy("status", "In progress")
    REFERRED = "referred", pgettext_lazy("status", "Referred")
    RESOLVED = "resolved", pgettext_lazy("status", "Resolved")
    CLOSED = "closed", pgettext_lazy("status", "Closed")
    INVALIDATED = "invalidated", pgettext_lazy("status", "Invalidated")


OPEN = (Status.RECEIVED, Status.TRIAGED, Status.ACKNOWLEDGED, Status.IN_PROGRESS, Status.REFERRED)


@dataclass(frozen=True)
class Move:
    """One allowed change of status. `by_machine` moves are made by triage and offered to nobody;
    `event` is its code in the timeline."""

    code: str
    event: str
    label: str | Promise
    sources: tuple[str, ...]
    target: str
    needs: Need = ""
    by_machine: bool = False


class MoveNotAllowed(Exception):
    """The incident is not where this move starts, or something it needs is missing."""


MOVES: dict[str, Move] = {
    move.code: move
    for move in (
        Move("triage", "incident.triaged", _("Triage"), (Status.RECEIVED,), Status.TRIAGED, by_machine=True),
        Move(
            "acknowledge",
            "incident.acknowledged",
            _("Acknowledge"),
            (Status.RECEIVED, Status.TRIAGED),
            Status.ACKNOWLEDGED,
        ),
        Move("start", "incident.started", _("Start work"), (Status.ACKNOWLEDGED,), Status.IN_PROGRESS),
        Move(
            "refer",
            "incident.referred",
            _("Refer"),
            (Status.ACKNOWLEDGED, Status.IN_PROGRESS),
            Status.REFERRED,
            "reason",
        ),
        Move(
            "resolve",
            "incident.resolved",
            _("Resolve"),
            (Status.IN_PROGRESS, Status.REFERRED),
            Status.RESOLVED,
            "reason",
        ),
        Move("close", "incident.closed", _("Close"), (Status.RESOLVED,), Status.CLOSED, "outcome"),
        Move("invalidate", "incident.invalidated", _("Invalidate"), OPEN, Status.INVALIDATED, "reason"),
        Move(
            "reopen",
            "incident.reopened",
            _("Reopen"),
            (Status.REFERRED, Status.RESOLVED, Status.CLOSED, Status.INVALIDATED),
            Status.IN_PROGRESS,
            "reason",
        ),
    )
}


def moves_from(status: str) -> list[Move]:
    """The moves a person may make on an incident in `status`, in the order of the table."""
    return [move for move in MOVES.values() if status in move.sources and not move.by_machine]


def check_move(status: str, code: str, *, reason: str = "", outcome: str = "") -> Move:
    """The move `code` if it may be made from `status` with what was given.

    Raises MoveNotAllowed, in words for a person.
    """
    move = MOVES.get(code)
    if move is None or status not in move.sources:
        raise MoveNotAllowed(_("This step is not possible from here. Reload the page to see where it stands now."))
    if move.needs == "reason" and not reason.strip():
        raise MoveNotAllowed(_("Give a reason for this step."))
    if move.needs == "outcome" and not outcome:
        raise MoveNotAllowed(_("Choose an outcome for this step."))
    return move
