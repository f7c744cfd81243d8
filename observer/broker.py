"""The embedded broker: kombu's filesystem transport, made whole.

As it comes, a message can be read while it is still being written, and the worker dies of the half that it found. Here
a message appears under its name only when it is complete, is taken by one rename, and one that can't be read is left
out: the row it would have rung for is found by the sweep.
"""

import logging
import os
import time
import uuid
from collections import deque
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps, loads

log = logging.getLogger(__name__)


# Between two looks into the folder: with thousands of messages in it, each look costs as much as the work.
LOOK_EVERY_S = 0.02


class Channel(filesystem.Channel):
    _listed: dict[str, deque[str]] = {}
    _looked_at = 0.0

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        folder = Path(self.data_folder_out)
        # The name sorts by time; while it is being written it belongs to no queue.
        name = f"{time.time_ns()}_{uuid.uuid4()}"
        try:
            partial = folder / f"{name}.part"
            partial.write_text(dumps(payload), encoding="utf-8")
            partial.rename(folder / f"{name}.{queue}.msg")
        except OSError as fault:
            raise ChannelError(f"Cannot add a message to {folder}") from fault

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        folder = Path(self.data_folder_in)
        if not self._listed.get(queue) and time.monotonic() - self._looked_at >= LOOK_EVERY_S:
            self._look(folder)
        waiting = self._listed.get(queue, deque())
        while waiting:
            if (payload := _take(folder / waiting.popleft())) is not None:
                return payload
        raise Empty

    def _look(self, folder: Path) -> None:
        """Sort what lies in the folder by queue, oldest first; a name that another worker takes is passed over."""
        self._listed = {}
        for name in sorted(os.listdir(folder)):
            _, _, rest = name.partition(".")
            if rest.endswith(".msg"):
                self._listed.setdefault(rest.removesuffix(".msg"), deque()).append(name)
        self._looked_at = time.monotonic()


def _take(path: Path) -> Any:
    """The message, now ours alone; None if another worker took it or nobody can read it."""
    ours = path.with_suffix(".taken")
    try:
        path.rename(ours)
        content = ours.read_bytes()
        ours.unlink()
        return loads(content)
    except FileNotFoundError:
        return None
    except ValueError:
        log.warning("an unreadable message was left out of the queue; the sweep will ring for its row")
        return None


class Transport(filesystem.Transport):
    Channel = Channel


def install() -> None:
    """Make `filesystem://` mean this transport."""
    TRANSPORT_ALIASES["filesystem"] = "observer.broker:Transport"
