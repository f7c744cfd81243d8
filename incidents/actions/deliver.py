"""Sending a delivery again at a person's word, to programs also what they had; or saying that one has looked."""

import uuid
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from incidents.actions.record import hold, note
from incidents.models import Delivery, User
from incidents.models.shown import SETTLED

# A receiver knows by the id what it has had, so that sending it again does no harm; a person would be told twice.
REPLAYED = Q(state=Delivery.State.DONE, channel=Delivery.Channel.WEBHOOK)
WAITING = Q(state__in=(Delivery.State.PARKED, Delivery.State.PENDING)) & ~SETTLED


@transaction.atomic
def retry(delivery_id: uuid.UUID, *, actor: User) -> bool:
    """Make a failed or waiting delivery, or a webhook's that was sent, due now, with its attempts given back.

    False when it is sent, being sent, or settled. The door rings for it after commit.
    """
    fresh = {"attempts": 0, "lease_until": None, "failure_told_at": None, "failure_seen_at": None}
    due = {"state": Delivery.State.PENDING, "next_try_at": timezone.now(), **fresh}
    again = Delivery.objects.filter(REPLAYED, pk=delivery_id).update(**due, delivered_at=None, possible_duplicate=True)
    if not again and not Delivery.objects.filter(WAITING, pk=delivery_id).update(**due):
        return False
    delivery = Delivery.objects.get(pk=delivery_id)
    if delivery.incident_id:
        incident = hold(delivery.incident_id)
        note(incident, "delivery.retried", actor=actor, to=delivery.recipient.code, kind=delivery.kind)
    return True


def look_at(delivery_ids: Iterable[uuid.UUID]) -> int:
    """Say that a person has seen these failures, so that the desk need not warn of them; returns how many were new."""
    return Delivery.objects.unseen().filter(pk__in=list(delivery_ids)).update(failure_seen_at=timezone.now())
