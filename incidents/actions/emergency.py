"""What a mission's admins do when something goes badly wrong: stop changes, close, sign all out, revoke all phones.

Each step takes the mission's row, gives its reason to the logbook and tells all of the mission's admins. The deliveries
that it returns are rung for by the door.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import account
from incidents.actions.record import log
from incidents.models import ApiKey, Delivery, Device, Invitation, Mission, Revocation, User
from incidents.models.sitting import open_sessions
from incidents.notifications import outbox
from incidents.roles import Action, Role
from incidents.workflow import MoveNotAllowed

Queued = list[uuid.UUID]
DESK = (Role.COORDINATOR, Role.MISSION_ADMIN)


@dataclass(frozen=True)
class Foreseen:
    """What each step would do now."""

    people: int
    sessions: int
    phones: int
    links: int
    keys: int


def foreseen(mission: Mission) -> Foreseen:
    people = list(_desk(mission))
    return Foreseen(
        people=len(people),
        sessions=open_sessions(people),
        phones=_phones(mission).count(),
        links=_links(mission).count(),
        keys=ApiKey.objects.opening().filter(mission=mission).count(),
    )


@transaction.atomic
def freeze(mission: Mission, *, actor: User, reason: str) -> Queued:
    """The desk changes nothing any more; reports are taken and told of as before. Raises MoveNotAllowed."""
    held = _hold(mission, actor, reason)
    if held.is_read_only:
        raise MoveNotAllowed(_("The mission is read-only already."))
    return _set(held, Mission.Mode.READ_ONLY, "mission.frozen", actor, reason)


@transaction.atomic
def close(mission: Mission, *, actor: User, reason: str) -> Queued:
    """Take no more reports: what is on its way is kept all the same. Raises MoveNotAllowed."""
    held = _hold(mission, actor, reason)
    if held.is_closed:
        raise MoveNotAllowed(_("The mission is closed already."))
    return _set(held, Mission.Mode.CLOSED, "mission.closed", actor, reason)


@transaction.atomic
def reopen(mission: Mission, *, actor: User, reason: str) -> Queued:
    """Everything as it was. Raises MoveNotAllowed."""
    held = _hold(mission, actor, reason)
    if not held.is_read_only:
        raise MoveNotAllowed(_("The mission is open already."))
    return _set(held, Mission.Mode.OPEN, "mission.reopened", actor, reason)


@transaction.atomic
def sign_everyone_out(mission: Mission, *, actor: User, reason: str) -> Queued:
    """End every session of the mission's people at the desk, the actor's own too. Raises MoveNotAllowed."""
    _hold(mission, actor, reason)
    people = _desk(mission)
    ended = open_sessions(people)
    account.end_sessions(people)
    return _tell(mission, "sessions.ended", actor, reason, sessions=ended, people=people.count())


@transaction.atomic
def propose(mission: Mission, *, actor: User, reason: str) -> Queued:
    """Ask for every phone to be revoked; another mission admin has to confirm it. Raises MoveNotAllowed."""
    _hold(mission, actor, reason)
    if Revocation.objects.standing().filter(mission=mission).exists():
        raise MoveNotAllowed(_("Somebody has proposed this already."))
    Revocation.objects.create(mission=mission, proposed_by=actor, reason=reason.strip())
    return _tell(mission, "phones.revocation_proposed", actor, reason, phones=_phones(mission).count())


@transaction.atomic
def confirm(mission: Mission, *, actor: User, reason: str) -> Queued:
    """Revoke every phone that another has proposed to revoke, and close open enrolment links. Raises MoveNotAllowed."""
    _hold(mission, actor, reason)
    proposal = _standing(mission)
    if proposal.proposed_by_id == actor.pk:
        raise MoveNotAllowed(_("Another mission admin has to confirm it: this takes two people."))
    now = timezone.now()
    Revocation.objects.filter(pk=proposal.pk).update(confirmed_at=now, confirmed_by=actor)
    links = _links(mission).update(expires_at=now)
    phones = Device.objects.filter(pk__in=_phones(mission).values("pk"), revoked_at=None).update(revoked_at=now)
    by = proposal.proposed_by.code
    return _tell(mission, "phones.revoked", actor, reason, phones=phones, links=links, proposed_by=by)


@transaction.atomic
def withdraw(mission: Mission, *, actor: User, reason: str) -> Queued:
    """Take the proposal back; any mission admin may. Raises MoveNotAllowed."""
    _hold(mission, actor, reason)
    proposal = _standing(mission)
    Revocation.objects.filter(pk=proposal.pk).update(withdrawn_at=timezone.now())
    return _tell(mission, "phones.revocation_withdrawn", actor, reason)


def _hold(mission: Mission, actor: User, reason: str) -> Mission:
    """The mission, locked, if it is the actor's; two steps at once come one after the other."""
    theirs = Mission.objects.visible_to(actor).filter(pk=mission.pk).exists()
    if not theirs or not actor.may(Action.EMERGENCY) or actor.linked_force:
        raise MoveNotAllowed(_("This mission is not yours."))
    if not reason.strip():
        raise MoveNotAllowed(_("Give a reason for this step."))
    return Mission.objects.select_for_update(no_key=True).get(pk=mission.pk)


def _standing(mission: Mission) -> Revocation:
    found = Revocation.objects.standing().select_related("proposed_by").filter(mission=mission).first()
    if found is None:
        raise MoveNotAllowed(_("The proposal was withdrawn, confirmed, or is older than half an hour."))
    return found


def _set(mission: Mission, mode: Mission.Mode, event: str, actor: User, reason: str) -> Queued:
    before, mission.mode, mission.mode_since = mission.mode, mode, timezone.now()
    mission.save(update_fields=("mode", "mode_since"))
    return _tell(mission, event, actor, reason, before=before)


def _tell(mission: Mission, event: str, actor: User, reason: str, **detail: Any) -> Queued:
    entry = log(mission, event, actor=actor, reason=reason.strip(), **detail)
    admins = User.objects.in_mission(mission).with_role(Role.MISSION_ADMIN).distinct()
    return outbox.announce(entry, Delivery.Kind.EMERGENCY, admins)


def _desk(mission: Mission) -> "QuerySet[User]":
    return User.objects.in_mission(mission).with_role(*DESK).distinct()


def _phones(mission: Mission) -> "QuerySet[Device]":
    theirs = Q(mission=mission) | Q(monitor__memberships__mission=mission)
    return Device.objects.filter(theirs, revoked_at=None).distinct()


def _links(mission: Mission) -> "QuerySet[Invitation]":
    of = User.objects.filter(memberships__mission=mission).values("pk")
    return Invitation.objects.filter(monitor__in=of, used_at=None, expires_at__gt=timezone.now())
