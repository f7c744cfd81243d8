"""Writing releases: the one place that decides what leaves the mission.

A release is written for an audience when every report under the incident consents to it, the mission holds it likely or
confirmed, and, for the public, somebody has written a summary for the public. It is withdrawn, and its content
emptied, as soon as one of these no longer holds. Call inside the transaction that changed the incident.
"""

import json
from datetime import UTC, datetime
from typing import Any

from django.db.models import F
from django.utils import timezone, translation

from incidents import geo
from incidents.models import Incident, Mission, Release, Revision
from incidents.taxonomy import (
    CONSENT_RANK,
    NEEDED_CONSENT,
    RELEASABLE,
    STANDARDS,
    Audience,
    Category,
    Consent,
    Precision,
)
from incidents.workflow import Status


def publish(incident: Incident) -> None:
    """Bring the releases of an incident, one per audience, in line with what may be seen now."""
    written = {release.audience: release for release in Release.objects.filter(incident=incident)}
    for audience in Audience:
        known = written.get(audience)
        # One language for all readers: a release must not depend on who pressed the button.
        with translation.override("en"):
            properties = _properties(incident) if _may_leave(incident, audience) else None
        if properties is not None:
            _write(incident, audience, known, properties)
        elif known and known.withdrawn_at is None:
            _withdraw(known)


def _may_leave(incident: Incident, audience: Audience) -> bool:
    if incident.held or incident.verification not in RELEASABLE or incident.status == Status.INVALIDATED:
        return False
    if audience == Audience.PUBLIC and not incident.public_summary:
        return False
    needed = CONSENT_RANK[NEEDED_CONSENT[audience]]
    return all(CONSENT_RANK[consent] >= needed for consent in _consents(incident))


def _consents(incident: Incident) -> list[str]:
    """Of every text under the incident: a later one may take back what an earlier one allowed."""
    revised = Revision.objects.that_count().filter(report__incident=incident).values_list("body", flat=True)
    given = [*incident.reports.values_list("consent", flat=True), *(json.loads(body)["consent"] for body in revised)]
    return given or [Consent.INTERNAL]


def _properties(incident: Incident) -> dict[str, Any]:
    """The agreed columns: always all of them, null where unknown, one type each."""
    standard = STANDARDS[incident.category]
    department = incident.department
    position = geo.coarsened(*incident.position) if incident.position else None
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
        "perpetrators": ";".join(sorted(incident.accusations.values_list("code", flat=True))) or None,
        "adm1_name": department.name if department else None,
        "adm1_code": department.code if department else None,
        "latitude": position[0] if position else None,
        "longitude": position[1] if position else None,
        "precision": Precision.AREA.value if position or department else None,
        "description": incident.public_summary or None,
        "mission": incident.mission.slug,
        "is_demonstration": incident.mission.is_demonstration,
    }


def _hour(when: datetime | None) -> str | None:
    """To the hour, in UTC: a minute can give away who stood where."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:00:00Z") if when else None


def _write(incident: Incident, audience: Audience, known: Release | None, properties: dict[str, Any]) -> None:
    if known and known.withdrawn_at is None and known.properties == properties:
        return
    release = known or Release(incident=incident, audience=audience, mission=incident.mission)
    release.withdrawn_at = None
    _store(release, properties)


def _withdraw(release: Release) -> None:
    """Leave a tombstone: its id and that it is gone, nothing of what it said."""
    release.withdrawn_at = timezone.now()
    _store(release, {})


def _store(release: Release, properties: dict[str, Any]) -> None:
    release.properties, release.updated_at = properties, timezone.now()
    release.feature = json.dumps(_feature(release), ensure_ascii=False, separators=(",", ":")) if properties else ""
    release.change = _next_change(release.mission_id)
    release.save()


def _feature(release: Release) -> dict[str, Any]:
    """The GeoJSON feature (RFC 7946): longitude first, geometry null where there is none."""
    properties = release.properties
    located = properties["latitude"] is not None
    point = {"type": "Point", "coordinates": [properties["longitude"], properties["latitude"]]}
    updated = release.updated_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "type": "Feature",
        "id": str(release.public_id),
        "geometry": point if located else None,
        "properties": {**properties, "updated_at": updated},
    }


def _next_change(mission_id: int) -> int:
    """The mission's next change number. The UPDATE locks the row until commit: numbers share the commits' order."""
    Mission.objects.filter(pk=mission_id).update(release_change=F("release_change") + 1)
    return Mission.objects.values_list("release_change", flat=True).get(pk=mission_id)
