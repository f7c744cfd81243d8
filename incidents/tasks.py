"""Bells: every Celery entry point. A task takes an id, claims the row, does the work and rings for what follows.

The rows are the ledger. A bell that is lost costs seconds, for the sweep rings again for whatever is overdue.
"""

import logging
import os
import queue
import threading
import uuid
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone

from incidents.actions.assess import assess
from incidents.actions.prepare import prepare
from incidents.models import Assessment, Delivery, Evidence
from incidents.notifications import outbox

log = logging.getLogger(__name__)

# A row this long overdue has lost its bell; younger ones are still on their way.
SWEEP_AFTER = timedelta(seconds=10)
SWEEP_LIMIT = 200
ORDINARY, URGENT = "celery", "urgent"


@shared_task
def assess_report(assessment_id: str) -> None:
    queued = assess(int(assessment_id))
    for delivery in Delivery.objects.filter(pk__in=queued):
        ring(send_delivery, delivery.pk, urgent=delivery.kind == Delivery.Kind.DANGER)


@shared_task
def send_delivery(delivery_id: str) -> None:
    outbox.send(uuid.UUID(delivery_id))


@shared_task
def prepare_evidence(evidence_id: str) -> None:
    prepare(uuid.UUID(evidence_id))


@shared_task
def sweep() -> int:
    """Ring for every row that is overdue; danger and deliveries first."""
    overdue = timezone.now() - SWEEP_AFTER
    rung = 0
    for task, rows, danger in (
        (send_delivery, Delivery.objects, "incident__in_danger_now"),
        (assess_report, Assessment.objects, "report__in_danger_now"),
        (prepare_evidence, Evidence.objects, "report__in_danger_now"),
    ):
        waiting = rows.due().filter(next_try_at__lt=overdue).order_by(f"-{danger}", "next_try_at")
        for pk, urgent in waiting.values_list("pk", danger)[:SWEEP_LIMIT]:
            publish(task, str(pk), urgent)
            rung += 1
    return rung


def publish(task: Any, row_id: str, urgent: bool) -> None:
    """Hand a task to the broker, waiting for it. Raises the broker's own errors."""
    task.apply_async((row_id,), queue=URGENT if urgent else ORDINARY)


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

    Workers take from both queues in turn, so that somebody in danger never waits behind a backlog.
    """
    _bell.ring(task, str(row_id), urgent)
