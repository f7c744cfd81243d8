"""Triage: what was reported is appraised, and the deliveries that tell of it are queued, in one transaction.

What triage makes of an incident is `appraise`; here is when it runs, what is written of it, and who is told.
"""

import logging
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from incidents.actions import appraise, duress, escalate, hold_apart, situate
from incidents.actions.publish import publish
from incidents.actions.record import hold, hold_filed, note
from incidents.actions.suggest import suggest
from incidents.models import Assessment, Boundary, Delivery, Incident, Report
from incidents.notifications import outbox
from incidents.taxonomy import Held
from incidents.triage import corroboration
from incidents.workflow import MOVES, Status

log = logging.getLogger(__name__)

TELL_AFTER = 3
TOLD_EVENTS = ("nobody.told", "situation.joined")
OF_NEW = (Delivery.Kind.NEW_INCIDENT, Delivery.Kind.SITUATION)


@dataclass(frozen=True)
class Made:
    """What triage made of an incident, beside what stands in its row."""

    is_first: bool
    changed: bool
    moved: bool


def assess(assessment_id: int) -> list[uuid.UUID]:
    """Triage one report if it is due; returns the deliveries queued.

    A failing one is put off, then parked for a person to see, never dropped.
    """
    assessment: Assessment | None = Assessment.objects.claim(assessment_id)
    if assessment is None:
        return []
    # Counted before the attempt, so that a report which kills its worker is told of as well.
    queued = _tell_untriaged(assessment) if assessment.attempts > TELL_AFTER else []
    try:
        # By itself, so that an alarm stands even where the report can't be triaged.
        queued += duress.heed_report(assessment.report)
        with transaction.atomic():
            told, burst = _triage(assessment)
        _hold_fellows(assessment.report, burst)
        return queued + told
    except Exception as fault:
        log.error("assessment %s failed", assessment.pk, exc_info=True)
        assessment.put_off(type(fault).__name__)
        return queued


@transaction.atomic
def reassess(incident_id: uuid.UUID) -> tuple[bool, list[uuid.UUID]]:
    """Triage an incident again, whatever was made of it; whether the outcome changed, and the deliveries queued.

    Done twice, the second time writes nothing. Raises Incident.DoesNotExist.
    """
    return renew(hold(incident_id))


@transaction.atomic
def reweigh(report: Report) -> None:
    """Count the sources again, and nothing else: what a file that came later adds to them."""
    incident = hold_filed(report)
    before = appraise.as_it_stands(incident)
    appraise.corroborate(incident)
    if appraise.as_it_stands(incident) != before:
        incident.save(update_fields=("corroboration", "independent_sources", "updated_at"))
        _note_corroboration(incident, before)


def _triage(assessment: Assessment) -> tuple[list[uuid.UUID], list[uuid.UUID]]:
    """The deliveries queued, and the incidents of a burst that this report completes."""
    incident = hold_filed(assessment.report)
    burst = hold_apart.judge(incident, assessment.report)
    _changed, queued = renew(incident)
    assessment.finish(assessed_at=timezone.now())
    return queued, burst


def _hold_fellows(report: Report, burst: list[uuid.UUID]) -> None:
    """What belongs to a flood and came before it could be seen as one."""
    if burst:
        hold_apart.hold_all(burst, Held.ALIKE)
    if report.incident.held == Held.FLOOD:
        hold_apart.pull_in(report)


def renew(*incidents: Incident) -> tuple[bool, list[uuid.UUID]]:
    """Appraise incidents of one mission that are held, and write what came of it; whether it is new, and deliveries.

    What was merged into another has no reports to go by, and stays as it was.
    """
    found = [(incident, _appraise(incident)) for incident in incidents if not incident.merged_into_id]
    # Of both before either is told of; and after the suggestions, for which nobody may wait under the lock of these.
    situate.settle_around([incident for incident, _ in found])
    queued: list[uuid.UUID] = []
    for incident, made in found:
        publish(incident)  # always: what was sent later may have taken a consent back
        if made.is_first or _is_news(incident, moved=made.moved):
            queued += _tell(incident)
    return any(made.is_first or made.changed for _, made in found), queued


def _appraise(incident: Incident) -> Made:
    """A line in the timeline for the first time, later only for a change."""
    before = appraise.as_it_stands(incident)
    is_first = not incident.severity_computed
    method = appraise.appraise(incident)
    is_received = incident.status == Status.RECEIVED
    if is_received:
        incident.status = MOVES["triage"].target
    after = appraise.as_it_stands(incident)
    if is_received or after != before:
        incident.save()
    found = suggest(incident)
    changed = any(after[name] != before[name] for name in appraise.OUTCOME)
    if is_first or changed or _compared_by(incident) != found["duplicates"]:
        _note_outcome(incident, MOVES["triage"].event if is_first else "incident.reassessed", method=method, **found)
    if not is_first:
        _note_corroboration(incident, before)
    return Made(is_first, changed, moved=after["department_id"] != before["department_id"])


def _compared_by(incident: Incident) -> str:
    """The method and table of duplicates that the timeline named last: suggestions must not change unexplained."""
    told = incident.timeline.filter(event__in=(MOVES["triage"].event, "incident.reassessed")).order_by("-pk")
    detail = told.values_list("detail", flat=True).first() or {}
    return str(detail.get("duplicates", ""))


def _note_outcome(incident: Incident, event: str, **found: Any) -> None:
    note(
        incident,
        event,
        actor=None,
        severity=incident.severity,
        computed=incident.severity_computed,
        department=_code_of(incident.department_id),
        place=incident.place.code if incident.place else None,
        corroboration=incident.corroboration,
        sources=incident.independent_sources,
        **found,
    )


def _code_of(department_id: int | None) -> str | None:
    """Not through `incident.department`: that would fetch its whole outline for a few letters."""
    if department_id is None:
        return None
    return Boundary.objects.values_list("code", flat=True).get(pk=department_id)


def _note_corroboration(incident: Incident, before: dict[str, Any]) -> None:
    if before["corroboration"] and incident.corroboration != before["corroboration"]:
        note(
            incident,
            "corroboration.changed",
            actor=None,
            before=before["corroboration"],
            after=incident.corroboration,
            sources=incident.independent_sources,
            method=corroboration.VERSION,
        )


def _is_news(incident: Incident, *, moved: bool) -> bool:
    """Whether there is something to tell after triage was repeated: newly let in, newly in danger, or elsewhere.

    Who joined the mission since hears of what is new, not of everything that is triaged again.
    """
    if not (incident.is_open or incident.in_danger_now):
        return False
    if incident.held == Held.FLOOD:
        return hold_apart.is_untold(incident)
    return moved or not _is_told(incident)


def _is_told(incident: Incident) -> bool:
    if incident.in_danger_now:
        return incident.deliveries.filter(kind=Delivery.Kind.DANGER).exists()
    joined = incident.timeline.filter(event="situation.joined")
    return incident.deliveries.filter(kind__in=OF_NEW).exists() or joined.exists()


@transaction.atomic
def _tell_untriaged(assessment: Assessment) -> list[uuid.UUID]:
    """Triage keeps failing, and goes on trying; people are told now, for the incident stands on the desk already."""
    incident = hold_filed(assessment.report)
    if not incident.timeline.filter(event="assessment.failed").exists():
        note(incident, "assessment.failed", actor=None, attempts=assessment.attempts - 1)
    return _tell(incident)


def _tell(incident: Incident) -> list[uuid.UUID]:
    """Queue what is to be told; that there is nobody to tell is written down."""
    if incident.held == Held.FLOOD:
        return hold_apart.warn(incident)
    if incident.held and not incident.in_danger_now:
        return []  # whoever holds a revoked phone must not ring the whole desk; danger is told all the same
    danger = incident.in_danger_now
    queued = outbox.queue(incident, Delivery.Kind.DANGER) if danger else _tell_of_new(incident)
    escalate.start(incident, again=danger and bool(queued))
    told = incident.deliveries.exists() or incident.timeline.filter(event__in=TOLD_EVENTS).exists()
    if not told:
        note(incident, "nobody.told", actor=None)
    return queued


def _tell_of_new(incident: Incident) -> list[uuid.UUID]:
    """As an incident of its own, or as part of a situation; whoever knows of the situation already sees it count up.

    Who was told of it in one of these ways is told in no other, however often it is triaged.
    """
    queued: list[uuid.UUID] = []
    told = set(incident.deliveries.filter(kind__in=OF_NEW).values_list("recipient", flat=True))
    for person, kind in situate.kinds(incident):
        if person.pk in told:
            continue
        if kind is None:
            situate.note_joined(incident)
            queued += situate.fold(incident, person)
        else:
            queued += outbox.queue(incident, kind, to=[person])
    return queued
