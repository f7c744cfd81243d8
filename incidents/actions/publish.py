"""Writing releases: the one place that decides what leaves the mission.

A release is written for an audience when the gate is open, and withdrawn, its content emptied, as soon as something
stands in the way again. Call inside the transaction that changed the incident.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation

from incidents.actions import gate
from incidents.actions.coarsen import Told, exact_place, told_place
from incidents.actions.record import hold, note
from incidents.models import Alarm, Incident, Mission, Publication, Release, Report
from incidents.models.publication import full_hour
from incidents.models.release import COLUMNS, SCOPE_MARK
from incidents.models.work import ClaimLost
from incidents.notifications import changes
from incidents.sheet.harmless import harmless
from incidents.taxonomy import STANDARDS, Audience, Category, Obstacle


@dataclass(frozen=True)
class Weighed:
    """What an audience would see of an incident, what stands in the way, and from when on if that is all."""

    audience: Audience
    obstacles: tuple[Obstacle, ...]
    properties: dict[str, Any]
    release: Release | None = None
    not_before: datetime | None = None

    @property
    def is_out(self) -> bool:
        return self.release is not None and self.release.is_out


def publish(incident: Incident, *, at_once: bool = True) -> None:
    """Bring the releases of an incident, one per audience, in line with what may be seen now.

    Where a phone has changed it, and not a person at the desk, not `at_once`: only what is taken back is not put off.
    """
    written = {release.audience: release for release in Release.objects.filter(incident=incident)}
    again = []
    for audience in Audience:
        release = written.get(audience) or Release(incident=incident, audience=audience, mission=incident.mission)
        if next(gate.standing(incident, audience), None) is None:
            again.append(_bring_out(incident, release, at_once=at_once))
        elif release.is_out:
            _withdraw(incident, release)
    # Last of all that is locked here: others ask for many at once.
    if at := min(filter(None, again), default=None):
        Publication.objects.ask([incident.pk], at=at)


def _bring_out(incident: Incident, release: Release, *, at_once: bool) -> datetime | None:
    """Write the release if anything is new; where it has to wait, when it is to be looked at again."""
    place = _place(incident, release.audience)
    if not release.is_out:
        if next(gate.for_now(incident), None):
            return full_hour()  # that ends in many ways, some of them in other incidents
        if ends := _not_before(incident, place):
            return ends
    properties = _properties(incident, place, _accused(incident))
    # The feature holds every text as it was written.
    if release.is_out and _told(release) == properties:
        return None
    if not at_once:
        return full_hour()
    _write(incident, release, properties)
    return None


def renew(publication_id: int) -> bool:
    """Do what a due publication asks for; False when it is another worker's, or done."""
    asked: Publication | None = Publication.objects.claim(publication_id)
    if asked is None:
        return False
    try:
        with transaction.atomic():
            # Held first, as by whoever asks while they hold it, or two could wait for each other.
            incident = hold(asked.incident_id)
            asked.finish()
            publish(incident)
    except ClaimLost:  # asked for anew meanwhile
        return False
    except Exception as fault:
        asked.put_off(type(fault).__name__)
        raise
    return True


def publish_anew(mission: Mission) -> None:
    """What is out is written anew where it names what has changed: the mission itself, or its places."""
    theirs = Release.objects.filter(mission=mission, withdrawn_at=None)
    Publication.objects.ask(theirs.values_list("incident", flat=True))


def publish_for(alarm: Alarm) -> None:
    """What waited until a monitor is safe is looked at again."""
    theirs = Report.objects.filter(reporter=alarm.monitor_id, mission=alarm.mission_id)
    Publication.objects.ask(theirs.values_list("incident", flat=True))


def weigh(incident: Incident) -> Iterator[Weighed]:
    """For each audience what would leave and what stands in the way: for a person to read, before anything leaves."""
    written = {release.audience: release for release in Release.objects.filter(incident=incident)}
    given, accused, told = gate.consents(incident), _accused(incident), told_place(incident, keeps=False)
    for audience in Audience:
        place = exact_place(incident) if audience == Audience.EXACT else told
        stands, properties = gate.standing(incident, audience, given), _properties(incident, place, accused)
        weighed = Weighed(audience, tuple(stands), properties, written.get(audience))
        if not weighed.is_out:
            not_before = _not_before(incident, place)
            waiting = (*gate.for_now(incident), *((Obstacle.DELAY,) if not_before else ()))
            weighed = replace(weighed, obstacles=weighed.obstacles + waiting, not_before=not_before)
        yield weighed


def _not_before(incident: Incident, place: Told) -> datetime | None:
    """When the delay of a small group ends; None where there is none, or it is over."""
    delay = incident.mission.release_delay
    ends = full_hour(incident.opened_at + delay)
    return ends if delay and ends > timezone.now() and place.is_small else None


def _place(incident: Incident, audience: str) -> Told:
    return exact_place(incident) if audience == Audience.EXACT else told_place(incident)


def _accused(incident: Incident) -> str | None:
    return ";".join(sorted(incident.accusations.values_list("code", flat=True))) or None


def _properties(incident: Incident, place: Told, accused: str | None) -> dict[str, Any]:
    """The agreed columns: always all of them, null where unknown, one type each."""
    standard = STANDARDS[incident.category]
    # One language for all readers: a release must not depend on who pressed the button.
    with translation.override("en"):
        return {
            "occurred_at": _hour(incident.occurred_at),
            "reported_at": _hour(incident.opened_at),
            "category": incident.category,
            "category_label": str(Category(incident.category).label),
            "huridocs": standard.huridocs or None,
            "huridocs_list": standard.huridocs_list if standard.huridocs else None,
            "acled": standard.acled or None,
            "severity": incident.severity or None,
            "verification": incident.verification,
            "status": incident.status,
            "perpetrators": accused,
            "adm1_name": place.adm1.name if place.adm1 else None,
            "adm1_code": place.adm1.code if place.adm1 else None,
            "adm2_name": place.adm2.name if place.adm2 else None,
            "adm2_code": place.adm2.code if place.adm2 else None,
            "latitude": place.latitude,
            "longitude": place.longitude,
            "precision": place.precision,
            "place_level": place.level,
            "description": incident.public_summary or None,
            "mission": incident.mission.slug,
            "is_demonstration": incident.mission.is_demonstration,
        }


def _hour(when: datetime | None) -> str | None:
    """To the hour, in UTC: a minute can give away who stood where."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:00:00Z") if when else None


def _write(incident: Incident, release: Release, properties: dict[str, Any]) -> None:
    if not release.is_out:
        note(incident, "release.written", actor=None, audience=str(release.audience))
        release.released_at = timezone.now()
    release.withdrawn_at = None
    if (code := properties["adm1_code"]) and f"{SCOPE_MARK}{code}{SCOPE_MARK}" not in release.scope:
        release.scope += f"{code}{SCOPE_MARK}"
    for name in COLUMNS:
        setattr(release, name, harmless(properties[name]))
    _store(release, properties)


def _told(release: Release) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(release.feature)["properties"]
    return {name: value for name, value in told.items() if name != "updated_at"}


def _withdraw(incident: Incident, release: Release) -> None:
    """Leave a tombstone: its id and that it is gone, nothing of what it said."""
    note(incident, "release.withdrawn", actor=None, audience=release.audience)
    release.withdrawn_at = timezone.now()
    for name in COLUMNS:
        setattr(release, name, None)
    _store(release, None)


def _store(release: Release, properties: dict[str, Any] | None) -> None:
    release.change = _next_change(release.mission_id)
    # Once the number's lock is ours, so that times have the order of the changes.
    release.updated_at = timezone.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    release.feature = _feature(release, properties) if properties else ""
    release.released_change = release.released_change or release.change
    release.save()
    changes.tell(release)


def _feature(release: Release, properties: dict[str, Any]) -> str:
    """The GeoJSON feature (RFC 7946): longitude first, geometry null where there is none."""
    located = properties["latitude"] is not None
    point = {"type": "Point", "coordinates": [properties["longitude"], properties["latitude"]]}
    feature = {
        "type": "Feature",
        "id": str(release.public_id),
        "geometry": point if located else None,
        "properties": {**properties, "updated_at": release.updated_at},
    }
    return json.dumps(feature, ensure_ascii=False, separators=(",", ":"))


def _next_change(mission_id: int) -> int:
    """The mission's next change number. The UPDATE locks the row until commit: numbers share the commits' order."""
    counted_on = {"release_change": F("release_change") + 1, "release_changed_at": timezone.now()}
    Mission.objects.filter(pk=mission_id).update(**counted_on)
    return Mission.objects.values_list("release_change", flat=True).get(pk=mission_id)
