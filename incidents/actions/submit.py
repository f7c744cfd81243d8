"""Receiving a report: every door's way in.

One transaction writes the testimony, the incident it opens, the triage it awaits and the first line of the timeline.
When this returns, the report is on disk. The same report again changes nothing; a different body is kept beside it.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import IntegrityError, transaction
from django.utils import timezone

from incidents.actions.check_in import hear_report
from incidents.actions.hold_apart import is_over_limit
from incidents.actions.record import begin, hold_filed, note, touch
from incidents.models import (
    Accusation,
    Assessment,
    Device,
    Incident,
    Mission,
    Place,
    Publication,
    Report,
    Revision,
    User,
)
from incidents.models.publication import full_hour
from incidents.places import lookup
from incidents.seals.bound import bound
from incidents.statement import Statement
from incidents.taxonomy import Held

# Crockford's base 32: no letter that looks like a digit.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 8


class Outcome(Enum):
    NEW = "new"
    SAME = "same"
    REVISED = "revised"


@dataclass(frozen=True)
class Submission:
    report: Report
    outcome: Outcome


@dataclass(frozen=True)
class Origin:
    """Where a report comes from. `external_id` is set for imports; `device` and `reporter` may be unknown."""

    mission: Mission
    channel: Report.Channel
    reporter: User | None = None
    device: Device | None = None
    external_id: str = ""

    @property
    def held(self) -> str:
        """Whether what comes from here is held apart, and why."""
        revoked = self.device is not None and self.device.revoked_at is not None
        return Held.REVOKED_DEVICE if revoked else ""


def reference_of(report_id: uuid.UUID) -> str:
    """A short reference to read out over the telephone: 40 bits of the id's hash, as XXXX-XXXX."""
    number = int.from_bytes(hashlib.sha256(report_id.bytes).digest()[:5], "big")
    letters = "".join(_ALPHABET[number >> shift & 31] for shift in range(0, 5 * REFERENCE_LENGTH, 5))
    return f"{letters[:4]}-{letters[4:]}"


def submit(
    statement: Statement, *, report_id: uuid.UUID, origin: Origin, received_at: datetime | None = None
) -> Submission:
    """Store a report once; a repetition changes nothing. Database faults pass through, and then nothing was stored."""
    with transaction.atomic():
        known = Report.objects.filter(pk=report_id).first()
        if known and known.reporter_id != (origin.reporter.pk if origin.reporter else None):
            # Somebody else's id: theirs stays untouched, and this report is stored under one of its own.
            report_id = uuid.uuid5(report_id, str(origin.reporter.pk if origin.reporter else ""))
            known = Report.objects.filter(pk=report_id).first()
        if known is None:
            try:
                with transaction.atomic():
                    return Submission(_open(statement, report_id, origin, received_at or timezone.now()), Outcome.NEW)
            except IntegrityError:
                # Another request stored it in the meantime; anything else is a real fault and is raised again.
                known = Report.objects.filter(pk=report_id).first()
                if known is None:
                    raise
        return _again(known, statement, origin)


def _again(known: Report, statement: Statement, origin: Origin) -> Submission:
    if known.body_sha256 == statement.sha256():
        return Submission(known, Outcome.SAME)
    revision, is_new = Revision.objects.get_or_create(
        report=known, body_sha256=statement.sha256(), defaults={"body": statement.body(), "held": origin.held}
    )
    if is_new:
        _add(known, statement, revision)
        _hear(statement, origin, timezone.now())
        # Triage sees to it sooner, but a consent that is taken back must not depend on one that fails.
        Publication.objects.ask([known.incident_id], at=full_hour())
    return Submission(known, Outcome.REVISED)


def _add(known: Report, statement: Statement, revision: Revision) -> None:
    """What a second text adds counts at once, unless it is held apart; and nobody has read it yet."""
    incident = hold_filed(known)
    Report.objects.filter(pk=known.pk).update(read_at=None)
    touch(incident)
    note(incident, "report.revised", actor=known.reporter, report=known.reference, bound=bound(revision))
    if revision.held:
        return
    if statement.in_danger_now and not incident.in_danger_now:
        incident.in_danger_now = True
        incident.save(update_fields=("in_danger_now", "updated_at"))
    _accuse(incident, statement)
    Assessment.objects.filter(report=known).again()


def _open(statement: Statement, report_id: uuid.UUID, origin: Origin, received_at: datetime) -> Report:
    place = Place.objects.filter(mission=origin.mission, code=statement.place).first() if statement.place else None
    incident = Incident.objects.create(
        mission=origin.mission,
        # Known from the first moment, or it would be open to every coordinator until triage has run.
        department_id=lookup.department_for(origin.mission, statement.latitude, statement.longitude, place),
        category=statement.categories[0],
        held=Held.FLOOD if is_over_limit(origin.mission, origin.device, received_at) else origin.held,
        in_danger_now=statement.in_danger_now,
        timing=statement.timing,
        occurred_at=statement.occurred_at or (received_at if statement.timing == "happening_now" else None),
        opened_at=received_at,
    )
    begin(incident)
    report = _store(statement, report_id, origin, incident, place, received_at)
    _accuse(incident, statement)
    Assessment.objects.create(report=report)
    _hear(statement, origin, received_at)
    detail = {"report": report.reference, "channel": origin.channel.value, "bound": bound(report)}
    note(incident, "report.received", actor=origin.reporter, **detail)
    return report


def _hear(statement: Statement, origin: Origin, received_at: datetime) -> None:
    """A sign of life of its sender; not from a phone that was taken from them, nor from an archive."""
    if origin.reporter and not origin.held and origin.channel != Report.Channel.IMPORT:
        hear_report(origin.reporter, origin.mission, captured_at=statement.captured_at, received_at=received_at)


def _accuse(incident: Incident, statement: Statement) -> None:
    codes = dict.fromkeys(entry["code"] for entry in statement.perpetrators)
    Accusation.objects.bulk_create((Accusation(incident=incident, code=code) for code in codes), ignore_conflicts=True)


def _store(
    statement: Statement,
    report_id: uuid.UUID,
    origin: Origin,
    incident: Incident,
    place: Place | None,
    received_at: datetime,
) -> Report:
    skew = (statement.captured_at - received_at).total_seconds() if statement.captured_at else None
    return Report.objects.create(
        id=report_id,
        reference=reference_of(report_id),
        mission=origin.mission,
        incident=incident,
        reporter=origin.reporter,
        device=origin.device,
        channel=origin.channel,
        external_id=origin.external_id,
        categories=list(statement.categories),
        perpetrators=list(statement.perpetrators),
        victims=list(statement.victims),
        victim_count=statement.victim_count,
        harms=list(statement.harms),
        source_relation=statement.source_relation,
        timing=statement.timing,
        in_danger_now=statement.in_danger_now,
        words=statement.words,
        language=statement.language,
        consent=statement.consent,
        location_source=statement.location_source,
        latitude=statement.latitude,
        longitude=statement.longitude,
        accuracy_m=statement.accuracy_m,
        place=place,
        occurred_at=statement.occurred_at,
        captured_at=statement.captured_at,
        received_at=received_at,
        clock_skew_s=None if skew is None else round(skew),
        body=statement.body(),
        body_sha256=statement.sha256(),
    )
