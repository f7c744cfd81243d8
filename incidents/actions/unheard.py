"""Telling a mission's admins that a partner's program could not be told of changed releases: once, however many follow.

What changes meanwhile rides on the same delivery, so that there is one failure to look at. How a message is sent is not
known here.
"""

import uuid

from django.db import transaction
from django.utils import timezone

from incidents.actions.record import log
from incidents.models import Delivery, User
from incidents.notifications import audience, outbox
from incidents.roles import Role


def tell_of_unheard(limit: int = 100) -> list[uuid.UUID]:
    """Tell of each program that was given up, if nobody was told yet. Returns the deliveries queued."""
    given_up = Delivery.objects.given_up().filter(kind=Delivery.Kind.RELEASES)
    queued: list[uuid.UUID] = []
    for pk in list(given_up.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            # The row count is the answer: two sweeps at once tell once.
            if given_up.filter(pk=pk).update(failure_told_at=timezone.now()):
                queued += _tell(Delivery.objects.with_subject().get(pk=pk))
    return queued


def _tell(delivery: Delivery) -> list[uuid.UUID]:
    if not audience.may_hear(delivery):
        return []  # the mission is closed, or they hold no key any more: nothing was kept from them
    mission = delivery.of_mission
    entry = log(mission, "program.unheard", actor=None, person=delivery.recipient_id)
    admins = User.objects.in_mission(mission).with_role(Role.MISSION_ADMIN).distinct()
    return outbox.announce(entry, Delivery.Kind.UNDELIVERED, admins)
