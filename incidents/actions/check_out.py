"""Taking an incident to work on it, giving it back, and taking it over from somebody else.

Taking and giving back are no news and leave no trace; taking over is an entry in the timeline, for whoever was working
must learn of it. Nothing here refuses a step: what waits for the checkout, and what never does, the desk decides.
"""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from incidents.actions.record import hold, note
from incidents.models import Checkout, User
from incidents.models.checkout import HELD_FOR


def take(incident_id: uuid.UUID, *, actor: User) -> Checkout:
    """Take it, or keep it for longer, unless somebody else has it; returns whose it is then."""
    now = timezone.now()
    mine = {"person": actor, "until": now + HELD_FOR}
    of_it = Checkout.objects.filter(incident=incident_id)
    # The row count is the answer: of two at once, the second finds that it is no longer free.
    if not of_it.free_for(actor, now).update(**mine):
        Checkout.objects.bulk_create([Checkout(incident_id=incident_id, **mine)], ignore_conflicts=True)
    return of_it.select_related("person").get()


def give_back(incident_id: uuid.UUID, *, actor: User, known: datetime | None = None) -> bool:
    """End one's own, at once; False where one did not have it.

    `known` is until when the page that is left knew it: a page opened meanwhile keeps what it took.
    """
    now = timezone.now()
    mine = Checkout.objects.filter(incident=incident_id, person=actor).running(now)
    if known is not None:
        mine = mine.filter(until__lte=known)
    return bool(mine.update(until=now))


@transaction.atomic
def take_over(incident_id: uuid.UUID, *, actor: User) -> Checkout:
    """Take it from whoever has it. Where nobody else does, this is taking it, and no entry."""
    incident = hold(incident_id)
    held = take(incident_id, actor=actor)
    if held.person_id == actor.pk:
        return held
    note(incident, "incident.taken_over", actor=actor, other=held.person.code)
    Checkout.objects.filter(pk=held.pk).update(person=actor, until=timezone.now() + HELD_FOR)
    return Checkout.objects.select_related("person").get(pk=held.pk)
