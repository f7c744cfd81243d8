"""Ending somebody's part for good or for now: a lost phone, an account that is retired, one that is brought back.

What they did stays as it is. Sessions are ended by taking the password away, which no later sign-in survives.
"""

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import alarm
from incidents.actions.check_in import hear
from incidents.actions.record import log
from incidents.models import Alarm, ApiKey, CheckIn, Device, Invitation, Mission, OnCall, User
from incidents.models.work import Work
from incidents.workflow import MoveNotAllowed


@transaction.atomic
def retire(person: User, *, actor: User, reason: str) -> bool:
    """Close an account and everything that opens by it. False where it was closed before. Raises MoveNotAllowed."""
    if not reason.strip():
        raise MoveNotAllowed(_("Say why."))
    if person.pk == actor.pk:
        raise MoveNotAllowed(_("You can not retire yourself: another mission admin can."))
    row = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if not row.is_active:
        return False
    row.is_active = False
    row.set_unusable_password()
    row.save(update_fields=("is_active", "password"))
    phones = end_phones(row)
    ApiKey.objects.filter(holder=row, revoked_at=None).update(revoked_at=timezone.now())
    _end_check_ins(row)
    turns = _end_turns(row)
    for mission in Mission.objects.filter(memberships__user=row):
        log(mission, "person.retired", actor=actor, reason=reason, person=row.pk, phones=phones, turns=turns)
    return True


@transaction.atomic
def bring_back(person: User, *, actor: User, reason: str) -> bool:
    """Open a retired account again: without a password, phone or key, which are given anew. Raises MoveNotAllowed."""
    if not reason.strip():
        raise MoveNotAllowed(_("Say why."))
    if not User.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
        return False
    for mission in Mission.objects.filter(memberships__user=person):
        log(mission, "person.brought_back", actor=actor, reason=reason, person=person.pk)
    return True


@transaction.atomic
def lose_phone(
    monitor: User, mission: Mission, *, actor: User, is_safe: bool, reason: str
) -> tuple[Alarm | None, list[uuid.UUID]]:
    """End a phone that is lost or was taken, and its links; unless the monitor is known to be safe, raise the alarm.

    Returns the alarm and the deliveries queued, to be rung for. Raises MoveNotAllowed.
    """
    if not reason.strip():
        raise MoveNotAllowed(_("Say what you know."))
    phones = end_phones(monitor)
    log(mission, "phone.lost", actor=actor, reason=reason, person=monitor.pk, phones=phones, safe=is_safe)
    if is_safe:
        hear(monitor, mission, CheckIn.How.DESK)
        return None, []
    _end_check_ins(monitor)  # they can't answer, and the alarm is raised already
    return alarm.sound(monitor, mission, Alarm.Kind.TAKEN)


@transaction.atomic
def revoke_phones(monitor: User, *, actor: User) -> int:
    """End the phones of somebody whose account goes on; returns how many. Cards that were printed still open."""
    count = Device.objects.filter(monitor=monitor, revoked_at=None).update(revoked_at=timezone.now())
    if count:
        log(monitor.latest_mission, "phone.revoked", actor=actor, person=monitor.pk, phones=count)
    return count


def end_phones(monitor: User) -> int:
    """Revoke their phones and every link that would open another; how many phones that was."""
    now = timezone.now()
    Invitation.objects.filter(monitor=monitor, used_at=None, expires_at__gt=now).update(expires_at=now)
    return Device.objects.filter(monitor=monitor, revoked_at=None).update(revoked_at=now)


def _end_check_ins(person: User) -> None:
    now = timezone.now()
    CheckIn.objects.filter(monitor=person).running().update(
        state=Work.State.DONE, outcome=CheckIn.Outcome.ENDED, over_at=now, lease_until=None
    )


def _end_turns(person: User) -> int:
    """Turns to come are taken away; one that has begun ends now, so that who was on call stays known."""
    now = timezone.now()
    ahead, _rows = OnCall.objects.filter(user=person, starts_at__gte=now).delete()
    return ahead + OnCall.objects.filter(user=person, starts_at__lt=now, ends_at__gt=now).update(ends_at=now)
