"""Alarms about a monitor: sounded by silence or by the word agreed on, taken and ended by a person at the desk."""

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import escalate
from incidents.actions.publish import publish_for
from incidents.actions.read_only import check_open
from incidents.models import Alarm, CheckIn, Delivery, Mission, Report, User
from incidents.notifications import outbox
from incidents.workflow import MoveNotAllowed


def sound(monitor: User, mission: Mission, kind: Alarm.Kind) -> tuple[Alarm, list[uuid.UUID]]:
    """Raise an alarm with the last place and time, unless one of its kind stands; and the deliveries queued.

    One after which the monitor was heard from does not stand in the way: a later silence is a new one. Call inside a
    transaction. The monitor's row is locked, so that two raise one.
    """
    User.objects.select_for_update(no_key=True).get(pk=monitor.pk)
    standing = Alarm.objects.open().filter(monitor=monitor, mission=mission, kind=kind, heard_since=None).first()
    if standing:
        return standing, []
    alarm = Alarm.objects.create(monitor=monitor, mission=mission, kind=kind, **_last_heard(monitor, mission))
    queued = outbox.queue(alarm, Delivery.Kind(kind))
    escalate.start(alarm)
    return alarm, queued


def _last_heard(monitor: User, mission: Mission) -> dict[str, object]:
    """From the latest report that says where; where none does, from the latest."""
    theirs = (
        Report.objects.filter(reporter=monitor, mission=mission)
        .select_related("incident", "place")
        .order_by("-received_at")
    )
    latest = theirs.first()
    placed = theirs.exclude(latitude=None, place=None).first()
    where = placed or latest
    signs = [CheckIn.objects.of(monitor, mission).last_sign(), latest.received_at if latest else None]
    seen = max((sign for sign in signs if sign), default=None)
    if where is None:
        return {"department": _only_department(monitor, mission), "last_seen_at": seen}
    return {
        "last_report": where,
        "last_seen_at": seen,
        **_position(where),
        "accuracy_m": where.accuracy_m,
        "department_id": where.incident.department_id,
    }


def _position(report: Report) -> dict[str, object]:
    """Where it says the monitor was: the phone's own position, else the place that was chosen."""
    named = report.place if report.latitude is None else None
    where = named or report
    return {"latitude": where.latitude, "longitude": where.longitude}


def _only_department(monitor: User, mission: Mission) -> object:
    """Of a monitor who belongs to one department: that."""
    membership = monitor.memberships.filter(mission=mission).first()
    departments = list(membership.departments.all()[:2]) if membership else []
    return departments[0] if len(departments) == 1 else None


@transaction.atomic
def acknowledge(alarm_id: uuid.UUID, *, actor: User) -> Alarm:
    """Say that somebody has it. The first one stands."""
    alarm = _hold(alarm_id)
    check_open(alarm.mission)
    if alarm.acknowledged_at is None:
        alarm.acknowledged_at, alarm.acknowledged_by = timezone.now(), actor
        alarm.save(update_fields=("acknowledged_at", "acknowledged_by"))
    escalate.answer(alarm, actor=actor)
    return alarm


@transaction.atomic
def resolve(alarm_id: uuid.UUID, *, actor: User, note: str) -> Alarm:
    """End it, saying what was found out. Raises MoveNotAllowed."""
    alarm = _hold(alarm_id)
    check_open(alarm.mission)
    if not alarm.is_open:
        raise MoveNotAllowed(_("This alarm is over already."))
    if not note.strip():
        raise MoveNotAllowed(_("Say what was found out."))
    alarm.resolved_at, alarm.resolved_by, alarm.note = timezone.now(), actor, note.strip()
    if alarm.acknowledged_at is None:
        alarm.acknowledged_at, alarm.acknowledged_by = alarm.resolved_at, actor
    alarm.save()
    escalate.answer(alarm, actor=actor)
    publish_for(alarm)
    return alarm


def _hold(alarm_id: uuid.UUID) -> Alarm:
    return Alarm.objects.select_for_update(of=("self",), no_key=True).select_related("mission").get(pk=alarm_id)
