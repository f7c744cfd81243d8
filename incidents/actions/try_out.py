"""Sending somebody a test over each way there is to them, by the same ledger as every alert."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from incidents.models import Delivery, Mission, User
from incidents.notifications import audience, outbox

AGAIN_AFTER = timedelta(minutes=1)


@transaction.atomic
def try_out(person: User, mission: Mission) -> list[uuid.UUID]:
    """Queue a test on each of their channels that this server knows how to use; not one that was just queued."""
    ways = [channel for channel in audience.channels(person) if channel in outbox.configured()]
    recent = Delivery.objects.filter(recipient=person, kind=Delivery.Kind.TEST)
    just_now = set(recent.filter(queued_at__gt=timezone.now() - AGAIN_AFTER).values_list("channel", flat=True))
    rows = [
        Delivery(mission=mission, recipient=person, kind=Delivery.Kind.TEST, channel=channel)
        for channel in ways
        if channel not in just_now
    ]
    return [row.pk for row in Delivery.objects.bulk_create(rows)]


def latest(person: User) -> dict[str, Delivery]:
    """How the latest test of each channel ended, by channel."""
    rows = Delivery.objects.filter(recipient=person, kind=Delivery.Kind.TEST).select_related("mission")
    return {row.channel: row for row in rows.order_by("queued_at")}
