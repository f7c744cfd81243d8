"""The outbox: deliveries written with what they tell of, then sent until accepted or given up for a person to see.

A process may die at any moment. Before the claim the row is due; after it the lease runs out and the row is due again,
marked as a possible duplicate, for nobody can know whether the other side had accepted it.
"""

import logging
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from incidents.models import Alarm, Attempt, Contact, Delivery, Incident, LogbookEntry, User
from incidents.models.work import LEASE, ClaimLost
from incidents.notifications import audience, messages
from incidents.notifications.audience import Line, Subject
from incidents.notifications.channels.base import Accepted, Channel, ChannelFault
from incidents.notifications.channels.email import EmailChannel
from incidents.notifications.channels.sms import SmsChannel
from incidents.notifications.channels.webhook import WebhookChannel
from incidents.notifications.channels.webpush import WebPushChannel

log = logging.getLogger(__name__)

CHANNELS: dict[str, Channel] = {
    Delivery.Channel.EMAIL: EmailChannel(),
    Delivery.Channel.SMS: SmsChannel(),
    Delivery.Channel.WEBPUSH: WebPushChannel(),
    Delivery.Channel.WEBHOOK: WebhookChannel(),
}


def configured() -> list[str]:
    """The channels that this server's settings know how to use."""
    return [name for name, channel in CHANNELS.items() if channel.is_configured()]


def queue(
    subject: Subject, kind: Delivery.Kind, to: Iterable[User] | None = None, *, round: int = 0
) -> list[uuid.UUID]:
    """Write a delivery for everyone who should hear, or for those in `to`, once per person, kind and channel.

    Call inside the transaction it tells of. Returns the new ones.
    """
    return write(subject, kind, audience.hearing(subject, kind, to), round=round)


def write(subject: Subject, kind: Delivery.Kind, lines: list[Line], *, round: int = 0) -> list[uuid.UUID]:
    """Write a delivery for each line that has none of this kind and round. Returns the new ones."""
    now = timezone.now()
    theirs = _about(subject)
    known = set(
        Delivery.objects.filter(**theirs, kind=kind, round=round).order_by().values_list("recipient", "channel")
    )
    rows = [
        Delivery(
            **theirs,
            recipient=line.person,
            kind=kind,
            channel=line.channel,
            round=round,
            queued_at=now,
            next_try_at=line.not_before or now,
        )
        for line in lines
        if (line.person.pk, line.channel) not in known
    ]
    if not rows:
        return []
    # Another writer may have been as fast: the constraint keeps the first, and only what is there is rung for.
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    return list(Delivery.objects.filter(pk__in=[row.pk for row in rows]).order_by().values_list("pk", flat=True))


def announce(entry: LogbookEntry, kind: Delivery.Kind, people: Iterable[User]) -> list[uuid.UUID]:
    """Tell people at the desk what the logbook holds, over every channel that reaches them. Returns what was queued."""
    rows = [
        Delivery(entry=entry, recipient=person, kind=kind, channel=channel)
        for person in people
        for channel in audience.channels(person)
    ]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    return [row.pk for row in rows]


def _about(subject: Subject) -> dict[str, Subject]:
    return {"alarm": subject} if isinstance(subject, Alarm) else {"incident": subject}


def send(delivery_id: uuid.UUID) -> bool:
    """Try one delivery if it is due. True when it was accepted now; False when there was nothing to do or it failed."""
    delivery = _claimed(delivery_id)
    if delivery is None:
        return False
    attempt = Attempt(delivery=delivery, number=delivery.attempts, began_at=timezone.now())
    try:
        if not audience.may_hear(delivery):
            raise ChannelFault("the recipient may no longer see this incident", permanent=True)
        accepted = _hand_over(delivery)
    except ChannelFault as fault:
        _failed(delivery, attempt, fault)
        return False
    except Exception as fault:  # a fault in our own words must not stop the others, and must show in the row
        log.error("delivery %s could not be made", delivery.pk, exc_info=True)
        _failed(delivery, attempt, ChannelFault(type(fault).__name__))
        return False
    _sent(delivery, attempt, accepted)
    return True


def _hand_over(delivery: Delivery) -> Accepted:
    channel = CHANNELS.get(delivery.channel)
    if channel is None or not channel.is_configured():
        raise ChannelFault("this channel is switched off on this server", permanent=True)
    message = messages.compose(delivery)
    if not message.address:
        raise ChannelFault("there is no such address any more", permanent=True)
    return channel.send(message)


def _sent(delivery: Delivery, attempt: Attempt, accepted: Accepted) -> None:
    now = timezone.now()
    told: dict[str, Any] = {"sent_at": now, "reference": accepted.reference[:100]}
    if accepted.delivered:  # else a gateway's receipt says so, and it may have been faster than we are
        told["delivered_at"] = now
    try:
        with transaction.atomic():
            delivery.finish(**told)
            _end(attempt, "")
    except ClaimLost:
        log.warning("delivery %s took longer than its lease; another attempt has begun", delivery.pk)


@transaction.atomic
def _failed(delivery: Delivery, attempt: Attempt, fault: ChannelFault) -> None:
    delivery.put_off(str(fault), give_up=fault.permanent)
    if fault.gone:
        gone = Contact.objects.filter(user=delivery.recipient_id, channel=delivery.channel, disabled_at=None)
        gone.update(disabled_at=timezone.now())
    if fault.unclear:
        Delivery.objects.filter(pk=delivery.pk).update(possible_duplicate=True)
    _end(attempt, str(fault))
    log.warning("delivery %s failed: %s", delivery.pk, fault)


def _end(attempt: Attempt, fault: str) -> None:
    attempt.ended_at, attempt.fault = timezone.now(), fault[:200]
    attempt.save(force_insert=True)


def _claimed(delivery_id: uuid.UUID) -> Delivery | None:
    """The delivery if it is ours to try, with all that a message is made of."""
    rows = Delivery.objects.with_subject()
    found: Delivery | None = rows.claim(delivery_id, state=Delivery.State.PENDING)
    if found is None and _mark_interrupted(delivery_id):
        found = rows.claim(delivery_id)
    return found


def _mark_interrupted(delivery_id: uuid.UUID) -> bool:
    """The attempt before was stopped in its middle: it has left no line of its own, and may have been accepted."""
    interrupted = Delivery.objects.due().filter(pk=delivery_id, state=Delivery.State.WORKING)
    if not interrupted.update(possible_duplicate=True):
        return False
    row = Delivery.objects.get(pk=delivery_id)
    Attempt.objects.create(delivery=row, number=row.attempts, began_at=_began(row), fault="interrupted")
    return True


def _began(row: Delivery) -> datetime:
    return (row.lease_until or timezone.now()) - LEASE


def tell_of_failed(limit: int = 100) -> list[uuid.UUID]:
    """Of deliveries that were given up, tell somebody else, or the same person over another channel; each once.

    What tells of a failure is not told of in turn: it stands at the desk. Returns the deliveries queued.
    """
    queued: list[uuid.UUID] = []
    people = Delivery.objects.given_up().exclude(kind=Delivery.Kind.RELEASES)  # of programs `actions.unheard` tells
    for pk in list(people.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            # The row count is the answer: two sweeps at once tell once.
            if Delivery.objects.given_up().filter(pk=pk).update(failure_told_at=timezone.now()):
                queued += _tell_of_failed(Delivery.objects.get(pk=pk))
    return queued


def _tell_of_failed(delivery: Delivery) -> list[uuid.UUID]:
    if not delivery.asks:
        return []  # whoever asked for a test sees how it ended; of what the logbook holds all were told at once
    subject = delivery.subject
    if delivery.kind == Delivery.Kind.UNDELIVERED or (isinstance(subject, Incident) and not subject.is_open):
        return []
    people = audience.desk(subject)
    if delivery.recipient not in people and not audience.may_see(delivery.recipient, subject):
        return []  # not theirs any more, so nothing was kept from them; the clock goes on
    others = [person for person in people if person.pk != delivery.recipient_id]
    own = [person for person in people if person.pk == delivery.recipient_id]
    now = timezone.now()
    found = audience.lines(subject, own, kind=delivery.kind, now=now, every_channel=True)
    found = [line for line in found if line.channel != delivery.channel]
    found += audience.lines(subject, others, kind=delivery.kind, now=now)
    return write(subject, Delivery.Kind.UNDELIVERED, found, round=delivery.round)
