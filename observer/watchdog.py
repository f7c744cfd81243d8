"""A worker that hears nothing connects anew.

Where Redis goes away in the middle of an acknowledgement, Celery's consumer may stay idle for ever on a line that is no
more, with all that waits before its eyes. The sweep sends a message every five seconds, so silence means a
dead line, or that other workers took them all; then connecting anew does no harm.
"""

import time
from typing import Any

from celery import bootsteps
from celery.signals import task_received
from celery.worker import state

# What is at work takes no messages meanwhile, and would be handed out again if its line were dropped.
SILENCE_S, SILENCE_AT_WORK_S = 15.0, 45.0
LOOK_EVERY_S = 3.0

_heard = {"at": 0.0}


@task_received.connect
def note_message(**_: Any) -> None:
    _heard["at"] = time.monotonic()


class Watchdog(bootsteps.StartStopStep):
    """Part of the consumer, so that it begins anew with each connection."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, parent: Any) -> None:
        _heard["at"] = time.monotonic()
        # Brokers without an event loop are asked in turn, and can't fall silent in this way.
        if parent.hub is not None:
            self.timer = parent.timer.call_repeatedly(LOOK_EVERY_S, look)

    def stop(self, parent: Any) -> None:
        if timer := getattr(self, "timer", None):
            timer.cancel()


def look() -> None:
    """Called inside the consumer's loop, where a lost connection is what makes it connect again."""
    silent = time.monotonic() - _heard["at"]
    if silent > (SILENCE_AT_WORK_S if state.active_requests else SILENCE_S):
        raise ConnectionResetError(f"nothing was heard from the broker for {silent:.0f} s")
