"""Triage: place and severity of what was reported, and the deliveries that tell of it, in one transaction."""

import logging
import uuid
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from incidents import geo
from incidents.actions.publish import publish
from incidents.actions.record import hold, note
from incidents.models import Assessment, Delivery, Incident, Report
from incidents.notifications import outbox
from incidents.places import lookup
from incidents.taxonomy import SEVERITY_RANK, LocationSource, Precision, Timing
from incidents.triage import severity
from incidents.workflow import MOVES, Status

log = logging.getLogger(__name__)

LOCALITY_ACCURACY_M = 1_000
STATION_ACCURACY_M = 50


def assess(assessment_id: int) -> list[uuid.UUID]:
    """Triage one report if it is due; returns the deliveries queued.

    A failing one is put off, then parked for a person to see, never dropped.
    """
    assessment: Assessment | None = Assessment.objects.claim(assessment_id)
    if assessment is None:
        return []
    try:
        with transaction.atomic():
            return _triage(assessment)
    except Exception as fault:
        log.exception("assessment %s failed", assessment.pk)
        return _set_aside(assessment, fault)


def _triage(assessment: Assessment) -> list[uuid.UUID]:
    report = assessment.report
    incident = hold(report.incident_id)
    _locate(incident, report)
    _grade(incident)
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
    )
    publish(incident)
    assessment.finish(assessed_at=timezone.now())
    return outbox.queue(incident, _kind(incident))


def _set_aside(assessment: Assessment, fault: Exception) -> list[uuid.UUID]:
    """After a failure. When triage has given up, people are told all the same: the incident stands on the desk."""
    with transaction.atomic():
        assessment.put_off(type(fault).__name__)
        if assessment.state != Assessment.State.PARKED:
            return []
        incident = hold(assessment.report.incident_id)
        note(incident, "assessment.parked", actor=None)
        return outbox.queue(incident, _kind(incident))


def _kind(incident: Incident) -> Delivery.Kind:
    return Delivery.Kind.DANGER if incident.in_danger_now else Delivery.Kind.NEW_INCIDENT


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
        incident.department_id = report.place.department_id or incident.department_id
    else:
        incident.location_source = LocationSource.NONE


def _put(
    incident: Incident, latitude: Decimal, longitude: Decimal, accuracy_m: int | None, precision: Precision
) -> None:
    incident.latitude, incident.longitude = latitude, longitude
    incident.cell = geo.cell(latitude, longitude)
    incident.accuracy_m, incident.place_precision = accuracy_m, precision
    incident.department_id = lookup.department_of(incident.mission, latitude, longitude)


def _grade(incident: Incident) -> None:
    """Severity from all reports of the incident; a coordinator's override stands above it."""
    result = severity.score(_facts(incident))
    incident.severity_computed, incident.severity_reasons = result.severity, result.reasons
    incident.severity = incident.severity_override or result.severity
    incident.severity_rank = SEVERITY_RANK[incident.severity]


def _facts(incident: Incident) -> severity.Facts:
    reports = list(incident.reports.all())
    return severity.Facts(
        categories=_codes(report.categories for report in reports),
        harms=_codes(report.harms for report in reports),
        perpetrators=_codes([entry["code"] for entry in report.perpetrators] for report in reports),
        victims=_codes([entry["code"] for entry in report.victims] for report in reports),
        victim_count=max((report.victim_count or 0 for report in reports), default=0),
        timing=Timing.HAPPENING_NOW
        if any(report.timing == Timing.HAPPENING_NOW for report in reports)
        else Timing.HAPPENED,
    )


def _codes(lists: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for codes in lists for code in codes))
