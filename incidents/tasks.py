"""Bells: every Celery entry point. A task takes an id, claims the row, does the work and rings for what follows.

The rows are the ledger. A bell that is lost costs seconds, for the sweep rings again for whatever is overdue.
"""

import logging
import os
import queue
import threading
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from celery import current_app, shared_task
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils import timezone

from incidents.actions import check_in
from incidents.actions import publish as publishing
from incidents.actions.assess import assess
from incidents.actions.clear import clear
from incidents.actions.close_day import close_days
from incidents.actions.coarsen import plan_days
from incidents.actions.escalate import escalate
from incidents.actions.exact import take_back_all
from incidents.actions.fold import fold
from incidents.actions.hold_apart import is_urgent
from incidents.actions.prepare import prepare
from incidents.actions.settle_root import settle_root as settle
from incidents.actions.tidy import forget_expired
from incidents.actions.unheard import tell_of_unheard
from incidents.actions.watch import plant, watch
from incidents.models import (
    Assessment,
    CheckedSheet,
    CheckIn,
    Clearing,
    Delivery,
    Escalation,
    Evidence,
    Mark,
    MissionRoot,
    Publication,
    Report,
    Watch,
)
from incidents.models.statistics import renew_statistics
from incidents.notifications import outbox
from incidents.taxonomy import Held

log = logging.getLogger(__name__)

# A row this long overdue has lost its bell; younger ones are still on their way.
SWEEP_AFTER = timedelta(seconds=10)
SWEEP_LIMIT = 200
# Of a flood: few at a time, in a queue of their own, so that nobody's report stands behind them.
FLOOD_LIMIT = 100
# Batches of marks folded by one bell: a second or two, then it is somebody else's turn.
FOLDS = 20
FOLD_EXPIRES_S = 10
# Alerts have one too: in the queue of triage each would wait until all that came before it was triaged.
ORDINARY, URGENT, ALERTS, LATER = "celery", "urgent", "alerts", "later"


@shared_task
def assess_report(assessment_id: str) -> None:
    queued = assess(int(assessment_id))
    _ring_for_deliveries(queued)


def _ring_for_deliveries(queued: list[uuid.UUID]) -> None:
    if not queued:
        return
    for pk, kind in Delivery.objects.filter(pk__in=queued).order_by().values_list("pk", "kind"):
        ring(send_delivery, pk, urgent=kind in Delivery.URGENT)


@shared_task
def send_delivery(delivery_id: str) -> None:
    outbox.send(uuid.UUID(delivery_id))


@shared_task
def prepare_evidence(evidence_id: str) -> None:
    prepare(uuid.UUID(evidence_id))


@shared_task
def watch_mission(watch_id: str) -> None:
    _ring_for_deliveries(watch(int(watch_id)))


@shared_task
def escalate_answer(escalation_id: str) -> None:
    _ring_for_deliveries(escalate(int(escalation_id)))


@shared_task
def end_check_in(check_in_id: str) -> None:
    ring_urgently(check_in.fall_due(int(check_in_id)))


@shared_task
def clear_held(clearing_id: str) -> None:
    if clear(int(clearing_id)):
        ring(clear_held, clearing_id)


@shared_task
def renew_releases(publication_id: str) -> None:
    publishing.renew(int(publication_id))


@shared_task
def settle_root(root_id: str) -> None:
    _ring_for_deliveries(settle(int(root_id)))


@shared_task
def fold_marks() -> None:
    """Many hands would be in each other's way: there is one folder, and who comes second leaves."""
    for _ in range(FOLDS):
        if not fold():
            break


@shared_task
def sweep() -> int:
    """Ring for every row that is overdue; danger and deliveries first, floods after all others."""
    overdue = timezone.now() - SWEEP_AFTER
    plant()
    renew_statistics()
    close_days()
    if Mark.objects.exists():
        # Nothing waits for it, and the next sweep rings again: one that is late need not come.
        fold_marks.apply_async(queue=ORDINARY, expires=FOLD_EXPIRES_S)
    CheckedSheet.objects.discard_old()
    _ring_for_deliveries(outbox.tell_of_failed() + tell_of_unheard())
    rung = _sweep_the_rest(overdue)
    free = {name: room(name) for name in (URGENT, ALERTS, ORDINARY, LATER)}
    for task, rows, about, always in (
        (send_delivery, Delivery.objects, "incident", Q(kind__in=Delivery.URGENT)),
        (assess_report, Assessment.objects, "report__incident", Q()),
        (prepare_evidence, Evidence.objects, "report__incident", Q()),
    ):
        # An alarm has no incident, and what is unknown is neither true nor false.
        there = Q(**{f"{about}__isnull": False})
        flooded = Q(**{f"{about}__held": Held.FLOOD}) & there
        urgent = (Q(**{f"{about}__in_danger_now": True}) & there & ~flooded) | always
        late = rows.due().filter(next_try_at__lt=overdue)
        waiting = late.annotate(
            urgent=ExpressionWrapper(urgent, BooleanField()), flooded=ExpressionWrapper(flooded, BooleanField())
        )
        rung += _ring_all(task, waiting.filter(flooded=False).order_by("-urgent", "next_try_at"), free)
        later = waiting.filter(flooded=True).order_by("next_try_at").values_list("pk", flat=True)
        for pk in later[: min(FLOOD_LIMIT, max(0, free[LATER]))]:
            publish(task, str(pk), False, later=True)
            free[LATER] -= 1
            rung += 1
    # Last, for no alert must wait for it, nor be lost where a day can't be planned.
    take_back_all()
    plan_days()
    return rung


@shared_task
def tidy() -> None:
    """Once an hour: forget what has run out of sessions and of failed sign-ins."""
    forget_expired()


def _ring_all(task: Any, rows: Any, free: dict[str, int]) -> int:
    rung = 0
    for pk, urgent in rows.values_list("pk", "urgent")[:SWEEP_LIMIT]:
        where = _queue_of(task, urgent)
        if free[where] > 0:
            publish(task, str(pk), urgent)
            free[where] -= 1
            rung += 1
    return rung


def room(name: str) -> int:
    """How many bells more the sweep may put into a queue. Those that wait there are for rows that are overdue as well:
    to ring for them again and again would keep workers busy with what is already done.
    """
    try:
        with current_app.connection_for_read() as line:
            channel: Any = line.default_channel
            waiting: int = channel.queue_declare(name, passive=True).message_count
    except Exception:  # there is no such queue yet, or it can't be asked
        waiting = 0
    return SWEEP_LIMIT - waiting


def _sweep_the_rest(overdue: datetime) -> int:
    rung = 0
    rest: tuple[tuple[Any, Any, datetime], ...] = (
        # Nobody has rung for a deadline or an agreed time: it is due when it has come.
        (end_check_in, CheckIn.objects, timezone.now()),
        (escalate_answer, Escalation.objects, timezone.now()),
        (watch_mission, Watch.objects, overdue),
        (clear_held, Clearing.objects, overdue),
        (settle_root, MissionRoot.objects, timezone.now()),
        (renew_releases, Publication.objects, timezone.now()),
    )
    for task, rows, late in rest:
        for pk in rows.due().filter(next_try_at__lte=late).values_list("pk", flat=True)[:SWEEP_LIMIT]:
            publish(task, str(pk), task in (end_check_in, escalate_answer))
            rung += 1
    return rung


def publish(task: Any, row_id: str, urgent: bool, *, later: bool = False) -> None:
    """Hand a task to the broker, waiting for it. Raises the broker's own errors."""
    task.apply_async((row_id,), queue=LATER if later else _queue_of(task, urgent))


def _queue_of(task: Any, urgent: bool) -> str:
    usual = ALERTS if task is send_delivery else ORDINARY
    return URGENT if urgent else usual


class _Bell:
    """Publishes from a thread of its own, so that no request waits for a broker; what doesn't fit is the sweep's."""

    def __init__(self) -> None:
        self._pending: queue.Queue[tuple[Any, str, bool]] = queue.Queue(maxsize=2_000)
        self._owner = 0
        self._lock = threading.Lock()

    def ring(self, task: Any, row_id: str, urgent: bool) -> None:
        self._ensure_thread()
        try:
            self._pending.put_nowait((task, row_id, urgent))
        except queue.Full:
            log.warning("the broker is slow; the sweep will ring for %s", task.name)

    def _ensure_thread(self) -> None:
        with self._lock:
            if self._owner != os.getpid():
                self._owner = os.getpid()  # threads do not survive a fork
                threading.Thread(target=self._publish, name="bell", daemon=True).start()

    def _publish(self) -> None:
        while True:
            task, row_id, urgent = self._pending.get()
            try:
                publish(task, row_id, urgent)
            except Exception as fault:
                log.warning("the broker did not take %s (%s); the sweep will ring", task.name, type(fault).__name__)


_bell = _Bell()


def ring(task: Any, row_id: Any, *, urgent: bool = False) -> None:
    """Ask a worker to look at a row, soon and without waiting. Call after commit.

    Workers take from the queues in turn, so that somebody in danger never waits behind a backlog.
    """
    _bell.ring(task, str(row_id), urgent)


def ring_urgently(deliveries: Iterable[uuid.UUID]) -> None:
    """Ask for what was queued about somebody in danger to be sent."""
    for pk in deliveries:
        ring(send_delivery, pk, urgent=True)


def ring_for(report: Report, *, danger: bool) -> None:
    """Ask for the triage of a report that has just come in; a flood is left to the sweep, which takes it last."""
    urgent = danger and is_urgent(report)
    if urgent or report.incident.held != Held.FLOOD:
        ring(assess_report, report.assessment.pk, urgent=urgent)


def ring_for_file(evidence: Evidence) -> None:
    if evidence.report.incident.held != Held.FLOOD:
        ring(prepare_evidence, evidence.pk)
