"""Suggesting to people which incidents may be one. Writes suggestions and nothing else: only a person merges."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from incidents.actions.record import hold_filed
from incidents.models import Evidence, Incident, Report, Stamp, Suggestion
from incidents.triage import duplicates
from incidents.triage.duplicates import Context, Facts, Table, candidates
from incidents.triage.duplicates.score import crowd
from incidents.triage.duplicates.told import facts_of
from incidents.triage.duplicates.weights import SUGGEST_FROM
from incidents.triage.filed import filed_under

# Shown to a person, who can look at so many; below the floor a pair is not worth a glance.
SHOWN = 3
FLOOR_BITS = -4.0
REASONS_KEPT = 20


@dataclass(frozen=True)
class Comparison:
    """How like one incident is to another; `reasons` are of the two reports that are most alike."""

    incident_id: uuid.UUID
    bits: float
    reasons: list[dict[str, Any]]


def suggest(incident: Incident, reports: list[Any], stamp: Stamp) -> dict[str, Any]:
    """Bring the open suggestions about an incident up to date; returns what its timeline says of it.

    Call inside the transaction that changed the incident, which is held; `reports` are those filed under it.
    """
    table = candidates.table(incident.mission, stamp)
    if not incident.is_open or incident.held or incident.merged_into_id:
        Suggestion.objects.open().about(incident).delete()
        return {"duplicates": table.method, "suggested": 0}
    ranked = sorted(compare(incident, reports, table), key=lambda found: (-found.bits, str(found.incident_id)))
    known = list(Suggestion.objects.open().about(incident))
    shown = {other for row in known for other in (row.one_id, row.other_id)}
    likely = table.bits(SUGGEST_FROM)
    kept = [
        found
        for number, found in enumerate(ranked)
        if found.bits >= likely or (found.bits >= FLOOR_BITS and (number < SHOWN or found.incident_id in shown))
    ]
    _write(incident, kept, table, known)
    return {"duplicates": table.method, "suggested": len(kept)}


def compare(incident: Incident, reports: list[Any], table: Table) -> list[Comparison]:
    """The scores of an incident with these reports against those that are worth comparing."""
    ours = _ours(incident, reports)
    if not ours:
        return []
    near = candidates.candidates(incident, ours[0])
    context = candidates.usual(incident.mission)
    context.crowd = crowd(ours[0], (candidate.facts[0] for candidate in near))
    return [_compared(ours, candidate, table, context) for candidate in near]


def _ours(incident: Incident, reports: list[Any]) -> list[Facts]:
    """The facts of an incident's own reports, the latest first."""
    latest = sorted(sorted(reports, key=lambda report: report.pk), key=lambda report: report.received_at, reverse=True)
    pictured = [report.pk for report in latest if report.have_evidence]
    prints: dict[uuid.UUID, list[str]] = {}
    if pictured:
        for report, fingerprint in Evidence.objects.filter(report__in=pictured).values_list("report", "fingerprint"):
            prints.setdefault(report, []).append(fingerprint)
    return [facts_of(report, incident.mission.zone, prints.get(report.pk, ())) for report in latest]


def _compared(ours: list[Facts], candidate: candidates.Candidate, table: Table, context: Context) -> Comparison:
    scores = [duplicates.score(a, b, table, context) for a in ours for b in candidate.facts]
    best = max(scores, key=lambda score: score.bits)
    bits = duplicates.linked(score.bits for score in scores)
    return Comparison(candidate.incident_id, bits, best.reasons[:REASONS_KEPT])


_TOLD = ("score", "is_likely", "reasons", "method")


def _write(incident: Incident, kept: list[Comparison], table: Table, known: list[Suggestion]) -> None:
    """What is open is brought up to date; what a person has decided stays decided. In the order of the pairs, so that
    triage of two incidents at once does not lock crosswise."""
    standing = {(row.one_id, row.other_id): _told(row) for row in known}
    rows = [
        Suggestion(
            **dict(zip(("one_id", "other_id"), pair(incident.pk, found.incident_id), strict=True)),
            score=found.bits,
            is_likely=found.bits >= table.bits(SUGGEST_FROM),
            reasons=found.reasons,
            method=table.method,
        )
        for found in kept
    ]
    Suggestion.objects.bulk_create(
        sorted(
            (row for row in rows if standing.get((row.one_id, row.other_id)) != _told(row)),
            key=lambda row: (row.one_id, row.other_id),
        ),
        update_conflicts=True,
        unique_fields=("one", "other"),
        update_fields=_TOLD,
    )
    # Also one that another triage has opened since we looked: what it found is as true as what we did not.
    still = {(row.one_id, row.other_id) for row in rows}
    if stale := [row.pk for row in known if (row.one_id, row.other_id) not in still]:
        Suggestion.objects.open().filter(pk__in=stale).delete()


def _told(row: Suggestion) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in _TOLD)


def pair(a: uuid.UUID, b: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID]:
    """The two ids as a suggestion holds them."""
    return (a, b) if a < b else (b, a)


@transaction.atomic
def suggest_again(report: Report) -> None:
    """A photo has arrived that may be known: look once more, without triage."""
    incident = hold_filed(report)
    suggest(incident, filed_under(incident), Stamp.of(incident.mission_id))
