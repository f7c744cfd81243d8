"""What coordinators do with an incident: handle, verify, regrade, assign, summarise, read.

Each verb holds the row, checks that it is allowed, saves, writes the timeline and renews the releases, in one
transaction.
"""

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import escalate
from incidents.actions.publish import publish
from incidents.actions.record import hold, note, touch
from incidents.models import Assessment, Incident, Report, User
from incidents.taxonomy import SEVERITY_RANK, Severity, Verification
from incidents.workflow import MoveNotAllowed, Status, check_move

# Saying that something did not happen, or was no violation, weighs on whoever reported it.
_NEEDS_REASON = (Verification.REFUTED, Verification.NOT_A_VIOLATION)


@transaction.atomic
def move(incident_id: uuid.UUID, code: str, *, actor: User, reason: str = "", outcome: str = "") -> Incident:
    """Make the move `code` of the workflow. Raises MoveNotAllowed."""
    incident = hold(incident_id)
    step = check_move(incident.status, code, reason=reason, outcome=outcome)
    before, incident.status = incident.status, step.target
    # For an undo: what the step clears, and whether it was this step that the clock waited for.
    kept: dict[str, str | bool] = {"outcome_before": incident.outcome} if incident.outcome else {}
    if step.target == Status.ACKNOWLEDGED and incident.acknowledged_at is None:
        incident.acknowledged_at = timezone.now()
    if step.needs == "outcome":
        incident.outcome = outcome
    elif step.code == "reopen":
        incident.outcome = ""
    incident.save()
    if escalate.answer(incident, actor=actor):
        kept["stopped_clock"] = True
    note(incident, step.event, actor=actor, reason=reason, before=before, outcome=outcome, **kept)
    publish(incident)
    return incident


@transaction.atomic
def verify(incident_id: uuid.UUID, level: str, *, actor: User, reason: str = "") -> Incident:
    """Set how far the mission holds it true. Raises MoveNotAllowed."""
    incident = hold(incident_id)
    if level not in Verification.values or level == incident.verification:
        raise MoveNotAllowed(_("Choose another level of verification."))
    if level in _NEEDS_REASON and not reason.strip():
        raise MoveNotAllowed(_("Give a reason for this step."))
    before, incident.verification = incident.verification, level
    incident.save()
    note(incident, "incident.verified", actor=actor, reason=reason, before=before, after=level)
    publish(incident)
    return incident


@transaction.atomic
def regrade(incident_id: uuid.UUID, level: str, *, actor: User, reason: str) -> Incident:
    """Override the severity; an empty `level` returns to the computed one. Raises MoveNotAllowed."""
    incident = hold(incident_id)
    if level and level not in Severity.values:
        raise MoveNotAllowed(_("Choose a severity."))
    if not reason.strip():
        raise MoveNotAllowed(_("Give a reason for this step."))
    before, level_before = incident.severity, incident.severity_override
    incident.severity_override, incident.severity_override_reason = level, reason
    incident.severity = level or incident.severity_computed
    incident.severity_rank = SEVERITY_RANK.get(incident.severity, len(SEVERITY_RANK))
    incident.save()
    after = {"after": incident.severity, "level_before": level_before, "level": level}
    note(incident, "severity.overridden", actor=actor, reason=reason, before=before, **after)
    publish(incident)
    return incident


@transaction.atomic
def stand_down(incident_id: uuid.UUID, *, actor: User, reason: str) -> Incident:
    """Say that the reporter is no longer in danger. Raises MoveNotAllowed."""
    incident = hold(incident_id)
    if not incident.in_danger_now:
        raise MoveNotAllowed(_("Nobody is reported to be in danger here."))
    if not reason.strip():
        raise MoveNotAllowed(_("Give a reason for this step."))
    incident.in_danger_now = False
    incident.save()
    note(incident, "danger.ended", actor=actor, reason=reason)
    escalate.answer(incident, actor=actor)
    publish(incident)
    return incident


@transaction.atomic
def let_in(incident_id: uuid.UUID, *, actor: User, reason: str = "") -> Incident:
    """Take an incident that was held apart into the queue: it is triaged and told of anew. Raises MoveNotAllowed."""
    incident = hold(incident_id)
    if not incident.held:
        raise MoveNotAllowed(_("This incident is in the queue already."))
    before, incident.held = incident.held, ""
    incident.save()
    note(incident, "incident.let_in", actor=actor, reason=reason, before=before)
    Assessment.objects.filter(report__incident=incident).again()
    return incident


@transaction.atomic
def assign(incident_id: uuid.UUID, person: User | None, *, actor: User) -> Incident:
    """Give the incident to somebody who may see it, or to nobody. Raises MoveNotAllowed."""
    incident = hold(incident_id)
    if person and not Incident.objects.visible_to(person).filter(pk=incident.pk).exists():
        raise MoveNotAllowed(_("This person cannot see this incident."))
    before, incident.assigned_to = incident.assigned_to_id, person
    incident.save()
    to = {"to": person.code, "to_id": person.pk} if person else {"to": None, "to_id": None}
    note(incident, "incident.assigned", actor=actor, from_id=before, **to)
    return incident


@transaction.atomic
def summarise(incident_id: uuid.UUID, text: str, *, actor: User) -> Incident:
    """Write the summary that is meant for readers outside the mission."""
    incident = hold(incident_id)
    incident.public_summary = text.strip()
    incident.save()
    note(incident, "summary.written", actor=actor, length=len(incident.public_summary))
    publish(incident)
    return incident


@transaction.atomic
def keep_back(incident_id: uuid.UUID, *, actor: User, reason: str) -> Incident:
    """Let nothing of it leave the mission any more, whatever else allows it. Raises MoveNotAllowed."""
    return _keep(incident_id, actor=actor, reason=reason, back=True)


@transaction.atomic
def let_go(incident_id: uuid.UUID, *, actor: User, reason: str) -> Incident:
    """Let it leave again as far as all else allows. Raises MoveNotAllowed."""
    return _keep(incident_id, actor=actor, reason=reason, back=False)


def _keep(incident_id: uuid.UUID, *, actor: User, reason: str, back: bool) -> Incident:
    incident = hold(incident_id)
    if incident.is_kept_back is back:
        raise MoveNotAllowed(_("Somebody else was faster: look at the page again."))
    if not reason.strip():
        raise MoveNotAllowed(_("Give a reason for this step."))
    incident.is_kept_back = back
    incident.save(update_fields=("is_kept_back", "updated_at"))
    note(incident, "incident.kept_back" if back else "incident.let_go", actor=actor, reason=reason)
    publish(incident)
    return incident


@transaction.atomic
def mark_read(incident_id: uuid.UUID, *, actor: User) -> int:
    """Tell the reporters that a coordinator has read them; returns how many reports were unread."""
    incident = hold(incident_id)
    if incident.mission.is_read_only:
        return 0
    unread = Report.objects.filter(incident=incident, read_at=None)
    references = list(unread.values_list("reference", flat=True))
    unread.update(read_at=timezone.now())
    if references:
        touch(incident)
    for reference in references:
        note(incident, "report.read", actor=actor, report=reference)
    return len(references)
