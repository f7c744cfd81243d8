"""What a place is told as outside of the mission: the narrowest area that holds enough active monitors of that day.

A day's areas are decided when it begins, by who was active in the week before, and once more when it is over; what was
told by then only ever becomes narrower. One incident more or less changes nothing in between.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from incidents import geo
from incidents.coarsening import EVERYWHERE, Path, refine
from incidents.models import Boundary, Grouping, Incident, Mission, Publication, Release
from incidents.models.grouping import reported, signs, span_of
from incidents.places import lookup
from incidents.taxonomy import PlaceLevel, Precision

# Who counts as active on a day was heard from in the week before it, or on the day itself.
ACTIVE_DAYS = 7
# What was being written at midnight has ended by then.
AFTER_MIDNIGHT = timedelta(minutes=2)
# A fix that is off by more than a square is wide says nothing of the square.
WIDTH_OF_SQUARE_M = 5_000
PROVINCE_LEVEL = 2
DEPARTMENT, PROVINCE, SQUARE = 1, 2, 3


@dataclass(frozen=True)
class Told:
    """A place as it leaves: names where it has them, degrees of a middle, how well it is known."""

    adm1: Boundary | None = None
    adm2: Boundary | None = None
    latitude: float | None = None
    longitude: float | None = None
    precision: str | None = None
    level: str | None = None
    # So few stand behind it that what is told of it waits. Never of an exact place, which two people have granted.
    is_small: bool = False


def told_place(incident: Incident, *, keeps: bool = True) -> Told:
    """Where an incident is said to have been, by the areas of the day on which it was reported, which it `keeps`."""
    grouping = grouping_of(incident.mission, day_of(incident), keeps=keeps)
    node = grouping.named.shown(path_of(incident))
    small = grouping.is_small(node)
    if node == EVERYWHERE:
        return Told(is_small=small)
    department = incident.department if node[0] else None
    province = _province(incident) if len(node) >= PROVINCE and node[1] else None
    middle = _middle(node, department, province)
    level = {DEPARTMENT: PlaceLevel.DEPARTMENT, PROVINCE: PlaceLevel.PROVINCE, SQUARE: PlaceLevel.SQUARE}[len(node)]
    return Told(department, province, *middle, Precision.AREA.value, level.value, small)


def exact_place(incident: Incident) -> Told:
    """As the mission itself knows it, for the few who were granted that."""
    province = _province(incident)
    if incident.position:
        latitude, longitude = map(float, incident.position)
        precision = incident.place_precision or None
        return Told(incident.department, province, latitude, longitude, precision, PlaceLevel.POINT.value)
    if incident.department is None:
        return Told()
    latitude, longitude = lookup.middle_of(incident.department)
    return Told(incident.department, None, latitude, longitude, Precision.AREA.value, PlaceLevel.DEPARTMENT.value)


def day_of(incident: Incident) -> date:
    """The day of its first report, by the mission's clock: among those active then its reporter is hidden."""
    return incident.opened_at.astimezone(incident.mission.zone).date()


def path_of(incident: Incident) -> Path:
    """Where an incident lies in the tree of places."""
    department = incident.department.code if incident.department else ""
    if incident.cell is None or _is_vague(incident.accuracy_m):
        return (department,) if department else EVERYWHERE
    province = _province(incident)
    return (department, province.code if province else "", incident.cell >> geo.COARSE_SHIFT)


def _is_vague(accuracy_m: int | None) -> bool:
    return accuracy_m is not None and accuracy_m > WIDTH_OF_SQUARE_M


def grouping_of(mission: Mission, day: date, *, keeps: bool = True) -> Grouping:
    """The areas of a day, decided now if they were not yet; who only looks at them `keeps` nothing."""
    known = Grouping.objects.filter(mission=mission, day=day).first()
    return known or (_keep if keeps else _decided)(mission, day)


def plan_days(now: datetime | None = None) -> None:
    """Decide the areas of the day that has begun, and settle those of the days that are over. By the sweep, which asks
    the database as often for many missions as for one.
    """
    now = now or timezone.now()
    begun = {mission.pk: (mission, day) for mission in Mission.objects.all() if (day := _begun(mission, now))}
    today = {day for _, day in begun.values()}
    kept = Grouping.objects.filter(Q(is_settled=False) | Q(day__in=today)).only("mission_id", "day", "is_settled")
    known = list(kept) if begun else []
    decided = {(grouping.mission_id, grouping.day) for grouping in known}
    for mission, day in begun.values():
        if (mission.pk, day) not in decided:
            _keep(mission, day)
    for grouping in known:
        if not grouping.is_settled and grouping.mission_id in begun and grouping.day < begun[grouping.mission_id][1]:
            settle(grouping)


def _begun(mission: Mission, now: datetime) -> date | None:
    """The mission's day; None just after midnight."""
    local = now.astimezone(mission.zone)
    return local.date() if (local - AFTER_MIDNIGHT).date() == local.date() else None


@transaction.atomic
def settle(grouping: Grouping) -> None:
    """Decide a day's areas for good, by all who were active until it ended, and have its releases renewed."""
    held = Grouping.objects.select_for_update().select_related("mission").get(pk=grouping.pk)
    if held.is_settled:
        return
    mission = held.mission
    people = presence(mission, held.day, held.day + timedelta(days=1))
    held.keep(refine(people, held.group_size, held.named.nodes))
    held.is_settled = True
    held.save(update_fields=("nodes", "is_settled"))
    begins, _ = span_of(mission, held.day, days_before=0)
    ends, _ = span_of(mission, held.day + timedelta(days=1), days_before=0)
    of_the_day = Release.objects.filter(incident__mission=mission, withdrawn_at=None)
    of_the_day = of_the_day.filter(incident__opened_at__gte=begins, incident__opened_at__lt=ends)
    Publication.objects.ask(of_the_day.values_list("incident", flat=True))


def _decided(mission: Mission, day: date) -> Grouping:
    made = Grouping(mission=mission, day=day, group_size=mission.group_size)
    made.keep(refine(presence(mission, day, day), made.group_size))
    return made


def _keep(mission: Mission, day: date) -> Grouping:
    """Two who decide at once decide alike, and the first one's row stands."""
    made = _decided(mission, day)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        return Grouping.objects.get(mission=mission, day=day)
    return made


def presence(mission: Mission, day: date, until: date) -> dict[Path, set[int]]:
    """Which monitors, by their ids, were active where, from a week before `day` until `until` begins."""
    since, _ = span_of(mission, day, days_before=ACTIVE_DAYS)
    _, end = span_of(mission, until, days_before=0)
    found: dict[Path, set[int]] = defaultdict(set)
    for path, person in _seen(mission, since, end):
        found[path].add(person)
    return dict(found)


def _seen(mission: Mission, since: datetime, until: datetime) -> Iterator[tuple[Path, int]]:
    provinces = _Provinces(mission)
    rows = reported(mission, since, until)
    columns = ("department__code", "cell", "latitude", "longitude", "accuracy_m")
    seen = rows.values_list("reporter", *(f"incident__{name}" for name in columns)).distinct()
    for person, code, cell, latitude, longitude, accuracy_m in seen.iterator():
        if cell is not None and not _is_vague(accuracy_m):
            yield (code or "", provinces.code(latitude, longitude), cell >> geo.COARSE_SHIFT), person
        elif code:  # who may be anywhere hides nobody
            yield (code,), person
    for membership in signs(mission, since, until):
        yield (membership.code,), membership.user_id


class _Provinces:
    """Codes of provinces by position; without any, nothing is looked for."""

    def __init__(self, mission: Mission) -> None:
        self._areas = lookup.areas(mission, PROVINCE_LEVEL)

    def code(self, latitude: Decimal, longitude: Decimal) -> str:
        found = self._areas.at(latitude, longitude) if self._areas.ids else None
        return self._areas.codes[found] if found else ""


def _province(incident: Incident) -> Boundary | None:
    areas = lookup.areas(incident.mission, PROVINCE_LEVEL)
    if not areas.ids or incident.position is None:
        return None
    found = areas.at(*incident.position)
    return Boundary.objects.get(pk=found) if found else None


def _middle(node: Path, department: Boundary | None, province: Boundary | None) -> tuple[float | None, float | None]:
    if len(node) == SQUARE:
        return geo.square_middle(int(node[-1]))
    area = province or department
    return lookup.middle_of(area) if area else (None, None)
