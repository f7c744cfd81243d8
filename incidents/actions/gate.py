"""The gate: why an incident may not leave the mission for an audience, cheapest questions first. Changes nothing."""

import json
from collections.abc import Iterator

from incidents.models import Alarm, ApiKey, Incident, Revision
from incidents.taxonomy import CONSENT_RANK, NEEDED_CONSENT, RELEASABLE, Audience, Consent, Obstacle
from incidents.workflow import OPEN, Status


def standing(incident: Incident, audience: str, given: list[str] | None = None) -> Iterator[Obstacle]:
    """What stands in the way for as long as it is so, and takes back what was released. `given` are the consents, where
    they are at hand.
    """
    if incident.held:
        yield Obstacle.HELD
    if incident.status == Status.INVALIDATED or incident.merged_into_id:
        yield Obstacle.INVALIDATED
    if incident.verification not in RELEASABLE:
        yield Obstacle.UNVERIFIED
    if incident.is_kept_back:
        yield Obstacle.KEPT_BACK
    if audience == Audience.PUBLIC and not incident.public_summary:
        yield Obstacle.NO_SUMMARY
    needed = CONSENT_RANK[NEEDED_CONSENT[Audience(audience)]]
    if any(CONSENT_RANK[consent] < needed for consent in given or consents(incident)):
        yield Obstacle.CONSENT
    if audience == Audience.EXACT and not ApiKey.objects.opening_exact(incident.mission).exists():
        yield Obstacle.NO_KEY


def for_now(incident: Incident) -> Iterator[Obstacle]:
    """What a first release waits for: that nobody who told of it is in danger, here or elsewhere. What is out stays
    out, for taking it back would tell the world that something has happened to somebody. And while a mission is
    read-only nobody could keep back what comes out by itself.
    """
    if incident.mission.is_read_only:
        yield Obstacle.READ_ONLY
    theirs = incident.reports.exclude(reporter=None).values("reporter")
    elsewhere = Incident.objects.filter(mission=incident.mission_id, in_danger_now=True, status__in=OPEN)
    if incident.in_danger_now or elsewhere.filter(reports__reporter__in=theirs).exists():
        yield Obstacle.DANGER
    if Alarm.objects.open().filter(mission=incident.mission_id, monitor__in=theirs).exists():
        yield Obstacle.ALARM


def consents(incident: Incident) -> list[str]:
    """Of every text under the incident: a later one may take back what an earlier one allowed."""
    revised = Revision.objects.that_count().filter(report__incident=incident).values_list("body", flat=True)
    given = [*incident.reports.values_list("consent", flat=True), *map(_consent_of, revised)]
    return given or [Consent.INTERNAL]


def _consent_of(body: str) -> str:
    """What cannot be read has agreed to nothing."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    consent = told.get("consent") if isinstance(told, dict) else None
    return consent if consent in CONSENT_RANK else Consent.INTERNAL
