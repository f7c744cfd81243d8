"""Keys of partners: made with what they open, granted by a second person where that is much, renewed in time.

What a key opens is settled when it is made and never changed: another scope is another key. Taking one back is
`revoke`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import exact
from incidents.actions.read_only import check_open
from incidents.actions.record import log
from incidents.models import ApiKey, Boundary, Mission, User
from incidents.models.api_key import KeyState
from incidents.places.lookup import DEPARTMENT_LEVEL
from incidents.roles import Action
from incidents.taxonomy import Audience
from incidents.workflow import MoveNotAllowed

OVERLAP_DAYS, LONGEST_OVERLAP_DAYS = 7, 90

Made = tuple[ApiKey, str]


@transaction.atomic
def make(
    holder: User,
    mission: Mission,
    *,
    actor: User,
    audience: str = Audience.PARTNER,
    departments: Sequence[str] = (),
    per_minute: int = 60,
    expires_at: datetime | None = None,
) -> Made:
    """A new key and its secret, which can't be read again. Raises MoveNotAllowed."""
    _check(mission, actor)
    if not holder.may(Action.PULL_RELEASES) or not holder.memberships.filter(mission=mission).exists():
        raise MoveNotAllowed(_("This partner does not belong to this mission."))
    there = Boundary.objects.filter(mission=mission, level=DEPARTMENT_LEVEL, code__in=departments)
    if there.count() != len(set(departments)):
        raise MoveNotAllowed(_("Choose departments of this key's mission only."))
    scope: dict[str, Any] = {"audience": audience, "departments": sorted(set(departments)), "per_minute": per_minute}
    key, secret = ApiKey.issue(holder=holder, mission=mission, made_by=actor, expires_at=expires_at, **scope)
    log(mission, "key.made", actor=actor, key=key.prefix, person=holder.pk, **_told(key))
    return key, secret


@transaction.atomic
def grant(key: ApiKey, *, actor: User) -> None:
    """Let a key open what it was made for, as the second person. Raises MoveNotAllowed."""
    held = _hold(key, actor)
    if held.state != KeyState.WAITING:
        raise MoveNotAllowed(_("This key waits for nobody."))
    # Who made it has to be known: else nobody can say that these are two.
    if held.made_by_id in (None, actor.pk):
        raise MoveNotAllowed(_("Another mission admin has to grant it: this takes two people."))
    is_first = held.audience == Audience.EXACT and not ApiKey.objects.opening_exact(held.mission).exists()
    held.granted_at, held.granted_by = timezone.now(), actor
    held.save(update_fields=("granted_at", "granted_by"))
    if is_first:
        exact.bring_out(held.mission)
    log(held.mission, "key.granted", actor=actor, key=held.prefix, person=held.holder_id, **_told(held))


@transaction.atomic
def renew(key: ApiKey, *, actor: User, overlap_days: int = OVERLAP_DAYS) -> Made:
    """Another key with the same scope, for as long as the old one was to last; that one goes on for some days.

    Granted as the old one was. Raises MoveNotAllowed.
    """
    held = _hold(key, actor)
    if held.state != KeyState.OPEN:
        raise MoveNotAllowed(_("Only a key that opens something can be renewed."))
    if held.renewed_by.opening().exists():
        raise MoveNotAllowed(_("It was renewed already, and the new key opens: revoke that one first."))
    if not 0 <= overlap_days <= LONGEST_OVERLAP_DAYS:
        raise MoveNotAllowed(_("Choose from 0 to %(most)d days.") % {"most": LONGEST_OVERLAP_DAYS})
    now, term = timezone.now(), _term(held)
    scope: dict[str, Any] = {"audience": held.audience, "departments": held.departments, "per_minute": held.per_minute}
    fresh, secret = ApiKey.issue(
        holder=held.holder,
        mission=held.mission,
        is_granted=True,
        made_by=actor,
        granted_by=held.granted_by,
        renews=held,
        expires_at=now + term if term else None,
        **scope,
    )
    ends = now + timedelta(days=overlap_days)
    held.expires_at = min(held.expires_at or ends, ends)
    held.save(update_fields=("expires_at",))
    told: dict[str, Any] = {"key": held.prefix, "by": fresh.prefix, "person": held.holder_id, "days": overlap_days}
    log(held.mission, "key.renewed", actor=actor, **told)
    return fresh, secret


def _term(key: ApiKey) -> timedelta | None:
    """How long a key was to last when it was made: of one that was renewed before, as its successor says."""
    latest = key.renewed_by.order_by("-created_at", "-pk").first() or key
    return latest.expires_at - latest.created_at if latest.expires_at else None


def _hold(key: ApiKey, actor: User) -> ApiKey:
    """The key, locked, so that two steps at once come one after the other."""
    _check(key.mission, actor)
    held = ApiKey.objects.select_for_update(of=("self",), no_key=True)
    return held.select_related("mission", "holder").get(pk=key.pk)


def _check(mission: Mission, actor: User) -> None:
    theirs = Mission.objects.visible_to(actor).filter(pk=mission.pk).exists()
    if not theirs or not actor.may(Action.SET_UP_MISSION) or actor.linked_force:
        raise MoveNotAllowed(_("This mission is not yours."))
    check_open(mission)


def _told(key: ApiKey) -> dict[str, str]:
    return {"audience": key.audience, "departments": ",".join(key.departments)}
