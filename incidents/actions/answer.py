"""Answering an alert by the link in it: whoever holds the link acts as the person it was sent to."""

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from incidents.actions import alarm, escalate, review
from incidents.actions.read_only import answering_by_link
from incidents.actions.record import hold, note, touch
from incidents.models import Alarm, Delivery, Incident, Situation, User
from incidents.notifications import audience
from incidents.notifications.audience import Subject
from incidents.roles import Action
from incidents.workflow import MoveNotAllowed


@dataclass(frozen=True)
class Asked:
    """What a link asks: about what, of whom, and whether somebody has answered."""

    delivery: Delivery
    subject: Subject
    is_answered: bool


def asked(delivery_id: uuid.UUID) -> Asked | None:
    """What the link of this delivery asks now; None where its recipient may no longer know of it."""
    delivery = (
        Delivery.objects.filter(pk=delivery_id)
        .select_related("recipient", "incident__mission", "alarm__mission")
        .first()
    )
    if delivery is None or not delivery.asks or delivery.of_mission.is_closed:
        return None
    person = delivery.recipient
    if not person.may(Action.HANDLE_INCIDENT) or not audience.may_hear(delivery):
        return None
    subject = delivery.subject
    subject = subject.stands_in if isinstance(subject, Incident) else subject
    running = getattr(subject, "escalation", None)
    return Asked(
        delivery, subject, is_answered=delivery.acknowledged_at is not None or not (running and running.is_open)
    )


@transaction.atomic
def take(delivery_id: uuid.UUID) -> Asked | None:
    """Say that the recipient has it: the clock stops, and an incident that nobody had is acknowledged. Idempotent."""
    found = asked(delivery_id)
    if found is None:
        return None
    person = found.delivery.recipient
    with answering_by_link():
        if isinstance(found.subject, Alarm):
            alarm.acknowledge(found.subject.pk, actor=person)
        else:
            for incident_id in _meant(found):
                acknowledge(incident_id, actor=person)
    return asked(delivery_id)


def _meant(found: Asked) -> list[uuid.UUID]:
    """The incident; of a situation, all of it that was there when the message was sent and that its reader may see."""
    incident = found.subject
    if found.delivery.kind not in Delivery.OF_SITUATIONS:
        return [incident.pk]
    situation = Situation.objects.filter(parts__incident=incident.pk)
    theirs = Incident.objects.visible_to(found.delivery.recipient).filter(part__situation__in=situation)
    sent = found.delivery.sent_at or found.delivery.queued_at
    told = theirs.filter(opened_at__lte=sent, in_danger_now=False).order_by("pk").values_list("pk", flat=True)
    return sorted({incident.pk, *told})


@transaction.atomic
def acknowledge(incident_id: uuid.UUID, *, actor: User, anew: bool = False) -> Incident:
    """Acknowledge an incident, or the danger in one that was acknowledged before; nothing where both were.

    Asked to do it `anew`, it raises MoveNotAllowed there instead.
    """
    incident = hold(incident_id)
    if incident.status in escalate.UNANSWERED and not incident.merged_into_id:
        return review.move(incident_id, "acknowledge", actor=actor)
    if escalate.answer(incident, actor=actor):
        touch(incident)
        note(incident, "alert.answered", actor=actor)
    elif anew:
        raise MoveNotAllowed(_("Somebody has it already."))
    return incident
