"""A question from the desk and its answer: asked, seen on the phone, answered, read at the desk.

Each once, however often it is sent, with a line in the timeline that holds none of the words.
"""

import uuid
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.actions import duress
from incidents.actions.record import hold, hold_filed, note
from incidents.models import Delivery, Device, Incident, Question, Reply, Report, User
from incidents.notifications import audience, outbox
from incidents.roles import Action
from incidents.seals.bound import bound
from incidents.taxonomy import Held
from incidents.workflow import MoveNotAllowed


@dataclass(frozen=True)
class Answered:
    """The reply as it is stored, and the deliveries that tell of it; none where it was known."""

    reply: Reply
    queued: list[uuid.UUID] = field(default_factory=list)


@transaction.atomic
def ask(report: Report, *, actor: User, question_id: uuid.UUID, phrase: str = "", text: str = "") -> Question:
    """Put a question to whoever filed the report. The same again is the same. Raises MoveNotAllowed."""
    incident = hold_filed(report)
    if not actor.may(Action.HANDLE_INCIDENT) or not audience.may_see(actor, incident):
        raise MoveNotAllowed(_("This report is no longer yours to ask about. Reload the page to see where it stands."))
    if report.reporter is None:
        raise MoveNotAllowed(_("Nobody can be asked: this report came without a monitor."))
    text = text.strip()
    if not (text or phrase):
        raise MoveNotAllowed(_("Choose a question or write one."))
    known: Question | None = Question.objects.filter(pk=question_id).first()
    if known and (known.report_id, known.phrase, known.text) != (report.pk, phrase, text):
        question_id = _own_id(question_id, report.pk, phrase + text)
        known = Question.objects.filter(pk=question_id).first()
    if known:
        return known
    question: Question = Question.objects.create(id=question_id, report=report, author=actor, phrase=phrase, text=text)
    note(incident, "question.asked", actor=actor, report=report.reference, bound=bound(question))
    return question


@transaction.atomic
def seen(report: Report, *, monitor: User) -> int:
    """The monitor's phone shows what is asked about a report; returns how many it had not shown before."""
    new = Question.objects.waiting_for(monitor).filter(report=report, seen_at=None)
    if not new.exists():
        return 0
    incident = hold_filed(report)
    shown: int = new.update(seen_at=timezone.now())
    if shown:
        note(incident, "question.seen", actor=monitor, report=report.reference)
    return shown


@transaction.atomic
def reply(question: Question, *, reply_id: uuid.UUID, text: str, monitor: User, device: Device | None) -> Answered:
    """Keep the monitor's answer once and tell who asked. Another text under a known id is kept beside the first.

    What a revoked phone sends is kept apart: it tells nobody, and the question stays open.
    """
    incident = hold_filed(question.report)
    known = Reply.objects.filter(pk=reply_id).first()
    if known and (known.question_id, known.text) != (question.pk, text):
        reply_id = _own_id(reply_id, question.pk, text)
        known = Reply.objects.filter(pk=reply_id).first()
    if known:
        return Answered(known)
    revoked = device is not None and device.revoked_at is not None
    held = Held.REVOKED_DEVICE.value if revoked else ""
    new: Reply = Reply.objects.create(id=reply_id, question=question, device=device, text=text, held=held)
    note(incident, "question.answered", actor=monitor, report=question.report.reference, bound=bound(new))
    # Whatever phone it came from; what the phone is shown, and how soon, is the same.
    queued = duress.heed_alike(monitor, question.report.mission, text)
    if not held:
        queued += _tell(incident, question)
    return Answered(new, queued)


@transaction.atomic
def read(incident_id: uuid.UUID, *, actor: User) -> int:
    """A person at the desk has the answers before them; returns how many were new."""
    new = Reply.objects.filter(question__report__incident=incident_id, read_at=None)
    if not new.exists():
        return 0
    incident = hold(incident_id)
    if incident.mission.is_read_only:
        return 0
    references = sorted(set(new.values_list("question__report__reference", flat=True)))
    count: int = new.update(read_at=timezone.now())
    for reference in references if count else ():
        note(incident, "reply.read", actor=actor, report=reference)
    return count


def _own_id(given: uuid.UUID, about: uuid.UUID, text: str) -> uuid.UUID:
    """An id for what came under one that is taken: always the same for the same."""
    return uuid.uuid5(given, f"{about} {text}")


def _tell(incident: Incident, question: Question) -> list[uuid.UUID]:
    """Who asked and whom it is assigned to, as far as they may see it and can be reached; else whoever else hears."""
    wanting = {person.pk: person for person in (question.author, incident.assigned_to) if person}
    to = [one for one in wanting.values() if audience.may_see(one, incident) and audience.channels(one)]
    told = Delivery.objects.filter(incident=incident, kind=Delivery.Kind.REPLY)
    latest = told.aggregate(latest=Max("round"))["latest"]
    return outbox.queue(incident, Delivery.Kind.REPLY, to or None, round=0 if latest is None else latest + 1)
