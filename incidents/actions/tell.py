"""Who is told what triage found: of danger, of something new, as part of a situation, or of a flood.

Called by triage, inside its transaction; asked again whenever it is repeated, for what was told is told once.
"""

import uuid

from incidents.actions import escalate, hold_apart, situate
from incidents.actions.record import note
from incidents.models import Delivery, Incident
from incidents.notifications import audience, outbox
from incidents.notifications.audience import Line
from incidents.taxonomy import Held

TOLD_EVENTS = ("nobody.told", "situation.joined")
OF_NEW = (Delivery.Kind.NEW_INCIDENT, Delivery.Kind.SITUATION)


def is_news(incident: Incident, *, moved: bool) -> bool:
    """Whether there is something to tell after triage was repeated: newly let in, newly in danger, or elsewhere.

    Who joined the mission since hears of what is new, not of everything that is triaged again.
    """
    if not (incident.is_open or incident.in_danger_now):
        return False
    if incident.held == Held.FLOOD:
        return hold_apart.is_untold(incident)
    return moved or not _is_told(incident)


def _is_told(incident: Incident) -> bool:
    if incident.in_danger_now:
        return incident.deliveries.filter(kind=Delivery.Kind.DANGER).exists()
    joined = incident.timeline.filter(event="situation.joined")
    return incident.deliveries.filter(kind__in=OF_NEW).exists() or joined.exists()


def hearing_of(incident: Incident) -> list[Line]:
    """Those who hear of it as of something new; of danger and of what is held apart others decide."""
    return [] if incident.held or incident.in_danger_now else audience.hearing(incident, Delivery.Kind.NEW_INCIDENT)


def tell(incident: Incident, situation: int | None, hearing: list[Line]) -> list[uuid.UUID]:
    """Queue what is to be told; that there is nobody to tell is written down."""
    if incident.held == Held.FLOOD:
        return hold_apart.warn(incident)
    if incident.held and not incident.in_danger_now:
        return []  # whoever holds a revoked phone must not ring the whole desk; danger is told all the same
    danger = incident.in_danger_now
    queued = outbox.queue(incident, Delivery.Kind.DANGER) if danger else _tell_of_new(incident, situation, hearing)
    escalate.start(incident, again=danger and bool(queued))
    told = queued or incident.deliveries.exists() or incident.timeline.filter(event__in=TOLD_EVENTS).exists()
    if not told:
        note(incident, "nobody.told", actor=None)
    return queued


def _tell_of_new(incident: Incident, situation: int | None, hearing: list[Line]) -> list[uuid.UUID]:
    """As an incident of its own, or as part of a situation; whoever knows of the situation already sees it count up.

    Who was told of it in one of these ways is told in no other, however often it is triaged.
    """
    told = set(incident.deliveries.filter(kind__in=OF_NEW).order_by().values_list("recipient", flat=True))
    people = {line.person.pk: line.person for line in hearing if line.person.pk not in told}
    kinds = {person.pk: kind for person, kind in situate.kinds(incident, situation, list(people.values()))}
    queued: list[uuid.UUID] = []
    if None in kinds.values():
        situate.note_joined(incident)
        for pk in [pk for pk, kind in kinds.items() if kind is None]:
            queued += situate.fold(incident, people[pk])
    for kind in sorted({kind for kind in kinds.values() if kind}):
        queued += outbox.write(incident, kind, [line for line in hearing if kinds.get(line.person.pk) == kind])
    return queued
