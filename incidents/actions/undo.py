"""Taking back the last step on an incident: a move, a verification, an override of severity, an assignment.

Only what nothing has followed can be taken back, by whoever did it or by a mission admin. Nothing is removed: the
timeline gains an entry that says so, and clock and releases are put as they were.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from incidents.actions import escalate
from incidents.actions.publish import publish
from incidents.actions.record import hold, note
from incidents.models import Incident, TimelineEntry, User
from incidents.roles import Action
from incidents.taxonomy import SEVERITY_RANK
from incidents.workflow import MOVES, MoveNotAllowed

_MOVED = frozenset(move.event for move in MOVES.values() if not move.by_machine)


@dataclass(frozen=True)
class Kind:
    """A kind of step: its events, what its undoing is called, and how the row goes back."""

    events: frozenset[str]
    undone: str
    # What the entry must hold, for entries of earlier versions hold less.
    needs: str
    restore: Callable[[Incident, TimelineEntry], None]


@transaction.atomic
def undo(incident_id: uuid.UUID, entry_id: int, *, actor: User) -> Incident:
    """Take back what this entry of the timeline tells of. Raises MoveNotAllowed."""
    incident = hold(incident_id)
    entry = incident.timeline.filter(pk=entry_id).first()
    if incident.merged_into_id or entry is None or entry not in undoable(incident, incident.timeline.all(), actor):
        raise MoveNotAllowed(_("This can no longer be taken back: something came after it, or it was not yours."))
    kind = _kind_of(entry)
    before = _shown(incident, kind)
    kind.restore(incident, entry)
    incident.save()
    note(incident, kind.undone, actor=actor, entry=entry.pk, before=before, after=_shown(incident, kind))
    publish(incident)
    return incident


def undoable(incident: Incident, entries: Iterable[TimelineEntry], actor: User) -> list[TimelineEntry]:
    """Of these entries, in the order of their time, those that `actor` may take back now: one of each kind at most."""
    own = [entry for entry in entries if entry.incident_id == incident.pk]
    last = [next((entry for entry in reversed(own) if entry.event in _touching(kind)), None) for kind in KINDS]
    return [entry for entry in last if entry is not None and _is_open_to(entry, incident, actor)]


def _touching(kind: Kind) -> frozenset[str]:
    return kind.events | {kind.undone}


def _is_open_to(entry: TimelineEntry, incident: Incident, actor: User) -> bool:
    kind = next((kind for kind in KINDS if entry.event in kind.events), None)
    if kind is None or kind.needs not in entry.detail or not _still_stands(incident, entry, kind):
        return False
    return actor.may(Action.HANDLE_INCIDENT) and (entry.actor_id == actor.pk or actor.may(Action.SET_UP_MISSION))


def _still_stands(incident: Incident, entry: TimelineEntry, kind: Kind) -> bool:
    """Whether the row is as the step left it: a merge, too, assigns."""
    if kind is MOVE:
        return incident.status == next(move.target for move in MOVES.values() if move.event == entry.event)
    if kind is ASSIGNMENT:
        return incident.assigned_to_id == entry.detail["to_id"]
    if kind is VERIFICATION:
        return incident.verification == entry.detail["after"]
    return incident.severity_override == entry.detail["level"]


def _kind_of(entry: TimelineEntry) -> Kind:
    return next(kind for kind in KINDS if entry.event in kind.events)


def _shown(incident: Incident, kind: Kind) -> str | None:
    if kind is ASSIGNMENT:
        return incident.assigned_to.code if incident.assigned_to else None
    return {MOVE: incident.status, VERIFICATION: incident.verification}.get(kind, incident.severity)


def _move_back(incident: Incident, entry: TimelineEntry) -> None:
    incident.status, incident.outcome = entry.detail["before"], entry.detail.get("outcome_before", "")
    if entry.event == MOVES["acknowledge"].event:
        incident.acknowledged_at = None
    if entry.detail.get("stopped_clock"):
        escalate.resume(incident, answered_by=entry.actor)


def _verify_back(incident: Incident, entry: TimelineEntry) -> None:
    incident.verification = entry.detail["before"]


def _regrade_back(incident: Incident, entry: TimelineEntry) -> None:
    """To the override before this one, with the reason it was given, or to what is computed by now."""
    level = entry.detail["level_before"]
    incident.severity_override = level
    incident.severity_override_reason = _reason_of(incident, entry) if level else ""
    incident.severity = level or incident.severity_computed
    incident.severity_rank = SEVERITY_RANK.get(incident.severity, len(SEVERITY_RANK))


def _reason_of(incident: Incident, entry: TimelineEntry) -> str:
    """Words stand in the timeline once, with the step they were given for: not in the details of another."""
    undone = {one.detail.get("entry") for one in incident.timeline.filter(event=SEVERITY.undone)}
    earlier = incident.timeline.filter(event__in=SEVERITY.events, pk__lt=entry.pk).order_by("-pk")
    return next((one.reason for one in earlier if one.pk not in undone), "")


def _assign_back(incident: Incident, entry: TimelineEntry) -> None:
    person = User.objects.filter(pk=entry.detail["from_id"]).first()
    if person and not Incident.objects.visible_to(person).filter(pk=incident.pk).exists():
        raise MoveNotAllowed(_("This person cannot see this incident."))
    incident.assigned_to = person


MOVE = Kind(_MOVED, "move.undone", "before", _move_back)
VERIFICATION = Kind(frozenset({"incident.verified"}), "verification.undone", "before", _verify_back)
SEVERITY = Kind(frozenset({"severity.overridden"}), "severity.undone", "level_before", _regrade_back)
ASSIGNMENT = Kind(frozenset({"incident.assigned"}), "assignment.undone", "from_id", _assign_back)
KINDS = (MOVE, VERIFICATION, SEVERITY, ASSIGNMENT)
