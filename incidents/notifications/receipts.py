"""What a gateway says later of an SMS that it took: with its reader, or not, and then once more or to somebody else."""

import enum
import uuid

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from incidents.models import Attempt, Delivery
from incidents.models.work import backoff
from incidents.notifications.channels.gateways import Receipt

# Each costs money, and a phone that five could not reach is not there.
SENT_AT_MOST = 5


class Settled(enum.Enum):
    TAKEN = "taken"
    NOTHING = "nothing"
    # Still being handed over: the gateway is faster than our own row.
    EARLY = "early"


def settle(delivery_id: uuid.UUID, receipt: Receipt) -> Settled:
    """Write what the receipt says. The same one twice changes nothing more."""
    rows = Delivery.objects.filter(pk=delivery_id, channel=Delivery.Channel.SMS)
    if receipt.is_delivered:
        return _delivered(rows)
    if rows.filter(state=Delivery.State.WORKING).exists():
        return Settled.EARLY
    return _failed(rows, receipt)


def _delivered(rows: "QuerySet[Delivery]") -> Settled:
    now = timezone.now()
    # By whichever attempt: it need not be sent again.
    waiting = rows.filter(state__in=(Delivery.State.PENDING, Delivery.State.PARKED))
    waiting.update(state=Delivery.State.DONE, sent_at=now, last_error="")
    return Settled.TAKEN if rows.filter(delivered_at=None).update(delivered_at=now) else Settled.NOTHING


@transaction.atomic
def _failed(rows: "QuerySet[Delivery]", receipt: Receipt) -> Settled:
    sent = rows.filter(state=Delivery.State.DONE, delivered_at=None, acknowledged_at=None)
    if receipt.reference:  # not one of an earlier attempt
        sent = sent.filter(reference__in=("", receipt.reference))
    delivery = sent.first()
    if delivery is None:
        return Settled.NOTHING
    given_up = receipt.permanent or delivery.attempts >= SENT_AT_MOST
    changed = sent.filter(attempts=delivery.attempts).update(
        state=Delivery.State.PARKED if given_up else Delivery.State.PENDING,
        sent_at=None,
        last_error=receipt.reason[:200],
        next_try_at=timezone.now() + backoff(delivery.attempts),
    )
    if changed and (last := Attempt.objects.filter(delivery=delivery).last()):
        last.fault = receipt.reason[:200]
        last.save(update_fields=("fault",))
    return Settled.TAKEN if changed else Settled.NOTHING
