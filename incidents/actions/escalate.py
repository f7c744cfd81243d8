"""The clock of an answer: started with the first alert, stopped by a person, and passed on for as long as nobody does.

At the deadline the next person hears, and whoever was told hears over a second channel; at the next one the whole desk
does, over every channel, again and again. A clock that nobody has to wind: it is a row of work like all others.
"""

import logging
import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from incidents.actions.record import hold, note
from incidents.models import Alarm, Delivery, Escalation, Incident, Part, Report, User
from incidents.models.work import ClaimLost, Work
from incidents.notifications import audience, outbox
from incidents.notifications.audience import Line, Subject
from incidents.roles import Role
from incidents.workflow import Status

log = logging.getLogger(__name__)

# What lies farther back comes from an archive, and nobody waits for an answer to it; a phone's report always asks.
OF_TODAY = timedelta(hours=24)
MOST_WAIT = timedelta(minutes=60)
UNANSWERED = (Status.RECEIVED, Status.TRIAGED)
NEXT_PERSON, WHOLE_DESK = 1, 2


def start(subject: Subject, *, again: bool = False) -> None:
    """Start the clock, or make it shorter where it has become graver. Call inside the transaction that tells.

    `again` starts one anew that was answered: the danger is a new one.
    """
    now = timezone.now()
    if not asks(subject) or not _is_of_today(subject, now):
        return
    within = _within(subject)
    row = Escalation(**_of(subject), deadline=now + within, next_try_at=now + within)
    Escalation.objects.bulk_create([row], ignore_conflicts=True)
    running = Escalation.objects.filter(**_of(subject), step=0)
    running.unanswered().filter(deadline__gt=row.deadline).update(deadline=row.deadline, next_try_at=row.deadline)
    if again:
        fresh = {"step": 0, "started_at": now, "deadline": row.deadline, "next_try_at": row.deadline, "attempts": 0}
        answered = Escalation.objects.filter(**_of(subject), state=Work.State.DONE)
        answered.update(state=Work.State.PENDING, answered_at=None, answered_by=None, **fresh)


def asks(subject: Subject) -> bool:
    """Whether a person must still answer for it."""
    if isinstance(subject, Alarm):
        return subject.is_open and subject.acknowledged_at is None
    if subject.merged_into_id or not (subject.is_open or subject.in_danger_now):
        return False
    if subject.held and not subject.in_danger_now:
        return False
    return subject.status in UNANSWERED or subject.in_danger_now


def _is_of_today(subject: Subject, now: datetime) -> bool:
    """Whether somebody waits for an answer: not for a report from an archive, but for a phone's late one."""
    if isinstance(subject, Alarm):
        return True
    if subject.opened_at <= now - OF_TODAY:
        return False
    if (subject.occurred_at or subject.opened_at) > now - OF_TODAY:
        return True
    return subject.reports.exclude(channel=Report.Channel.IMPORT).exists()


def answer(subject: Subject, *, actor: User) -> bool:
    """Stop the clock: a person has it. Call inside a transaction that holds it; False where it had stopped.

    A worker that is just passing it on loses its claim, and what it was about to write with it.
    """
    now = timezone.now()
    running = Escalation.objects.filter(**_of(subject)).unanswered()
    stopped = running.update(state=Work.State.DONE, answered_at=now, answered_by=actor, lease_until=None)
    _told(subject).filter(recipient=actor, acknowledged_at=None).update(acknowledged_at=now)
    return bool(stopped)


def resume(subject: Subject, *, answered_by: User | None) -> None:
    """Let it run on, as if this person had not answered: by the deadline that stood. Call where the subject is held."""
    stopped = Escalation.objects.filter(**_of(subject), state=Work.State.DONE, answered_by=answered_by).first()
    if stopped is None or stopped.answered_at is None or not asks(subject):
        return
    _told(subject).filter(acknowledged_at=stopped.answered_at).update(acknowledged_at=None)
    running = {"state": Work.State.PENDING, "answered_at": None, "answered_by": None, "attempts": 0}
    Escalation.objects.filter(pk=stopped.pk).update(**running)


def stop(subject: Subject) -> None:
    """Nobody needs to answer any more. Call inside a transaction."""
    running = Escalation.objects.filter(**_of(subject)).unanswered()
    running.update(state=Work.State.DONE, lease_until=None)


def escalate(escalation_id: int) -> list[uuid.UUID]:
    """Pass on what nobody has answered, if it is due. Returns the deliveries queued."""
    row: Escalation | None = Escalation.objects.claim(escalation_id)
    if row is None:
        return []
    try:
        with transaction.atomic():
            return _pass_on(row)
    except ClaimLost:  # answered meanwhile
        return []
    except Exception as fault:
        log.error("escalation %s failed", row.pk, exc_info=True)
        row.put_off(type(fault).__name__)
        return []


def _pass_on(row: Escalation) -> list[uuid.UUID]:
    subject = _held(row)
    now = timezone.now()
    if not asks(subject):
        row.finish()
        return []
    if subject.mission.is_closed:  # nobody can answer now; whatever waits is passed on once it is open again
        row.rest(row.step, MOST_WAIT)
        return []
    wait = _within(subject)
    step = row.step + 1
    lines = _to_the_next(subject, now) if step == NEXT_PERSON else []
    if not lines:
        step = max(step, WHOLE_DESK)
        people = audience.desk(subject)
        lines = audience.lines(subject, people, kind=Delivery.Kind.OVERDUE, now=now, every_channel=True)
    queued = outbox.write(subject, Delivery.Kind.OVERDUE, _unfolded(subject, lines, now - wait), round=step)
    if isinstance(subject, Incident):
        note(
            subject,
            "alert.escalated",
            actor=None,
            step=min(step, WHOLE_DESK),
            people=len({one.person for one in lines}),
        )
    row.rest(step, min(max(wait, MOST_WAIT), wait * 2 ** max(0, min(step, 12) - WHOLE_DESK)))
    return queued


def _held(row: Escalation) -> Subject:
    if row.incident_id:
        return hold(row.incident_id)
    return Alarm.objects.select_for_update(of=("self",), no_key=True).select_related("mission").get(escalation=row)


def _to_the_next(subject: Subject, now: datetime) -> list[Line]:
    """One more person, and every further channel of those who were told."""
    told = set(_told(subject).order_by().values_list("recipient", "channel"))
    knowing = {recipient for recipient, _channel in told}
    desk = audience.desk(subject)
    turns = audience.on_call(subject.mission)

    def place(person: User) -> tuple[int, bool, int]:
        turn = turns.index(person.pk) if person.pk in turns else len(turns)
        return turn, person.role != Role.COORDINATOR, person.pk

    fresh = sorted((person for person in desk if person.pk not in knowing), key=place)[:1]
    asked = [person for person in desk if person.pk in knowing]
    further = audience.lines(subject, asked, kind=Delivery.Kind.OVERDUE, now=now, awake=turns, every_channel=True)
    further = [line for line in further if (line.person.pk, line.channel) not in told]
    return audience.lines(subject, fresh, kind=Delivery.Kind.OVERDUE, now=now, awake=turns) + further


def _unfolded(subject: Subject, lines: list[Line], since: datetime) -> list[Line]:
    """Not to whoever has just been told that the same developing situation waits for an answer; danger always."""
    if isinstance(subject, Alarm) or subject.in_danger_now:
        return lines
    part = Part.objects.filter(incident=subject).first()
    if part is None:
        return lines
    fellows = Part.objects.filter(situation=part.situation_id).exclude(incident=subject).values("incident")
    late = Delivery.objects.filter(incident__in=fellows, kind=Delivery.Kind.OVERDUE, queued_at__gt=since)
    told = set(late.values_list("recipient", "channel"))
    return [line for line in lines if (line.person.pk, line.channel) not in told]


def _within(subject: Subject) -> timedelta:
    if isinstance(subject, Alarm):
        return subject.mission.answer_within("", danger=True)
    return subject.mission.answer_within(subject.severity, danger=subject.in_danger_now)


def _of(subject: Subject) -> dict[str, Subject]:
    return {"alarm": subject} if isinstance(subject, Alarm) else {"incident": subject}


def _told(subject: Subject) -> "QuerySet[Delivery]":
    if isinstance(subject, Alarm):
        return Delivery.objects.filter(alarm=subject)
    return Delivery.objects.filter(Q(incident=subject) | Q(incident__in=Incident.objects.absorbed_by([subject])))
