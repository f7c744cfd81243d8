"""Being heard from again: agreed on by a monitor or due by the mission's rhythm, and met by any sign of life.

Who locks more than one row takes the monitor's first: the worker that raises the alarm, a phone that agrees on a time,
a report where a rhythm goes on.
"""

import logging
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import alarm
from incidents.actions.read_only import check_open
from incidents.models import Alarm, CheckIn, Mission, User
from incidents.models.check_in import rhythm_due
from incidents.models.work import ClaimLost, Work
from incidents.roles import Action
from incidents.workflow import MoveNotAllowed

log = logging.getLogger(__name__)

# A clock that is farther off than this says nothing about when something was written.
PLAUSIBLE = timedelta(days=30)


def running(monitor: User, mission: Mission) -> CheckIn | None:
    """What the monitor is expected by."""
    return CheckIn.objects.of(monitor, mission).running().first()


def hear(monitor: User, mission: Mission, how: CheckIn.How, *, at: datetime | None = None) -> None:
    """Take note of a sign of life: it meets what had begun before it, and is shown with an alarm that stands.

    `at` is when it was given, where it comes late. Call inside a transaction.
    """
    at = min(at or timezone.now(), timezone.now())
    if mission.check_in_minutes:
        _hold(monitor)
    _settle(monitor, mission, at, outcome=CheckIn.Outcome.HEARD, how=how, heard_at=at)
    _keep_rhythm(monitor, mission, at)


def hear_report(monitor: User, mission: Mission, *, captured_at: datetime | None, received_at: datetime) -> None:
    """A report is a sign of the moment at which it was written, however late it comes; call inside a transaction."""
    written = captured_at if captured_at and received_at - PLAUSIBLE < captured_at < received_at else received_at
    hear(monitor, mission, CheckIn.How.REPORT, at=written)


@transaction.atomic
def promise(monitor: User, mission: Mission, due_at: datetime) -> CheckIn:
    """Agree on a time; it takes the place of what was agreed before, and of the rhythm."""
    _hold(monitor)
    now = timezone.now()
    _settle(monitor, mission, now, outcome=CheckIn.Outcome.HEARD, how=CheckIn.How.PROMISE, heard_at=now)
    return CheckIn.objects.create(
        monitor=monitor, mission=mission, started_at=now, due_at=due_at, next_try_at=due_at + mission.grace
    )


@transaction.atomic
def sign_off(monitor: User, mission: Mission) -> None:
    """Done for today: nothing is expected any more, until the next time agreed or the next day of the rhythm."""
    _hold(monitor)
    now = timezone.now()
    ended: dict[str, Any] = {"outcome": CheckIn.Outcome.ENDED, "how": CheckIn.How.SAFE, "heard_at": now}
    if not _settle(monitor, mission, now, **ended):
        CheckIn.objects.create(
            monitor=monitor, mission=mission, started_at=now, due_at=now, state=Work.State.DONE, over_at=now, **ended
        )


@transaction.atomic
def spoken(check_in_id: int, *, actor: User, note: str) -> None:
    """Somebody at the desk has spoken with the monitor. Raises MoveNotAllowed."""
    row = CheckIn.objects.select_related("monitor", "mission").get(pk=check_in_id)
    check_open(row.mission)
    if not note.strip():
        raise MoveNotAllowed(_("Say how you spoke with them and what they said."))
    if not row.is_running:
        raise MoveNotAllowed(_("They were heard from already, or the alarm was raised."))
    hear(row.monitor, row.mission, CheckIn.How.DESK)
    CheckIn.objects.filter(pk=row.pk, how=CheckIn.How.DESK).update(spoken_by=actor, note=note.strip())


def fall_due(check_in_id: int) -> list[uuid.UUID]:
    """Raise the alarm for whoever was not heard from in time, if it is due; returns the deliveries queued."""
    row: CheckIn | None = CheckIn.objects.claim(check_in_id)
    if row is None:
        return []
    try:
        with transaction.atomic():
            return _fall_silent(row)
    except ClaimLost:  # heard from at the last moment
        return []
    except Exception as fault:
        log.error("check-in %s failed", row.pk, exc_info=True)
        row.put_off(type(fault).__name__)
        return []


def _fall_silent(row: CheckIn) -> list[uuid.UUID]:
    now = timezone.now()
    monitor, mission = row.monitor, row.mission
    # A closed mission tells its phones so, and expects nobody.
    if mission.is_closed or not (
        monitor.may(Action.FILE_REPORT) and monitor.memberships.filter(mission=mission).exists()
    ):
        row.finish(outcome=CheckIn.Outcome.ENDED, over_at=now)  # taken off the mission meanwhile
        return []
    _sounded, queued = alarm.sound(monitor, mission, Alarm.Kind.SILENCE)
    row.finish(outcome=CheckIn.Outcome.SILENT, over_at=now)
    return queued


def _hold(monitor: User) -> None:
    User.objects.select_for_update(no_key=True).get(pk=monitor.pk)


def _settle(monitor: User, mission: Mission, at: datetime, **ended: Any) -> int:
    """End what is running and had begun by then; a worker that has just claimed it loses its claim.

    An alarm that stands gets the later sign, and goes on. Not one that the monitor has raised in silence: whoever
    holds the phone would answer it.
    """
    began = CheckIn.objects.of(monitor, mission).running().filter(started_at__lte=at)
    met = began.update(state=Work.State.DONE, over_at=timezone.now(), lease_until=None, **ended)
    standing = Alarm.objects.open().filter(monitor=monitor, mission=mission, kind=Alarm.Kind.SILENCE)
    unseen = Q(last_seen_at=None) | Q(last_seen_at__lt=at)
    standing.filter(unseen, Q(heard_since=None) | Q(heard_since__lt=at)).update(heard_since=at)
    return met


def _keep_rhythm(monitor: User, mission: Mission, at: datetime) -> None:
    """Expect the next sign, unless the monitor has signed off or it would be overdue already."""
    due = rhythm_due(mission, at)
    if due is None or due <= timezone.now():
        return
    latest = CheckIn.objects.of(monitor, mission).order_by("-pk").first()
    if latest and (latest.is_running or (latest.outcome == CheckIn.Outcome.ENDED and _is_today(latest, mission, at))):
        return
    CheckIn.objects.create(
        monitor=monitor,
        mission=mission,
        started_at=at,
        due_at=due,
        next_try_at=due + mission.grace,
        is_promised=False,
    )


def _is_today(row: CheckIn, mission: Mission, at: datetime) -> bool:
    ended = row.over_at or row.due_at
    return ended.astimezone(mission.zone).date() == at.astimezone(mission.zone).date()
