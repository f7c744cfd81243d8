"""Watching a mission's reports for rises: the rows that say so, and one alert.

Everything is counted anew each time from the reports as they stand, so that one which arrives late counts where it
belongs, and running it again changes nothing.
"""

import logging
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from incidents.actions.record import hold, note
from incidents.actions.situate import situate
from incidents.models import Delivery, Incident, Mission, Report, Situation, Surge, User, Watch
from incidents.models.work import ClaimLost
from incidents.notifications import audience, outbox
from incidents.triage import surge as engine
from incidents.triage.baseline import Key, Level
from incidents.triage.surge import Rise, Sighting
from incidents.workflow import Status

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=5)
HISTORY = timedelta(days=120)
# A rise that ended longer ago is history: reports that come from an archive raise no alarm.
RECENT = timedelta(hours=24)
TOLD_FOR = timedelta(hours=6)
HOUR_S = 3_600
_BROADEST_FIRST = (Level.MISSION, Level.DEPARTMENT, Level.CELL)


def plant() -> None:
    """See that every mission has its watch."""
    without = Mission.objects.filter(watch=None)
    Watch.objects.bulk_create((Watch(mission=mission) for mission in without), ignore_conflicts=True)


def watch(watch_id: int) -> list[uuid.UUID]:
    """Look over one mission if it is due; returns the deliveries queued."""
    row: Watch | None = Watch.objects.claim(watch_id)
    if row is None:
        return []
    try:
        now = timezone.now()
        _refresh(row.mission, now)
        queued = look(row.mission, now)
        row.rest(now + EVERY)
        return queued
    except ClaimLost:
        return []
    except Exception as fault:
        log.error("watch %s failed", row.pk, exc_info=True)
        row.put_off(type(fault).__name__)
        return []


def _refresh(mission: Mission, now: datetime) -> None:
    """Situations lose what was invalidated or held apart since."""
    for situation in Situation.objects.live().filter(mission=mission, last_at__gte=now - RECENT):
        with transaction.atomic():
            situate(mission, situation.parts.values_list("incident", flat=True))


def look(mission: Mission, now: datetime) -> list[uuid.UUID]:
    """Bring the rows in line with the reports, and tell of what is new. Returns the deliveries queued."""
    zone = _Hours(mission, now)
    found = engine.detect(
        _sightings(mission, zone, now), now=zone.hours(now), false_alarms_per_week=mission.false_alarms_per_week
    )
    current = [rise for rise in found if rise.closed is None or zone.moment(rise.end) >= now - RECENT]
    kept: list[int] = []
    queued: list[uuid.UUID] = []
    for rise in sorted(current, key=lambda rise: (_BROADEST_FIRST.index(rise.key.level), rise.raised)):
        row_id, told = _keep(mission, rise, zone, kept, now)
        kept.append(row_id)
        queued += told
    mission.surges.filter(closed_at=None).exclude(pk__in=kept).update(closed_at=now)
    return queued


class _Hours:
    """Between moments and hours of the mission's own clock, with the offset of today throughout."""

    def __init__(self, mission: Mission, now: datetime) -> None:
        offset = now.astimezone(mission.zone).utcoffset()
        self.offset = offset or timedelta()

    def hours(self, moment: datetime) -> float:
        return (moment.timestamp() + self.offset.total_seconds()) / HOUR_S

    def moment(self, hours: float) -> datetime:
        return datetime.fromtimestamp(hours * HOUR_S, UTC) - self.offset


def _sightings(mission: Mission, zone: _Hours, now: datetime) -> list[Sighting]:
    """What counts: reports that are not held apart and were not found invalid, when it happened where that is known."""
    counting = Report.objects.filter(mission=mission, received_at__gte=now - HISTORY, incident__held="")
    rows = (
        counting.exclude(incident__status=Status.INVALIDATED)
        .order_by()
        .values_list(
            "pk",
            "incident",
            "incident__department",
            "categories",
            "perpetrators",
            "occurred_at",
            "received_at",
            "reporter",
        )
    )
    sightings = []
    for pk, incident, department, categories, accused, occurred, received, reporter in rows:
        at = min(occurred or received, received)
        if at < now - HISTORY:
            continue
        codes = tuple(sorted({entry["code"] for entry in accused}))
        source = reporter or str(pk)
        sightings.append(Sighting(zone.hours(at), department, codes, categories[0], source, incident))
    return sightings


@transaction.atomic
def _keep(mission: Mission, rise: Rise, zone: _Hours, kept: list[int], now: datetime) -> tuple[int, list[uuid.UUID]]:
    """The row of a rise and what tells of it, both or neither; returns the row's id and the deliveries queued."""
    counted = Incident.objects.filter(pk__in=[incident for incident in rise.incidents if incident])
    newest = counted.order_by("opened_at", "pk").values_list("pk", flat=True).last()
    # Before anything else is locked: whoever holds an incident may want what we would hold.
    anchor = hold(newest) if newest else None
    row, is_new = _write(mission, rise, zone, kept, now)
    return row.pk, _tell(row, anchor, now) if anchor and is_new and row.closed_at is None else []


def _write(mission: Mission, rise: Rise, zone: _Hours, kept: list[int], now: datetime) -> tuple[Surge, bool]:
    """The row of a rise, and whether it is new: the same rise is known by its key and a window that overlaps."""
    values = {
        "window_start": zone.moment(rise.start),
        "window_end": zone.moment(rise.end),
        "observed": rise.observed,
        "expected": rise.expected,
        "closed_at": None if rise.closed is None else zone.moment(rise.closed),
    }
    same = _of(mission, rise.key).filter(window_start__lte=values["window_end"], window_end__gte=values["window_start"])
    row = same.exclude(pk__in=kept).order_by("opened_at", "pk").first()
    if row is not None:
        _update(row, values)
    is_new = row is None
    if row is None:
        row = Surge.objects.create(
            mission=mission, **_columns(rise.key), score=rise.score, method=engine.VERSION, opened_at=now, **values
        )
    row.incidents.set({incident for incident in rise.incidents if incident})
    return row, is_new


def _update(row: Surge, values: dict[str, Any]) -> None:
    if row.closed_at is not None and values["closed_at"] is not None:
        values = {**values, "closed_at": row.closed_at}
    if any(getattr(row, name) != value for name, value in values.items()):
        Surge.objects.filter(pk=row.pk).update(**values)
        row.refresh_from_db()


def _columns(key: Key) -> dict[str, Any]:
    return {
        "level": key.level.value,
        "department_id": key.department,
        "perpetrator": key.perpetrator,
        "category": key.category,
    }


def _of(mission: Mission, key: Key) -> Any:
    return Surge.objects.filter(mission=mission, **_columns(key))


def _tell(row: Surge, anchor: Incident, now: datetime) -> list[uuid.UUID]:
    """One alert, on the newest of its incidents, to those who may see the rise and were not just told of its like."""
    hearing = [person for person in audience.hearers(anchor, Delivery.Kind.SURGE) if _should_hear(person, row, now)]
    queued = outbox.queue(anchor, Delivery.Kind.SURGE, to=hearing)
    if queued:
        note(anchor, "surge.told", actor=None, method=engine.VERSION)
    return queued


def _should_hear(person: User, row: Surge, now: datetime) -> bool:
    seen = Surge.objects.visible_to(person)
    if not seen.filter(pk=row.pk).exists():
        return False
    like = Q(level=Surge.Level.MISSION) | Q(department=row.department_id)
    told = seen.filter(like, mission=row.mission_id, closed_at=None, opened_at__gt=now - TOLD_FOR)
    return not told.exclude(pk=row.pk).exists()


def acknowledge(surge_id: int, *, actor: User) -> None:
    """Say that somebody has seen it: it leaves the strip for everybody; the first one stands."""
    fresh = Surge.objects.filter(pk__in=Surge.objects.visible_to(actor).filter(pk=surge_id), acknowledged_at=None)
    fresh.update(acknowledged_at=timezone.now(), acknowledged_by=actor)
