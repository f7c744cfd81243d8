"""Who hears of something, over which channel, and from when on: those who may see it, and never nobody.

Asks the same rule that the desk asks, so that no message can tell what the desk would hide.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, Value
from django.utils import timezone

from incidents.models import (
    Alarm,
    ApiKey,
    Channel,
    Delivery,
    Incident,
    Mission,
    OnCall,
    Situation,
    Subscription,
    Surge,
    User,
)
from incidents.roles import Action, Role
from incidents.taxonomy import Severity

Subject = Incident | Alarm
# A database takes so many parts of one UNION at most.
AT_A_TIME = 100


@dataclass(frozen=True)
class Line:
    """One way to one person. `not_before` is set where quiet hours hold it back."""

    person: User
    channel: str
    not_before: datetime | None = None


def recipients(subject: Subject) -> list[User]:
    """The coordinators who may see it and can be reached; where there is none, the mission's admins."""
    people = desk(subject)
    return [person for person in people if person.role == Role.COORDINATOR] or people


def desk(subject: Subject) -> list[User]:
    """Everybody at the desk who may see it and can be reached."""
    there = User.objects.in_mission(subject.mission).with_role(Role.COORDINATOR, Role.MISSION_ADMIN).distinct()
    people = list(there.order_by("pk").prefetch_related("contacts", "subscriptions__departments"))
    seeing = _seeing(people, subject)
    return [person for person in people if person.pk in seeing and channels(person)]


def _seeing(people: list[User], subject: Subject) -> set[int]:
    """Which of them may see it now, by one question for all; of a merged incident, the one that it went into."""
    row = subject.stands_in if isinstance(subject, Incident) else subject
    found: set[int] = set()
    for start in range(0, len(people), AT_A_TIME):
        asked = [_asked(person, row) for person in people[start : start + AT_A_TIME]]
        found.update(asked[0].union(*asked[1:], all=True) if asked else ())
    return found


def _asked(person: User, row: Model) -> Any:
    visible = type(row)._default_manager.visible_to(person).filter(pk=row.pk).order_by()  # type: ignore[attr-defined]
    return visible.annotate(asked=Value(person.pk)).values_list("asked", flat=True)


def may_see(person: User, subject: Subject) -> bool:
    """Whether the desk would show it to them now."""
    return bool(_seeing([person], subject))


def channels(person: User) -> list[str]:
    """All the ways there are to them, e-mail first. What a partner is told is for programs."""
    there = {contact.channel for contact in person.contacts.all() if contact.disabled_at is None}
    if person.role == Role.PARTNER:
        return [channel for channel in (Channel.WEBHOOK.value,) if channel in there]
    if person.email:
        there.add(Channel.EMAIL.value)
    return [channel for channel in Channel.values if channel in there]


def at_once(person: User, mission: Mission) -> list[str]:
    """The channels they want to hear by first; of what they chose none is left, the first there is."""
    there, chosen = channels(person), subscription(person, mission)
    wanted = [channel for channel in there if chosen and channel in chosen.channels]
    return wanted or there[:1]


def subscription(person: User, mission: Mission) -> Subscription | None:
    return next((row for row in person.subscriptions.all() if row.mission_id == mission.pk), None)


def hearers(subject: Subject, kind: str) -> list[User]:
    """Who is told first: those on call, and all whose subscription takes it; if that is nobody, all who may see it."""
    return _hearers(subject, kind, on_call(subject.mission))


def _hearers(subject: Subject, kind: str, awake: list[int]) -> list[User]:
    people = recipients(subject)
    if kind in Delivery.URGENT or isinstance(subject, Alarm):
        return people
    return [person for person in people if person.pk in awake or wants(person, subject)] or people


def hearing(subject: Subject, kind: str, to: Iterable[User] | None = None) -> list[Line]:
    """The ways to everybody who is told first, or to those in `to`."""
    now, awake = timezone.now(), on_call(subject.mission)
    people = _hearers(subject, kind, awake) if to is None else to
    return lines(subject, people, kind=kind, now=now, awake=awake)


def on_call(mission: Mission) -> list[int]:
    """Who has the turn now, first one first."""
    return list(OnCall.objects.now(mission, timezone.now()).values_list("user", flat=True))


def wants(person: User, incident: Incident) -> bool:
    """Whether their subscription takes it; without one it is everything."""
    row = subscription(person, incident.mission)
    if row is None:
        return True
    departments = {department.pk for department in row.departments.all()}
    there = not departments or incident.department_id is None or incident.department_id in departments
    of_a_kind = not row.categories or incident.category in row.categories
    return there and of_a_kind and incident.severity_rank <= row.least_rank


def lines(
    subject: Subject,
    people: Iterable[User],
    *,
    kind: str,
    now: datetime,
    awake: Iterable[int] = (),
    every_channel: bool = False,
) -> list[Line]:
    """The ways to these people: what they want first, or all there are.

    Quiet hours hold nothing grave back, nor anything from who is `awake`: on call.
    """
    grave, awake = is_grave(subject, kind), set(awake)
    found = []
    for person in people:
        ways = channels(person) if every_channel else at_once(person, subject.mission)
        until = None if grave or person.pk in awake else _hushed(person, subject.mission, now)
        found += [Line(person, channel, until) for channel in ways]
    return found


def is_grave(subject: Subject, kind: str) -> bool:
    """What no quiet hour holds back."""
    if isinstance(subject, Alarm) or kind in Delivery.URGENT:
        return True
    return subject.in_danger_now or subject.severity in ("", Severity.CRITICAL)


def _hushed(person: User, mission: Mission, now: datetime) -> datetime | None:
    row = subscription(person, mission)
    return row.hushed_until(now, mission.zone) if row else None


def may_hear(delivery: Delivery) -> bool:
    """Whether its recipient may be told now what it tells: a rise and a situation tell of more than one incident."""
    person = delivery.recipient
    if delivery.is_test:
        return person.may(Action.HANDLE_INCIDENT) or person.may(Action.PULL_RELEASES)
    if delivery.kind == Delivery.Kind.RELEASES:
        open_to = ApiKey.objects.opening().filter(holder=person, mission=delivery.of_mission)
        return not delivery.of_mission.is_closed and open_to.exists()
    if delivery.entry_id:
        return person.may(Action.ENTER_DESK) and person.memberships.filter(mission=delivery.of_mission).exists()
    subject = delivery.subject
    if not may_see(person, subject):
        return False
    if isinstance(subject, Alarm):
        return True
    if delivery.kind == Delivery.Kind.SURGE:
        return surge_of(delivery) is not None
    if delivery.kind in Delivery.OF_SITUATIONS:
        return bool(Situation.objects.filter(parts__incident=subject.stands_in).seen_by(person))
    return True


def surge_of(delivery: Delivery) -> Surge | None:
    """The rise that a delivery tells of, as far as its recipient may know of it."""
    incident = delivery.incident
    if incident is None:
        return None
    # Until the watch looks again, it counts a merged incident by its old row.
    told = (incident.pk, incident.stands_in.pk)
    seen = Surge.objects.visible_to(delivery.recipient).filter(incidents__in=told).distinct()
    return seen.order_by("-opened_at", "-pk").first()
