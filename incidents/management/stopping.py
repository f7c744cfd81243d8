"""Stopping a long command with Ctrl-C at the end of a row, so that what was told is stored."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# What a shell says of a program that was stopped by Ctrl-C.
INTERRUPTED = 130


@contextmanager
def interruptible() -> Iterator[list[int]]:
    """Fills the list when somebody presses Ctrl-C, so that the row at hand is finished; a second press ends it."""
    pressed: list[int] = []

    def note(number: int, _frame: Any) -> None:
        if pressed:
            raise KeyboardInterrupt
        pressed.append(number)

    if threading.current_thread() is not threading.main_thread():
        yield pressed  # only the main thread hears of signals
        return
    before = signal.signal(signal.SIGINT, note)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)
