"""Settling which developing situation an incident is part of, and who is told of it: once, not forty times."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from incidents import geo
from incidents.actions.record import note
from incidents.models import Delivery, Incident, Mission, Part, Report, Situation, User, Watch
from incidents.notifications import audience, outbox
from incidents.notifications.audience import Line
from incidents.taxonomy import Precision
from incidents.triage import situation as engine
from incidents.workflow import Status

# More than this in one group is no situation that anybody could handle as one; the rest is left to the next run.
LIMIT = 5_000
# Between two messages that a situation has grown.
DIGEST_AFTER = timedelta(minutes=15)
MINUTE_S = 60


def concerns(incident: Incident) -> bool:
    """Whether it may be part of a situation, or was."""
    may_be = incident.cell is not None and not incident.held
    return may_be or Part.objects.filter(incident=incident).exists()


def settle_around(incidents: list[Incident]) -> None:
    """Settle the situations that these incidents may be part of, and what was merged into them was.

    Call inside a transaction, after all else that it locks: many wait for the watch's row.
    """
    concerned = [incident.pk for incident in incidents if concerns(incident)]
    merged = Incident.objects.filter(merged_into__in=incidents, part__isnull=False)
    if seeds := [*concerned, *merged.values_list("pk", flat=True)]:
        situate(incidents[0].mission, seeds)


def situate(mission: Mission, seeds: Iterable[Any]) -> None:
    """Bring the situations around these incidents in line with what is known. Call inside a transaction.

    The watch's row is locked, and no incident's: whoever holds an incident may wait for us, so we must not for them.
    """
    Watch.objects.get_or_create(mission=mission)
    Watch.objects.select_for_update().get(mission=mission)
    metres, minutes = mission.situation_metres, mission.situation_minutes
    points = _connected(mission, set(seeds))
    taken: set[int] = set()
    for group in engine.groups(points, metres=metres, minutes=minutes):
        if len(engine.sources(group)) >= mission.situation_monitors:
            taken.add(_settle(mission, group, taken).pk)
        else:
            Part.objects.filter(incident__in=[point.id for point in group]).delete()


def _connected(mission: Mission, seeds: set[Any]) -> list[engine.Point]:
    """The incidents that may be linked to the seeds, to those linked to them, and so on; layer by layer."""
    fellows = set(Part.objects.filter(situation__parts__incident__in=seeds).values_list("incident", flat=True))
    Part.objects.filter(incident__in=seeds).exclude(incident__in=_eligible(mission).values("pk")).delete()
    layer = _points(_eligible(mission).filter(pk__in=seeds | fellows))
    found = {point.id: point for point in layer}
    while layer and len(found) < LIMIT:
        near = _points(_near(mission, layer))
        layer = [point for point in near if point.id not in found]
        found |= {point.id: point for point in layer}
    return list(found.values())


def _eligible(mission: Mission) -> Any:
    """Those whose place is known well enough to be called close."""
    known = Q(accuracy_m=None) | Q(accuracy_m__lte=mission.situation_metres)
    placed = Incident.objects.filter(known, mission=mission, held="", merged_into=None, cell__isnull=False)
    return placed.exclude(place_precision=Precision.AREA).exclude(status=Status.INVALIDATED)


def _near(mission: Mission, layer: list[engine.Point]) -> Any:
    inside = Q()
    for first, last in engine.ranges(layer, mission.situation_metres):
        inside |= Q(cell__range=(first, last))
    times = [point.at for point in layer]
    around = _moment(min(times)) - mission.situation_window, _moment(max(times)) + mission.situation_window
    # Nothing counts as later than it was received, so that an index bounds the search.
    seen = _eligible(mission).filter(inside, opened_at__gte=around[0])
    return seen.annotate(at=Least(Coalesce("occurred_at", "opened_at"), "opened_at")).filter(at__range=around)


def _points(incidents: Any) -> list[engine.Point]:
    rows = list(incidents.values_list("pk", "latitude", "longitude", "occurred_at", "opened_at"))
    told: dict[Any, set[Any]] = {}
    reports = Report.objects.filter(incident__in=[row[0] for row in rows], reporter__isnull=False).order_by()
    for incident, reporter in reports.values_list("incident", "reporter"):
        told.setdefault(incident, set()).add(reporter)
    return [_point(row, told.get(row[0], set())) for row in rows]


def _point(row: tuple[Any, ...], told: set[Any]) -> engine.Point:
    pk, latitude, longitude, occurred, opened = row
    at = min(occurred or opened, opened)
    return engine.Point(pk, float(latitude), float(longitude), _minutes(at), frozenset(told))


def _minutes(moment: datetime) -> float:
    return moment.timestamp() / MINUTE_S


def _moment(minutes: float) -> datetime:
    return datetime.fromtimestamp(minutes * MINUTE_S, UTC)


def _settle(mission: Mission, group: list[engine.Point], taken: set[int]) -> Situation:
    """One situation for the group: the oldest that any of it was part of, else a new one."""
    ids = [point.id for point in group]
    before = dict(Part.objects.filter(incident__in=ids).values_list("incident", "situation"))
    known = Situation.objects.filter(pk__in=set(before.values())).exclude(pk__in=taken).order_by("opened_at", "pk")
    keeper = known.first()
    extent = _extent(group)
    if keeper is None:
        department = Incident.objects.values_list("department", flat=True).get(pk=ids[0])
        keeper = Situation.objects.create(mission=mission, department_id=department, **extent)
    elif any(getattr(keeper, name) != value for name, value in extent.items()):
        Situation.objects.filter(pk=keeper.pk).update(**extent)
    Part.objects.filter(incident__in=ids).exclude(situation=keeper).update(situation=keeper)
    Part.objects.bulk_create(Part(incident_id=pk, situation=keeper) for pk in ids if pk not in before)
    known.exclude(pk=keeper.pk).filter(parts=None).update(merged_into=keeper)
    return keeper


def _extent(group: list[engine.Point]) -> dict[str, Any]:
    latitude = geo.degrees(Decimal(str(sum(point.latitude for point in group) / len(group))))
    longitude = geo.degrees(Decimal(str(sum(point.longitude for point in group) / len(group))))
    return {
        "latitude": latitude,
        "longitude": longitude,
        "cell": geo.cell(latitude, longitude),
        "first_at": _moment(group[0].at),
        "last_at": _moment(group[-1].at),
    }


def kinds(incident: Incident) -> list[tuple[User, Delivery.Kind | None]]:
    """What each who may see the incident is to be told of it: None where it only counts up on a situation.

    Somebody who can make the situation out is told of it once, and again when an incident joins that is graver than all
    they were told of. Whoever can't is told of the incident as of any other. Danger is told always, and not from here.
    """
    hearing = audience.hearers(incident, Delivery.Kind.NEW_INCIDENT)
    part = Part.objects.filter(incident=incident).select_related("situation").first()
    told = _told_of(part) if part else Delivery.objects.none()
    return [(person, _kind_for(person, incident, part, told)) for person in hearing]


def _told_of(part: Part) -> Any:
    """What was told of a situation: a merge does not make it new to anybody."""
    parts = Part.objects.filter(situation=part.situation_id).values("incident")
    on = Q(incident__in=parts) | Q(incident__in=Incident.objects.absorbed_by(parts))
    return Delivery.objects.filter(on, kind=Delivery.Kind.SITUATION)


def _kind_for(person: User, incident: Incident, part: Part | None, told: Any) -> Delivery.Kind | None:
    if part is None or part.situation_id not in Situation.objects.filter(pk=part.situation_id).seen_by(person):
        return Delivery.Kind.NEW_INCIDENT
    if told.filter(recipient=person, incident__severity_rank__lte=incident.severity_rank).exists():
        return None
    return Delivery.Kind.SITUATION


def fold(incident: Incident, person: User) -> list[uuid.UUID]:
    """Tell somebody who knows of the situation that it has grown: in one message some time later, for all till then."""
    part = Part.objects.filter(incident=incident).first()
    told = _told_of(part).filter(recipient=person).order_by("-queued_at").first() if part else None
    if told is None:
        return []
    digests = Delivery.objects.filter(incident=told.incident_id, recipient=person, kind=Delivery.Kind.DIGEST)
    if digests.filter(state=Delivery.State.PENDING, attempts=0).exists():
        return []
    last = digests.order_by("-queued_at").first() or told
    at = max(timezone.now(), (last.sent_at or last.queued_at) + DIGEST_AFTER)
    found = audience.hearing(incident, Delivery.Kind.DIGEST, [person])
    later = [Line(line.person, line.channel, max(at, line.not_before or at)) for line in found]
    return outbox.write(told.subject, Delivery.Kind.DIGEST, later, round=last.round + 1)


def note_joined(incident: Incident) -> None:
    """Write down that it was told as part of a situation, once."""
    if not incident.timeline.filter(event="situation.joined").exists():
        note(incident, "situation.joined", actor=None, method=engine.VERSION)
