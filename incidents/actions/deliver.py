"""Trying a delivery again at a person's word, once whatever stopped it is mended; or saying that one has looked."""

import uuid
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from incidents.actions.record import hold, note
from incidents.models import Delivery, User


@transaction.atomic
def retry(delivery_id: uuid.UUID, *, actor: User) -> bool:
    """Make a failed or waiting delivery due now, with its attempts given back; False when it is sent or being sent.

    The door rings for it after commit.
    """
    waiting = Delivery.objects.filter(pk=delivery_id, state__in=(Delivery.State.PARKED, Delivery.State.PENDING))
    fresh = {"attempts": 0, "lease_until": None, "failure_told_at": None, "failure_seen_at": None}
    if not waiting.update(state=Delivery.State.PENDING, next_try_at=timezone.now(), **fresh):
        return False
    delivery = Delivery.objects.get(pk=delivery_id)
    if delivery.incident_id:
        incident = hold(delivery.incident_id)
        note(incident, "delivery.retried", actor=actor, to=delivery.recipient.code, kind=delivery.kind)
    return True


def look_at(delivery_ids: Iterable[uuid.UUID]) -> int:
    """Say that a person has seen these failures, so that the desk need not warn of them; returns how many were new."""
    return Delivery.objects.unseen().filter(pk__in=list(delivery_ids)).update(failure_seen_at=timezone.now())
