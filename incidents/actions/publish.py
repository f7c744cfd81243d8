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
from incidents.models.release import COLUMNS, SCOPE_MARK
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
        return self.release is not None and self.release.withdrawn_at is None


def publish(incident: Incident) -> None:
    """Bring the releases of an incident, one per audience, in line with what may be seen now."""
    written = {release.audience: release for release in Release.objects.filter(incident=incident)}
    for audience in Audience:
        known = written.get(audience)
        is_out = known is not None and known.withdrawn_at is None
        if next(gate.standing(incident, audience), None) is None:
            _bring_out(incident, audience, known, is_out=is_out)
        elif known and is_out:
            _withdraw(incident, known)


def _bring_out(incident: Incident, audience: Audience, known: Release | None, *, is_out: bool) -> None:
    """Write the release, unless a first one has to wait."""
    place = _place(incident, audience)
    if not is_out:
        if next(gate.for_now(incident), None):
            return  # whoever ends the danger or the alarm asks again
        if ends := _not_before(incident, audience, place):
            Publication.objects.ask([incident.pk], at=ends)
            return
    _write(incident, audience, known, _properties(incident, place, _accused(incident)))


def renew(publication_id: int) -> bool:
    """Do what a due publication asks for; False when it is another worker's, or done."""
    asked: Publication | None = Publication.objects.claim(publication_id)
    if asked is None:
        return False
    try:
        with transaction.atomic():
            asked.finish()
            publish(hold(asked.incident_id))
    except Exception as fault:
        asked.put_off(type(fault).__name__)
        raise
    return True


def publish_for(alarm: Alarm) -> None:
    """What waited until a monitor is safe is looked at again."""
    theirs = Report.objects.filter(reporter=alarm.monitor_id, mission=alarm.mission_id)
    Publication.objects.ask(set(theirs.values_list("incident", flat=True)))


def weigh(incident: Incident) -> Iterator[Weighed]:
    """For each audience what would leave and what stands in the way: for a person to read, before anything leaves."""
    written = {release.audience: release for release in Release.objects.filter(incident=incident)}
    given, accused, told = gate.consents(incident), _accused(incident), told_place(incident)
    for audience in Audience:
        place = exact_place(incident) if audience == Audience.EXACT else told
        stands, properties = gate.standing(incident, audience, given), _properties(incident, place, accused)
        weighed = Weighed(audience, tuple(stands), properties, written.get(audience))
        if not weighed.is_out:
            not_before = _not_before(incident, audience, place)
            waiting = (*gate.for_now(incident), *((Obstacle.DELAY,) if not_before else ()))
            weighed = replace(weighed, obstacles=weighed.obstacles + waiting, not_before=not_before)
        yield weighed


def _not_before(incident: Incident, audience: Audience, place: Told) -> datetime | None:
    """When the delay of a small group ends; None where there is none, or it is over."""
    ends = incident.opened_at + incident.mission.release_delay
    return ends if ends > timezone.now() and gate.waits(place, audience) else None


def _place(incident: Incident, audience: Audience) -> Told:
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


def _write(incident: Incident, audience: Audience, known: Release | None, properties: dict[str, Any]) -> None:
    release = known or Release(incident=incident, audience=audience, mission=incident.mission)
    # The feature holds every text as it was written, so that it tells whether anything is new.
    if known and known.withdrawn_at is None and _told(known) == properties:
        return
    if known is None or known.withdrawn_at:
        note(incident, "release.written", actor=None, audience=audience.value)
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
    release.updated_at = timezone.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    release.feature = _feature(release, properties) if properties else ""
    release.change = _next_change(release.mission_id)
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
