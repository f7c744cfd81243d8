"""Triage: place and severity of what was reported, and the deliveries that tell of it, in one transaction."""

import json
import logging
import uuid
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from incidents import geo
from incidents.actions.publish import publish
from incidents.actions.record import hold_filed, note
from incidents.actions.suggest import suggest
from incidents.models import Assessment, Delivery, Incident, Merge, Report, Revision
from incidents.notifications import outbox
from incidents.places import lookup
from incidents.taxonomy import SEVERITY_RANK, LocationSource, Precision, Timing
from incidents.triage import severity
from incidents.workflow import MOVES, Status

log = logging.getLogger(__name__)

TELL_AFTER = 3
LOCALITY_ACCURACY_M = 1_000
STATION_ACCURACY_M = 50


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
        with transaction.atomic():
            return queued + _triage(assessment)
    except Exception as fault:
        log.error("assessment %s failed", assessment.pk, exc_info=True)
        assessment.put_off(type(fault).__name__)
        return queued


def _triage(assessment: Assessment) -> list[uuid.UUID]:
    report = assessment.report
    incident = hold_filed(report)
    if _places(incident, report):
        _locate(incident, report)
    grade(incident)
    if incident.status == Status.RECEIVED:
        incident.status = MOVES["triage"].target
    incident.save()
    note(
        incident,
        MOVES["triage"].event,
        actor=None,
        severity=incident.severity,
        method=severity.VERSION,
        department=incident.department.code if incident.department else None,
        **suggest(incident),
    )
    publish(incident)
    assessment.finish(assessed_at=timezone.now())
    return _tell(incident)


@transaction.atomic
def _tell_untriaged(assessment: Assessment) -> list[uuid.UUID]:
    """Triage keeps failing, and goes on trying; people are told now, for the incident stands on the desk already."""
    incident = hold_filed(assessment.report)
    if not incident.timeline.filter(event="assessment.failed").exists():
        note(incident, "assessment.failed", actor=None, attempts=assessment.attempts - 1)
    return _tell(incident)


def _tell(incident: Incident) -> list[uuid.UUID]:
    """Queue what is to be told; that there is nobody to tell is written down."""
    if incident.held and not incident.in_danger_now:
        return []  # whoever holds a revoked phone must not ring the whole desk; danger is told all the same
    queued = outbox.queue(incident, _kind(incident))
    if not incident.deliveries.exists() and not incident.timeline.filter(event="nobody.told").exists():
        note(incident, "nobody.told", actor=None)
    return queued


def _kind(incident: Incident) -> Delivery.Kind:
    return Delivery.Kind.DANGER if incident.in_danger_now else Delivery.Kind.NEW_INCIDENT


def _places(incident: Incident, report: Report) -> bool:
    """A report that was merged into an incident does not move it: it stands where its own first report says."""
    moved = Merge.objects.standing().filter(kept=incident).values_list("moved", flat=True)
    return not any(str(report.pk) in reports.get("reports", ()) for reports in moved)


def _locate(incident: Incident, report: Report) -> None:
    """Where the incident is: the measured position, else the chosen place, else unknown."""
    incident.location_source = report.location_source
    incident.place = report.place
    if report.latitude is not None and report.longitude is not None:
        _put(incident, report.latitude, report.longitude, report.accuracy_m, lookup.precision_of(report.accuracy_m))
    elif report.place is not None:
        station = report.place.kind == report.place.Kind.POLLING_STATION
        accuracy = STATION_ACCURACY_M if station else LOCALITY_ACCURACY_M
        precision = Precision.VICINITY if station else Precision.LOCALITY
        _put(incident, report.place.latitude, report.place.longitude, accuracy, precision)
    else:
        incident.location_source = LocationSource.NONE
    incident.department_id = lookup.department_for(
        incident.mission, incident.latitude, incident.longitude, report.place
    )


def _put(
    incident: Incident, latitude: Decimal, longitude: Decimal, accuracy_m: int | None, precision: Precision
) -> None:
    incident.latitude, incident.longitude = latitude, longitude
    incident.cell = geo.cell(latitude, longitude)
    incident.accuracy_m, incident.place_precision = accuracy_m, precision


def grade(incident: Incident) -> None:
    """Severity from all reports of the incident; a coordinator's override stands above it."""
    result = severity.score(_facts(incident))
    incident.severity_computed, incident.severity_reasons = result.severity, result.reasons
    incident.severity = incident.severity_override or result.severity
    incident.severity_rank = SEVERITY_RANK[incident.severity]


def _facts(incident: Incident) -> severity.Facts:
    """What all texts under the incident say together: the reports, and what was sent later under their ids."""
    texts = [json.loads(body) for body in _bodies(incident)]
    now = any(text["timing"] == Timing.HAPPENING_NOW for text in texts)
    return severity.Facts(
        categories=_codes(text["categories"] for text in texts),
        harms=_codes(text["harms"] for text in texts),
        perpetrators=_codes([entry["code"] for entry in text["perpetrators"]] for text in texts),
        victims=_codes([entry["code"] for entry in text["victims"]] for text in texts),
        victim_count=max((text["victim_count"] or 0 for text in texts), default=0),
        timing=Timing.HAPPENING_NOW if now else Timing.HAPPENED,
    )


def _bodies(incident: Incident) -> list[str]:
    revised = Revision.objects.that_count().filter(report__incident=incident).values_list("body", flat=True)
    return [*incident.reports.values_list("body", flat=True), *revised]


def _codes(lists: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for codes in lists for code in codes))
