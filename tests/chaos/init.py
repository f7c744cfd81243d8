"""The first process of a machine, in small: it starts programs, starts them again when they end, and kills some.

SIGKILL goes by the process ids that we started, and those of their children, and to nobody else.
"""

import contextlib
import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.services import stop

# Before it is started again, so that what can't start yet does not use the processor up.
PAUSE_S = 1.0


class Init:
    def __init__(self) -> None:
        self.launchers: dict[str, Callable[[], subprocess.Popen]] = {}
        self.running: dict[str, subprocess.Popen] = {}
        self.held: set[str] = set()
        self.groups: set[str] = set()
        self.restarts: Counter[str] = Counter()
        self.kills: Counter[str] = Counter()
        self.last_kill = time.time()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._tend, daemon=True)

    def adopt(
        self, name: str, launcher: Callable[[], subprocess.Popen], process: subprocess.Popen | None = None
    ) -> None:
        """Tend a program that runs, or start one, as the leader of a group of its own."""
        if process is None:
            process = launcher()
            self.groups.add(name)
        self.running[name], self.launchers[name] = process, launcher

    def watch(self) -> None:
        self._thread.start()

    def _tend(self) -> None:
        ended: dict[str, float] = {}
        while not self._over.wait(0.1):
            for name, process in list(self.running.items()):
                if process.poll() is None or name in self.held:
                    ended.pop(name, None)
                elif time.monotonic() - ended.setdefault(name, time.monotonic()) >= PAUSE_S:
                    self._clear(name, process.pid)
                    self.running[name] = self.launchers[name]()
                    self.restarts[name] += 1

    def _clear(self, name: str, pid: int) -> None:
        """As service managers do: what is left of a program ends before it starts again."""
        if name in self.groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)

    def kill(self, name: str, chance: random.Random | None = None) -> bool:
        """SIGKILL to a program, or with a `chance` to one of its children; False where there is none just now."""
        process = self.running[name]
        pid = process.pid if process.poll() is None else 0
        if chance:
            pid = chance.choice(children(pid) or [0])
        if not pid:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.last_kill = time.time()
            self.kills[f"{name}'s child" if chance else name] += 1
            return True
        return False

    def hold(self, name: str) -> None:
        """Kill it, and leave it dead until it is released."""
        self.held.add(name)
        self.running[name].kill()

    def release(self, name: str) -> None:
        self.held.discard(name)

    def freeze(self, name: str) -> None:
        self.running[name].send_signal(signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        self.running[name].send_signal(signal.SIGCONT)

    def end(self) -> None:
        """End all, those first that were adopted last."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        for name in reversed(self.running):
            with contextlib.suppress(ProcessLookupError):
                self.thaw(name)
            stop(self.running[name])


def children(pid: int) -> list[int]:
    return sorted(child for child, parent in _parents().items() if parent == pid and pid)


def processor_s(pid: int) -> float:
    """What a program and its children have used of the processor, in seconds: a figure that load beside it spares."""
    total = 0.0
    for one in (pid, *children(pid)):
        with contextlib.suppress(OSError):
            # Of itself, and of children that have ended.
            used = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()[11:15]
            total += sum(map(int, used)) / os.sysconf("SC_CLK_TCK")
    return total


def _parents() -> dict[int, int]:
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name stands in brackets and may hold anything.
            found[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    return found


def end_leftovers(marker: str) -> list[int]:
    """SIGKILL to whatever still runs with `marker` in its environment: children whose parent we have killed."""
    left = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if marker.encode() in path.read_bytes().split(b"\0"):
                left.append(int(path.parent.name))
                os.kill(left[-1], signal.SIGKILL)
    return left
