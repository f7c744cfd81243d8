"""When a monitor is to be heard from again: promised by themselves, or due by the mission's rhythm.

A running row is work that waits: when it falls due without a sign, a worker raises the alarm. Knows no way of being
heard; what a rhythm and a clock mean in the mission's own time stands here.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models.mission import Mission
from incidents.models.user import Membership, User
from incidents.models.work import Work, WorkQuerySet
from incidents.roles import Action

# A time that has passed today may mean tonight's; not the evening of tomorrow.
TOMORROW_WITHIN = timedelta(hours=12)
BEFORE_THE_POLLS, AFTER_THE_POLLS = timedelta(hours=2), timedelta(hours=6)


class CheckInQuerySet(WorkQuerySet):
    def running(self) -> Self:
        return self.filter(state__in=Work.UNFINISHED)

    def of(self, monitor: User, mission: Mission) -> Self:
        return self.filter(monitor=monitor, mission=mission)

    def last_sign(self) -> datetime | None:
        """The latest sign of life that these rows know of: each began with one, and may have ended with one."""
        found = self.aggregate(began=Max("started_at"), heard=Max("heard_at"))
        return max((moment for moment in found.values() if moment), default=None)

    def visible_to(self, user: Any) -> Self:
        """Of monitors in the departments somebody is responsible for, and of those who belong to none or to all."""
        if not getattr(user, "is_active", False) or not user.may(Action.VIEW_INCIDENT) or user.linked_force:
            return self.none()
        mine = Membership.objects.filter(user=user)
        departments = Membership.departments.through.objects.filter(membership__user=user).values("boundary")
        theirs = Membership.objects.filter(user=OuterRef("monitor"), mission=OuterRef("mission"))
        placed = theirs.filter(all_departments=False, departments__isnull=False)
        near = Exists(theirs.filter(departments__in=departments)) | ~Exists(placed)
        everywhere = Q(mission__in=mine.filter(all_departments=True).values("mission"))
        return self.filter(everywhere | (Q(mission__in=mine.values("mission")) & near))


class CheckIn(Work):
    """One running per monitor and mission. `next_try_at` is when silence raises the alarm: `due_at` and the grace."""

    class Outcome(models.TextChoices):
        HEARD = "heard", _("Heard from")
        SILENT = "silent", _("Not heard from")
        ENDED = "ended", _("Signed off")

    class How(models.TextChoices):
        SAFE = "safe", _("“I am safe”")
        LINK = "link", _("“I am safe”, by the link")
        PROMISE = "promise", _("A new time agreed")
        REPORT = "report", _("A report")
        DESK = "desk", _("Spoken with")

    # It goes on until it is settled: a fault puts it off, and never parks it.
    LIMIT = 30_000

    monitor = models.ForeignKey(User, models.PROTECT, related_name="check_ins", verbose_name=_("monitor"))
    mission = models.ForeignKey(Mission, models.PROTECT, related_name="check_ins")
    # The sign of life that began it.
    started_at = models.DateTimeField(_("last heard from"), default=timezone.now)
    due_at = models.DateTimeField(_("due"))
    # The monitor's own word; else the mission's rhythm.
    is_promised = models.BooleanField(default=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)
    over_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)
    how = models.CharField(_("how"), max_length=10, choices=How.choices, blank=True)
    spoken_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    note = models.TextField(_("note"), blank=True)

    objects = CheckInQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("monitor", "mission"),
                condition=Q(state__in=("pending", "working")),
                name="one_check_in_running",
            ),
        )
        indexes = (models.Index(fields=("state", "next_try_at"), name="check_in_due"),)
        ordering = ("due_at", "pk")
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def is_running(self) -> bool:
        return self.state in self.UNFINISHED

    @property
    def is_late(self) -> bool:
        return self.is_running and self.due_at < timezone.now()


def at_clock(clock: time, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The next moment after `now` at which a clock in `zone` shows `clock`: later today, or within 12 hours."""
    today = now.astimezone(zone).date()
    shown = [moment for days in (0, 1) for moment in _shown(today + timedelta(days=days), clock, zone)]
    first = min(moment for moment in shown if moment > now)
    later_today = first.astimezone(zone).date() == today
    return first if later_today or first <= now + TOMORROW_WITHIN else None


def _shown(day: date, clock: time, zone: ZoneInfo) -> list[datetime]:
    """When a clock shows that on a day: twice in the night it goes back; where it leaps over it, as much later."""
    both = [datetime.combine(day, clock.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1)]
    return [moment for moment in both if moment.astimezone(zone).time() == clock] or both[:1]


def rhythm_due(mission: Mission, heard_at: datetime) -> datetime | None:
    """When a monitor who was heard at that moment is to be heard again by the mission's rhythm; None outside of it."""
    if not mission.check_in_minutes:
        return None
    due = heard_at + timedelta(minutes=mission.check_in_minutes)
    begins, ends = rhythm_hours(mission)
    return due if begins <= heard_at and due <= ends else None


def rhythm_hours(mission: Mission) -> tuple[datetime, datetime]:
    """From when until when the rhythm holds: around the polls, or all of the election day where no hours are set."""

    def moment(day: int, clock: time) -> datetime:
        there = mission.election_day + timedelta(days=day)
        return datetime.combine(there, clock, mission.zone).astimezone(UTC)

    if mission.polls_open is None or mission.polls_close is None:
        return moment(0, time()), moment(1, time())
    return moment(0, mission.polls_open) - BEFORE_THE_POLLS, moment(0, mission.polls_close) + AFTER_THE_POLLS
