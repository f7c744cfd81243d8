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
from incidents.models import Delivery, Incident, Mission, Part, Situation, User, Watch
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


def settle_around(incidents: list[Incident], *, merged: bool) -> dict[Any, int]:
    """Settle the situations that these incidents may be part of, or were, and what was `merged` into them was; returns
    which situation an incident is part of now.

    Call inside a transaction, after all else that it locks: many wait for the watch's row.
    """
    seeds = {incident.pk for incident in incidents if incident.cell is not None and not incident.held}
    if merged or len(seeds) < len(incidents):
        theirs = Part.objects.filter(Q(incident__in=incidents) | Q(incident__merged_into__in=incidents))
        seeds |= set(theirs.values_list("incident", flat=True))
    return situate(incidents[0].mission, seeds) if seeds else {}


def situation_of(incident: Incident) -> int | None:
    return Part.objects.filter(incident=incident).values_list("situation", flat=True).first()


def situate(mission: Mission, seeds: Iterable[Any]) -> dict[Any, int]:
    """Bring the situations around these incidents in line with what is known, and return the parts as they are now.
    Call inside a transaction.

    The watch's row is locked, and no incident's: whoever holds an incident may wait for us, so we must not for them.
    """
    _lock(mission)
    metres, minutes = mission.situation_metres, mission.situation_minutes
    points, part_of = _connected(mission, set(seeds))
    settled: dict[Any, int] = {}
    for group in engine.groups(points, metres=metres, minutes=minutes):
        ids = [point.id for point in group]
        if len(engine.sources(group)) >= mission.situation_monitors:
            before = {pk: part_of[pk] for pk in ids if pk in part_of}
            settled |= dict.fromkeys(ids, _settle(mission, group, before, set(settled.values())).pk)
        elif not part_of.keys().isdisjoint(ids):
            Part.objects.filter(incident__in=ids).delete()
    return settled


def _lock(mission: Mission) -> None:
    """Two of one mission settle one after the other, each seeing what the other did."""
    watches = Watch.objects.select_for_update().filter(mission=mission).values_list("pk", flat=True)
    if not watches:
        Watch.objects.get_or_create(mission=mission)
        watches.get()


def _connected(mission: Mission, seeds: set[Any]) -> tuple[list[engine.Point], dict[Any, int]]:
    """The incidents that may be linked to the seeds, to those linked to them, and so on, layer by layer; and of what
    situation each of them is part."""
    part_of: dict[Any, int] = {}
    layer = _points(_eligible(mission).filter(pk__in=seeds), part_of)
    theirs = set(part_of.values())
    if lost := seeds - {point.id for point in layer}:
        parts = Part.objects.filter(incident__in=lost)
        theirs |= set(parts.values_list("situation", flat=True))
        parts.delete()
    if theirs:
        fellows = set(Part.objects.filter(situation__in=theirs).values_list("incident", flat=True))
        layer = _points(_eligible(mission).filter(pk__in=seeds | fellows), part_of)
    found = {point.id: point for point in layer}
    while layer and len(found) < LIMIT:
        near = _points(_near(mission, layer), part_of)
        layer = [point for point in near if point.id not in found]
        found |= {point.id: point for point in layer}
    return list(found.values()), part_of


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


def _points(incidents: Any, part_of: dict[Any, int]) -> list[engine.Point]:
    """As points, one row for each of their reports; what they are part of is added to `part_of`."""
    told: dict[tuple[Any, ...], set[Any]] = {}
    columns = ("pk", "latitude", "longitude", "occurred_at", "opened_at", "part__situation", "reports__reporter")
    for *row, situation, reporter in incidents.order_by().values_list(*columns):
        told.setdefault(tuple(row), set()).add(reporter)
        if situation is not None:
            part_of[row[0]] = situation
    return [_point(row, reporters - {None}) for row, reporters in told.items()]


def _point(row: tuple[Any, ...], told: set[Any]) -> engine.Point:
    pk, latitude, longitude, occurred, opened = row
    at = min(occurred or opened, opened)
    return engine.Point(pk, float(latitude), float(longitude), _minutes(at), frozenset(told))


def _minutes(moment: datetime) -> float:
    return moment.timestamp() / MINUTE_S


def _moment(minutes: float) -> datetime:
    return datetime.fromtimestamp(minutes * MINUTE_S, UTC)


def _settle(mission: Mission, group: list[engine.Point], before: dict[Any, int], taken: set[int]) -> Situation:
    """One situation for the group: the oldest that any of it was part of, else a new one."""
    ids = [point.id for point in group]
    known = Situation.objects.filter(pk__in=set(before.values())).exclude(pk__in=taken).order_by("opened_at", "pk")
    keeper = known.first()
    extent = _extent(group)
    if keeper is None:
        department = Incident.objects.values_list("department", flat=True).get(pk=ids[0])
        keeper = Situation.objects.create(mission=mission, department_id=department, **extent)
    elif any(getattr(keeper, name) != value for name, value in extent.items()):
        Situation.objects.filter(pk=keeper.pk).update(**extent)
    if moved := [pk for pk, situation in before.items() if situation != keeper.pk]:
        Part.objects.filter(incident__in=moved).update(situation=keeper)
    Part.objects.bulk_create(Part(incident_id=pk, situation=keeper) for pk in ids if pk not in before)
    if set(before.values()) - {keeper.pk}:
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


def kinds(incident: Incident, situation: int | None, hearing: list[User]) -> list[tuple[User, Delivery.Kind | None]]:
    """What each who hears of the incident is to be told of it: None where it only counts up on its situation.

    Somebody who can make the situation out is told of it once, and again when an incident joins that is graver than all
    they were told of. Whoever can't is told of the incident as of any other. Danger is told always, and not from here.
    """
    if situation is None or not hearing:
        return [(person, Delivery.Kind.NEW_INCIDENT) for person in hearing]
    told = _told_of(situation, incident.severity_rank)
    return [(person, _kind_for(person, situation, told)) for person in hearing]


def _told_of(situation: int, rank: int) -> set[Any]:
    """Who was told of a situation by an incident as grave."""
    told = _tellings(situation).filter(incident__severity_rank__lte=rank)
    return set(told.order_by().values_list("recipient", flat=True))


def _tellings(situation: int) -> Any:
    """What was told of it: a merge does not make it new to anybody."""
    parts = Part.objects.filter(situation=situation).values("incident")
    on = Q(incident__in=parts) | Q(incident__in=Incident.objects.absorbed_by(parts))
    return Delivery.objects.filter(on, kind=Delivery.Kind.SITUATION)


def _kind_for(person: User, situation: int, told: set[Any]) -> Delivery.Kind | None:
    if situation not in Situation.objects.filter(pk=situation).seen_by(person):
        return Delivery.Kind.NEW_INCIDENT
    return None if person.pk in told else Delivery.Kind.SITUATION


def fold(incident: Incident, person: User) -> list[uuid.UUID]:
    """Tell somebody who knows of the situation that it has grown: in one message some time later, for all till then."""
    situation = situation_of(incident)
    told = _tellings(situation).filter(recipient=person).order_by("-queued_at").first() if situation else None
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
