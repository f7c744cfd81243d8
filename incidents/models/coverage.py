"""Who is out there: which monitors gave a sign in a span of time and which did not, and where nobody is on call.

A sign is a report, a check-in, or their phone having spoken with us. Who may know of a monitor: as for check-ins.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery

from incidents.models.check_in import CheckIn
from incidents.models.contact import OnCall
from incidents.models.enrolment import Device
from incidents.models.mission import Mission
from incidents.models.overview import Span
from incidents.models.place import Boundary
from incidents.models.report import Report
from incidents.models.user import Membership
from incidents.roles import Action, Role

DEPARTMENT = 1


@dataclass
class Cover:
    """The monitors of one department, or all of them. `missed`: so many let a check-in pass."""

    monitors: int = 0
    reported: int = 0
    active: int = 0
    missed: int = 0
    phones: int = 0
    without_phone: int = 0
    last_seen: datetime | None = None

    @property
    def silent(self) -> int:
        return self.monitors - self.active

    def add(self, one: "Sign") -> None:
        self.monitors += 1
        self.reported += one.reported
        self.active += one.reported or one.checked_in or one.seen
        self.missed += one.missed
        self.phones += one.phones
        self.without_phone += not one.phones
        self.last_seen = max(filter(None, (self.last_seen, one.last_seen)), default=None)


@dataclass(frozen=True)
class Sign:
    """One monitor's."""

    department: int | None
    reported: bool
    checked_in: bool
    seen: bool
    missed: bool
    phones: int
    last_seen: datetime | None


@dataclass
class Covered:
    """All monitors, and those of each department; without one (None) stand those who belong to all or to none."""

    all: Cover = field(default_factory=Cover)
    by_department: dict[int | None, Cover] = field(default_factory=dict)


def monitors(user: Any, mission: Mission) -> "QuerySet[Membership]":
    """The mission's monitors that somebody may know of: of their departments, and who belong to all or to none."""
    theirs = Membership.objects.filter(mission=mission, user__role=Role.MONITOR, user__is_active=True)
    if not getattr(user, "is_active", False) or not user.may(Action.VIEW_INCIDENT) or user.linked_force:
        return theirs.none()
    mine = Membership.objects.filter(user=user, mission=mission)
    ticked = Membership.departments.through.objects.filter(membership=OuterRef("pk"))
    departments = Membership.departments.through.objects.filter(membership__in=mine.values("pk")).values("boundary")
    near = Exists(ticked.filter(boundary__in=departments)) | Q(all_departments=True) | ~Exists(ticked)
    return theirs.filter(Q(Exists(mine.filter(all_departments=True))) | (Q(Exists(mine)) & Q(near)))


def covered(user: Any, mission: Mission, span: Span) -> Covered:
    found = Covered()
    counted: set[int] = set()
    for pk, sign in _signs(user, mission, span):
        found.by_department.setdefault(sign.department, Cover()).add(sign)
        if pk not in counted:  # who has two departments stands in both, and is one
            counted.add(pk)
            found.all.add(sign)
    return found


def _signs(user: Any, mission: Mission, span: Span) -> Iterator[tuple[int, Sign]]:
    """One for each monitor and each of their departments."""
    of_them = {"monitor": OuterRef("user"), "mission": mission}
    phones = Device.objects.filter(**of_them, revoked_at=None).order_by()
    grouped = phones.values("monitor")
    check_ins = CheckIn.objects.filter(**of_them)
    rows = monitors(user, mission).annotate(
        reported=Exists(Report.objects.filter(span.holds("received_at"), reporter=OuterRef("user"), mission=mission)),
        checked_in=Exists(check_ins.filter(span.holds("started_at") | span.holds("heard_at"))),
        seen=Exists(Device.objects.filter(span.holds("last_seen_at"), **of_them)),
        missed=Exists(check_ins.filter(span.holds("over_at"), outcome=CheckIn.Outcome.SILENT)),
        phones=Subquery(grouped.annotate(count=Count("pk")).values("count")),
        last_seen=Subquery(grouped.annotate(last=Max("last_seen_at")).values("last")),
    )
    theirs = ("pk", "all_departments", "departments")
    asked = ("reported", "checked_in", "seen", "missed", "phones", "last_seen")
    for pk, everywhere, department, reported, checked_in, seen, missed, count, last in rows.values_list(
        *theirs, *asked
    ):
        where = None if everywhere else department
        yield pk, Sign(where, reported, checked_in, seen, missed, count or 0, last)


def check_ins(user: Any, mission: Mission, span: Span, at: datetime) -> dict[str, int]:
    """What was met and missed in the span; what is expected and what is late now."""
    running = Q(state__in=CheckIn.UNFINISHED)
    over = span.holds("over_at")
    found: dict[str, int] = (
        CheckIn.objects.visible_to(user)
        .filter(mission=mission)
        .aggregate(
            met=Count("pk", filter=over & Q(outcome=CheckIn.Outcome.HEARD)),
            missed=Count("pk", filter=over & Q(outcome=CheckIn.Outcome.SILENT)),
            expected=Count("pk", filter=running),
            late=Count("pk", filter=running & Q(due_at__lt=at)),
        )
    )
    return found


def departments(user: Any, mission: Mission, at: datetime) -> "QuerySet[Boundary]":
    """The departments that somebody is responsible for; `manned` says whether one who answers there has the turn."""
    mine = Membership.objects.filter(user=user, mission=mission)
    ticked = Membership.departments.through.objects.filter(membership__in=mine.values("pk"), boundary=OuterRef("pk"))
    turns = OnCall.objects.now(mission, at).order_by()
    awake = Membership.objects.filter(mission=mission, user__in=turns.values("user"))
    awake = awake.filter(user__role__in=(Role.COORDINATOR, Role.MISSION_ADMIN))
    there = awake.filter(Q(all_departments=True) | Q(departments=OuterRef("pk")))
    theirs = Boundary.objects.filter(mission=mission, level=DEPARTMENT).defer("geometry")
    theirs = theirs.filter(Q(Exists(mine.filter(all_departments=True))) | Q(Exists(ticked)))
    return theirs.annotate(manned=Exists(there)).order_by("code")
