"""The outbox: deliveries written with what they tell of, then sent until accepted or given up for a person to see.

A process may die at any moment. Before the claim the row is due; after it the lease runs out and the row is due again,
marked as a possible duplicate, for nobody can know whether the mail server had accepted it.
"""

import logging
import uuid

from django.utils import timezone

from incidents.models import Delivery, Incident, User
from incidents.models.work import ClaimLost
from incidents.notifications import audience, messages
from incidents.notifications.channels.base import Channel, ChannelFault
from incidents.notifications.channels.email import EmailChannel

log = logging.getLogger(__name__)

CHANNELS: dict[str, Channel] = {Delivery.Channel.EMAIL: EmailChannel()}


def queue(incident: Incident, kind: Delivery.Kind, to: list[User] | None = None) -> list[uuid.UUID]:
    """Write a delivery for everyone who should hear, or for those among them in `to`, once per person and kind.

    Call inside the transaction it tells of.
    """
    rows = [
        Delivery.objects.get_or_create(incident=incident, recipient=person, kind=kind, channel=Delivery.Channel.EMAIL)
        for person in (audience.recipients(incident) if to is None else to)
    ]
    return [delivery.pk for delivery, is_new in rows if is_new]


def send(delivery_id: uuid.UUID) -> bool:
    """Try one delivery if it is due. True when it was accepted now; False when there was nothing to do or it failed."""
    _mark_interrupted(delivery_id)
    delivery: Delivery | None = Delivery.objects.claim(delivery_id)
    if delivery is None:
        return False
    try:
        if not audience.may_hear(delivery):
            raise ChannelFault("the recipient may no longer see this incident", permanent=True)
        CHANNELS[delivery.channel].send(messages.compose(delivery))
    except ChannelFault as fault:
        _failed(delivery, fault)
        return False
    except Exception as fault:  # a fault in our own words must not stop the others, and must show in the row
        log.error("delivery %s could not be made", delivery.pk, exc_info=True)
        _failed(delivery, ChannelFault(type(fault).__name__))
        return False
    try:
        delivery.finish(sent_at=timezone.now())
    except ClaimLost:
        log.warning("delivery %s took longer than its lease; another attempt has begun", delivery.pk)
    return True


def _failed(delivery: Delivery, fault: ChannelFault) -> None:
    delivery.put_off(str(fault), give_up=fault.permanent)
    log.warning("delivery %s failed: %s", delivery.pk, fault)


def _mark_interrupted(delivery_id: uuid.UUID) -> None:
    interrupted = Delivery.objects.due().filter(pk=delivery_id, state=Delivery.State.WORKING)
    interrupted.update(possible_duplicate=True)
