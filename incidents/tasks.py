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


@shared_task
def assess_report(assessment_id: str) -> None:
    for delivery_id in assess(int(assessment_id)):
        ring(send_delivery, delivery_id)


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
    for task, rows, first in (
        (send_delivery, Delivery.objects, "-incident__in_danger_now"),
        (assess_report, Assessment.objects, "-report__in_danger_now"),
        (prepare_evidence, Evidence.objects, "received_at"),
    ):
        waiting = rows.due().filter(next_try_at__lt=overdue).order_by(first, "next_try_at")
        for pk in waiting.values_list("pk", flat=True)[:SWEEP_LIMIT]:
            task.delay(str(pk))
            rung += 1
    return rung


class _Bell:
    """Publishes from a thread of its own, so that no request waits for a broker. What doesn't fit is left to the sweep."""

    def __init__(self) -> None:
        self._pending: queue.Queue[tuple[Any, tuple[Any, ...]]] = queue.Queue(maxsize=2_000)
        self._owner = 0
        self._lock = threading.Lock()

    def ring(self, task: Any, *ids: Any) -> None:
        self._ensure_thread()
        try:
            self._pending.put_nowait((task, ids))
        except queue.Full:
            log.warning("the broker is slow; the sweep will ring for %s", task.name)

    def _ensure_thread(self) -> None:
        with self._lock:
            if self._owner != os.getpid():
                self._owner = os.getpid()  # threads do not survive a fork
                threading.Thread(target=self._publish, name="bell", daemon=True).start()

    def _publish(self) -> None:
        while True:
            task, ids = self._pending.get()
            try:
                task.delay(*ids)
            except Exception as fault:
                log.warning("the broker did not take %s (%s); the sweep will ring", task.name, type(fault).__name__)


_bell = _Bell()


def ring(task: Any, row_id: Any) -> None:
    """Ask a worker to look at a row, soon and without waiting. Call after commit."""
    _bell.ring(task, str(row_id))
