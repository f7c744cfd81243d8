"""Clearing what was held apart: all of one phone, or of what one invitation brought in, by one click.

Each incident gets its own step, in a transaction of its own and in its own timeline. Ten thousand of them are a row of
work that is taken up again until nothing is left.
"""

import logging
import time
from typing import Any

from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import review
from incidents.actions.read_only import check_open
from incidents.models import Clearing, Device, Incident, User
from incidents.models.work import ClaimLost
from incidents.workflow import MoveNotAllowed

log = logging.getLogger(__name__)

CHUNK = 200
# Well within the lease of a claim.
TURN_S = 20


def groups(visible: Any) -> list[dict[str, Any]]:
    """What is held apart among these incidents, by phone: how much, how many in danger, when the last came."""
    counted = visible.held().filter(reports__device__isnull=False).values("reports__device")
    found = counted.annotate(
        incidents=Count("pk", distinct=True),
        danger=Count("pk", distinct=True, filter=Q(in_danger_now=True)),
        last=Max("opened_at"),
    ).order_by("-incidents", "reports__device")
    return list(found)


def ask(*, actor: User, verb: str, device: Device | None, by_invitation: bool, reason: str = "") -> Clearing:
    """Write down what is to be done. Raises MoveNotAllowed where there is nothing to clear, or no reason given."""
    if verb not in Clearing.Verb.values:
        raise MoveNotAllowed(_("Choose what to do with them."))
    if verb == Clearing.Verb.DISMISS and not reason.strip():
        raise MoveNotAllowed(_("Give a reason for this step."))
    if device is None or (by_invitation and device.invitation_id is None):
        raise MoveNotAllowed(_("Nothing of this phone is held apart any more."))
    asked = Clearing(
        device=None if by_invitation else device,
        invitation=device.invitation if by_invitation else None,
        verb=verb,
        reason=reason.strip(),
        actor=actor,
        asked_at=timezone.now(),
    )
    first = waiting(asked).first()
    if first is None:
        raise MoveNotAllowed(_("Nothing of this phone is held apart any more."))
    check_open(first.mission)
    asked.mission = first.mission
    asked.save()
    return asked


def waiting(clearing: Clearing) -> Any:
    """What is left to clear: of what was there when it was asked for, and of what its actor may see."""
    theirs = Q(reports__device__invitation=clearing.invitation) if clearing.invitation_id else Q()
    if clearing.device_id:
        theirs = Q(reports__device=clearing.device_id)
    seen = Incident.objects.visible_to(clearing.actor).held().filter(theirs, opened_at__lte=clearing.asked_at)
    return seen.order_by("opened_at", "pk").distinct()


def clear(clearing_id: int) -> bool:
    """Do a turn of it if it is due. True when there is more to do."""
    clearing: Clearing | None = Clearing.objects.claim(clearing_id)
    if clearing is None:
        return False
    try:
        done, left = _turn(clearing)
        total = clearing.cleared + done
        # A turn that moved nothing would not move it the next time either.
        if left and done:
            clearing.pause(total)
        else:
            clearing.finish(cleared=total)
        return bool(left and done)
    except ClaimLost:
        return False
    except Exception as fault:
        log.error("clearing %s failed", clearing.pk, exc_info=True)
        clearing.put_off(type(fault).__name__)
        return False


def _turn(clearing: Clearing) -> tuple[int, bool]:
    """How many were cleared, and whether any are left."""
    until = time.monotonic() + TURN_S
    done = 0
    for pk in list(waiting(clearing).values_list("pk", flat=True)[:CHUNK]):
        done += _step(clearing, pk)
        if time.monotonic() > until:
            break
    return done, waiting(clearing).exists()


def _step(clearing: Clearing, incident_id: Any) -> bool:
    try:
        if clearing.verb == Clearing.Verb.LET_IN:
            review.let_in(incident_id, actor=clearing.actor, reason=clearing.reason)
        else:
            review.move(incident_id, "invalidate", actor=clearing.actor, reason=clearing.reason)
    except MoveNotAllowed:  # somebody else has just done it
        return False
    return True
