"""The worker's children where the broker is the embedded one: they share a queue, and one that dies must not lock it.

billiard's pool guards that queue by semaphores. A child waits for work with one in its hand; killed then, by whoever is
short of memory, it takes it to the grave, and the others wait for ever beside work that is due. Locks of the file
system end with the process that held them. With Redis and RabbitMQ each child has a line of its own, and no lock.
"""

import fcntl
import tempfile
from typing import Any

from billiard.pool import Pool
from celery.concurrency.prefork import TaskPool


class Lock:
    """Held by one process at a time; the kernel lets go of it for one that has died."""

    def __init__(self) -> None:
        # No name: whoever else opened and closed this file would end our locks on it.
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - open for as long as the pool is

    def acquire(self) -> bool:
        fcntl.lockf(self._file, fcntl.LOCK_EX)
        return True

    def release(self) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN)

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


class SurvivingPool(Pool):
    def _setup_queues(self) -> None:
        super()._setup_queues()  # type: ignore[misc]
        # Children read from the one and write to the other; our own process does so alone.
        ours: Any = self
        ours._inqueue._rlock, ours._outqueue._wlock = Lock(), Lock()


def install() -> None:
    TaskPool.BlockingPool = SurvivingPool
