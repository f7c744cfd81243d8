"""Triage: what was reported is appraised, and the deliveries that tell of it are queued, in one transaction.

What triage makes of an incident is `appraise`; here is when it runs and what is written of it; `tell` says who hears.
"""

import logging
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from incidents.actions import appraise, duress, hold_apart, situate
from incidents.actions.publish import publish
from incidents.actions.record import hold, hold_filed, note
from incidents.actions.suggest import suggest
from incidents.actions.tell import hearing_of, is_news, tell
from incidents.models import Assessment, Boundary, Incident, Report, Stamp
from incidents.places import lookup
from incidents.taxonomy import RELEASABLE, Held
from incidents.triage import corroboration
from incidents.triage.filed import filed_under
from incidents.workflow import MOVES, Status

log = logging.getLogger(__name__)

TELL_AFTER = 3


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
    assessment: Assessment | None = Assessment.objects.select_related("report").claim(assessment_id)
    if assessment is None:
        return []
    # Counted before the attempt, so that a report which kills its worker is told of as well.
    queued = _tell_untriaged(assessment) if assessment.attempts > TELL_AFTER else []
    try:
        # By itself, so that an alarm stands even where the report can't be triaged.
        queued += duress.heed_report(assessment.report)
        with transaction.atomic():
            incident, told, burst = _triage(assessment)
        _hold_fellows(incident, assessment.report, burst)
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
    appraise.corroborate(incident, filed_under(incident))
    if appraise.as_it_stands(incident) != before:
        incident.save(update_fields=("corroboration", "independent_sources", "updated_at"))
        _note_corroboration(incident, before)


def _triage(assessment: Assessment) -> tuple[Incident, list[uuid.UUID], list[uuid.UUID]]:
    """The incident, the deliveries queued, and the incidents of a burst that this report completes."""
    incident, reports = _hold_with_reports(assessment.report)
    burst = hold_apart.judge(incident, assessment.report)
    _changed, queued = _renew([(incident, reports)], at_once=False)
    assessment.finish(assessed_at=timezone.now())
    return incident, queued, burst


def _hold_with_reports(report: Report) -> tuple[Incident, list[Any]]:
    """The incident a report is filed under, locked, and all reports under it: among them ours, or it was merged."""
    incident = hold(report.incident_id)
    reports = filed_under(incident)
    if report not in reports:
        incident = hold_filed(report)
        reports = filed_under(incident)
    return incident, reports


def _hold_fellows(incident: Incident, report: Report, burst: list[uuid.UUID]) -> None:
    """What belongs to a flood and came before it could be seen as one."""
    if burst:
        hold_apart.hold_all(burst, Held.ALIKE)
    if incident.held == Held.FLOOD:
        hold_apart.pull_in(report)


def renew(*incidents: Incident) -> tuple[bool, list[uuid.UUID]]:
    """Appraise incidents of one mission that are held, and write what came of it; whether it is new, and deliveries.

    What was merged into another has no reports to go by, and stays as it was.
    """
    return _renew([(incident, filed_under(incident)) for incident in incidents if not incident.merged_into_id])


def _renew(held: list[tuple[Incident, list[Any]]], *, at_once: bool = True) -> tuple[bool, list[uuid.UUID]]:
    found = [(incident, _appraise(incident, reports)) for incident, reports in held if not incident.merged_into_id]
    hearing = {}
    for incident, made in found:
        if made.is_first or is_news(incident, moved=made.moved):
            hearing[incident.pk] = hearing_of(incident)
    # Of both before either is told of; and after all that takes long, for many wait under this lock. What publishing
    # locks comes after it here and in a merge, or two would wait in a circle. Under one report nothing was merged.
    merged = any(len(reports) > 1 for _, reports in held) or len(held) > 1
    part_of = situate.settle_around([incident for incident, _ in found], merged=merged)
    queued: list[uuid.UUID] = []
    for incident, made in found:
        _publish(incident, made, at_once=at_once)
        if incident.pk in hearing:
            queued += tell(incident, part_of.get(incident.pk), hearing[incident.pk])
    return any(made.is_first or made.changed for _, made in found), queued


def _publish(incident: Incident, made: Made, *, at_once: bool) -> None:
    """What was sent later may have taken a consent back. Before the first triage nothing leaves, unless a person has
    verified it, or has and then thought better of it, which withdrew it."""
    if not made.is_first or incident.verification in RELEASABLE:
        publish(incident, at_once=at_once)


def _appraise(incident: Incident, reports: list[Any]) -> Made:
    """A line in the timeline for the first time, later only for a change."""
    stamp = Stamp.of(incident.mission_id)
    before = appraise.as_it_stands(incident)
    is_first = not incident.severity_computed
    method = appraise.appraise(incident, reports, stamp)
    is_received = incident.status == Status.RECEIVED
    if is_received:
        incident.status = MOVES["triage"].target
    after = appraise.as_it_stands(incident)
    if is_received or after != before:
        incident.save(update_fields=("status", *appraise.FIELDS, "updated_at"))
    found = suggest(incident, reports, stamp)
    changed = any(after[name] != before[name] for name in appraise.OUTCOME)
    if is_first or changed or _compared_by(incident) != found["duplicates"]:
        _note_outcome(
            incident, MOVES["triage"].event if is_first else "incident.reassessed", stamp, method=method, **found
        )
    if not is_first:
        _note_corroboration(incident, before)
    return Made(is_first, changed, moved=after["department_id"] != before["department_id"])


def _compared_by(incident: Incident) -> str:
    """The method and table of duplicates that the timeline named last: suggestions must not change unexplained."""
    told = incident.timeline.filter(event__in=(MOVES["triage"].event, "incident.reassessed")).order_by("-pk")
    detail = told.values_list("detail", flat=True).first() or {}
    return str(detail.get("duplicates", ""))


def _note_outcome(incident: Incident, event: str, stamp: Stamp, **found: Any) -> None:
    note(
        incident,
        event,
        actor=None,
        severity=incident.severity,
        computed=incident.severity_computed,
        department=_code_of(incident, stamp),
        place=incident.place.code if incident.place else None,
        corroboration=incident.corroboration,
        sources=incident.independent_sources,
        **found,
    )


def _code_of(incident: Incident, stamp: Stamp) -> str | None:
    """Not through `incident.department`: that would fetch its whole outline for a few letters."""
    if incident.department_id is None:
        return None
    codes = lookup.areas(incident.mission, lookup.DEPARTMENT_LEVEL, stamp).codes
    known = codes.get(incident.department_id)
    return known or Boundary.objects.values_list("code", flat=True).get(pk=incident.department_id)


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


@transaction.atomic
def _tell_untriaged(assessment: Assessment) -> list[uuid.UUID]:
    """Triage keeps failing, and goes on trying; people are told now, for the incident stands on the desk already."""
    incident = hold_filed(assessment.report)
    if not incident.timeline.filter(event="assessment.failed").exists():
        note(incident, "assessment.failed", actor=None, attempts=assessment.attempts - 1)
    return tell(incident, situate.situation_of(incident), hearing_of(incident))
