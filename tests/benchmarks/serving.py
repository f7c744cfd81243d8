"""What benchmarks that ask over HTTP share: one worker of the real web server, what it takes of a machine, a client."""

import contextlib
import http.client
import os
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.services import wait_until

# As much as the line has is taken at once, and only looked at where it ends.
ROOM = 1 << 20
HEAD_END = b"\r\n\r\n"


def load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def calm(patience: float, below: float = 0.5) -> None:
    """Wait until the machine is idle, for so many seconds at most, and tell what it was like then."""
    end = time.monotonic() + patience
    while os.getloadavg()[0] >= below and time.monotonic() < end:
        time.sleep(1)
    print(f"  measured from a load of {load()} on", flush=True)


def serve(port: int, application: str = "observer.wsgi") -> subprocess.Popen:
    """The web server as the Procfile starts it, with one worker, on the database of this process."""
    from django.db import connection

    from tests.stack import ROOT, procfile

    *command, _ours = procfile()["web"]
    # What Django was told by the environment, for the tests' own database is not among it.
    environment = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port), "SITE_URL": f"http://127.0.0.1:{port}"}
    connection.close()
    web = subprocess.Popen([*command, application], cwd=ROOT, env={**environment, "WEB_WORKERS": "1"})
    wait_until(lambda: answers(port), what="the web server")
    return web


def answers(port: int, path: str = "/healthz") -> bool:
    with contextlib.suppress(OSError, http.client.HTTPException):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        line.request("GET", path)
        return line.getresponse().status == 200
    return False


@dataclass(frozen=True)
class Taken:
    """Seconds until the first byte and until the last, and how many there were, the head included."""

    first_s: float
    seconds: float
    size: int


def take(port: int, path: str, *headers: str) -> Taken:
    """By a bare socket that looks at nothing between head and end, so that it is not the client that is measured."""
    lines = (f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close", *headers)
    asked = "".join(f"{line}\r\n" for line in (*lines, ""))
    room = bytearray(ROOM)
    begun = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=300) as line:
        line.sendall(asked.encode())
        size = got = line.recv_into(room)
        first = time.perf_counter()
        head = bytes(room[:got]).partition(HEAD_END)[0].lower()
        assert head.startswith(b"http/1.1 200 "), (path, bytes(room[:200]))
        end = bytes(room[:got])[-len(HEAD_END) :]
        while got := line.recv_into(room):
            size += got
            end = (end + bytes(room[max(0, got - len(HEAD_END)) : got]))[-len(HEAD_END) :]
        seconds = time.perf_counter() - begun
    assert b"content-length:" in head or end == HEAD_END, f"{path} was cut off"
    return Taken(first - begun, seconds, size)


def children(roots) -> set[int]:
    """These processes and their children, by id."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    return {pid for pid, parent in parents.items() if pid in roots or parent in roots}


def worked(roots) -> float:
    """Milliseconds that processes and their children have been running: on a busy machine the clock says less."""
    nanoseconds = 0
    for pid in children(roots):
        for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with contextlib.suppress(OSError):
                nanoseconds += int(thread.read_text().split()[0])
    return nanoseconds / 1e6


class Memory:
    """What the one worker of a web server holds, in MB: now, and at its highest since this was made."""

    def __init__(self, web: int) -> None:
        (self._worker,) = children({web}) - {web}
        Path(f"/proc/{self._worker}/clear_refs").write_text("5")
        self.before = self.now

    @property
    def now(self) -> float:
        return self._told("VmRSS")

    @property
    def peak(self) -> float:
        return self._told("VmHWM")

    def _told(self, name: str) -> float:
        lines = Path(f"/proc/{self._worker}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1_024
