"""The whole product with all it stands on, as processes: database, broker, web server, worker, beat, a mail server.

In one of two forms: PostgreSQL with Redis, or the embedded SQLite with the filesystem broker. Everything lies on a disk
of its own that can be filled; whatever ends is started again. Knows nothing of what is filed.
"""

import contextlib
import random
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import redis

from tests import flood
from tests.chaos.disk import Disk
from tests.chaos.init import Init, children, end_leftovers, processor_s
from tests.chaos.sink import Sink
from tests.services import PostgresCluster, Redis, wait_until
from tests.stack import Stack, build_in

# What is filed here is no flood and no situation, and no deadline passes meanwhile: each report is told for itself.
LIMITS = (
    "Mission.objects.update(flood_reports=10000,situation_metres=50,situation_monitors=100,"
    "answer_critical=1440,answer_major=1440,answer_moderate=1440,answer_minor=1440)\n"
)
PRODUCT = ("web", "worker", "beat")


@dataclass
class World:
    stack: Stack
    disk: Disk
    sink: Sink
    secrets: list[str]
    cluster: PostgresCluster | None = None
    redis: Redis | None = None
    init: Init = field(default_factory=Init)
    before: set[str] = field(default_factory=set)

    @property
    def victims(self) -> list[tuple[str, bool]]:
        """Programs that can be killed, and whether it is one of their children that is."""
        found = [("web", False), ("web", True), ("worker", False), ("worker", True), ("beat", False)]
        return found + ([("redis", False), ("postgres", False), ("postgres", True)] if self.redis else [])

    def kill(self, victim: tuple[str, bool], chance: random.Random) -> bool:
        name, is_child = victim
        return self.init.kill(name, chance if is_child else None)

    def flush(self) -> None:
        """What the broker holds is gone."""
        if self.redis:
            with contextlib.suppress(redis.RedisError), redis.Redis(port=self.redis.port, socket_timeout=1) as broker:
                broker.flushall()
        for path in self._queue.glob("*"):
            path.unlink(missing_ok=True)

    def impede(self, how: str) -> None:
        """Make the broker dead, hung, flushed or full. The embedded one is no process: its folder is gone instead."""
        if how == "flushed":
            self.flush()
        elif not self.redis:
            self._queue.rename(self._queue.with_name("away"))
        elif how == "dead":
            self.init.hold("redis")
        elif how == "hung":
            self.init.freeze("redis")
        else:
            self._configure(maxmemory="1mb")

    def relieve(self, how: str) -> None:
        if how == "flushed":
            self.flush()
        elif not self.redis:
            shutil.rmtree(self._queue, ignore_errors=True)
            self._queue.with_name("away").rename(self._queue)
        elif how == "dead":
            self.init.release("redis")
        elif how == "hung":
            self.init.thaw("redis")
        else:
            self._configure(maxmemory="0")

    def _configure(self, **settings: str) -> None:
        with redis.Redis(port=self.redis.port, socket_timeout=5) as server:
            for name, value in settings.items():
                server.config_set(name, value)

    @property
    def _queue(self) -> Path:
        return self.stack.data / "broker" / "queue"

    def fill_disk(self) -> None:
        self.disk.fill(self._pids())

    def make_room(self) -> None:
        self.disk.make_room(self._pids())

    def processor_s(self) -> dict[str, float]:
        return {name: processor_s(process.pid) for name, process in self.init.running.items()}

    def _pids(self) -> list[int]:
        ours = [self.init.running[name].pid for name in PRODUCT]
        return [pid for parent in ours for pid in (parent, *children(parent))]


@contextlib.contextmanager
def world(engine: str, *, phones: int = 40, disk_mb: int = 256, settings: str = "observer.settings"):
    """A running world; all of it ends with the context."""
    with contextlib.ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="observer-chaos-")))
        folder.chmod(0o755)  # PostgreSQL runs as a user of its own
        disk = Disk.make(folder / "disk", disk_mb)
        ends.callback(disk.remove)
        sink = Sink.start(folder / "sink")
        ends.callback(sink.stop)
        cluster = server = None
        changes = {}
        if engine == "postgresql":
            cluster, server = PostgresCluster.start(), Redis.start()
            ends.callback(cluster.stop)
            ends.callback(server.stop)
            changes["CELERY_BROKER_URL"] = server.url
        stack = build_in(cluster, disk.folder / "data", disk.folder / "tables", **changes)
        secrets = _prepare(stack, sink, phones, settings)
        made = World(stack, disk, sink, secrets, cluster, server)
        ends.callback(lambda: end_leftovers(f"DATA_DIR={stack.data}"))
        ends.callback(made.init.end)
        _start(made)
        yield made


def _prepare(stack: Stack, sink: Sink, phones: int, settings: str) -> list[str]:
    """Phones for a mission that is filled by a demonstration, and from then on run as in production."""
    secrets = flood.phones(stack, phones, "c", LIMITS)
    stack.environment |= {
        "OBSERVER_DEMO": "0",
        "SECRET_KEY": (stack.data / "secret_key").read_text(),
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(sink.port),
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": settings,
    }
    return secrets


def _start(made: World) -> None:
    made.before = {str(row[0]) for row in made.stack.rows("SELECT id FROM incidents_delivery")}
    if made.cluster and made.redis:
        made.init.adopt("postgres", made.cluster.launch, made.cluster.process)
        made.init.adopt("redis", made.redis.launch, made.redis.process)
    for name in PRODUCT:
        made.init.adopt(name, lambda name=name: made.stack.launch(name))
    made.init.watch()
    wait_until(made.stack.answers, what=f"the web server; {made.stack.log('web')}")
    wait_until(lambda: len(children(made.init.running["worker"].pid)) >= 2, what="the worker's children")


def load() -> str:
    """The machine's load, to be read beside every figure."""
    one, five, _fifteen = Path("/proc/loadavg").read_text().split()[:3]
    cores = subprocess.run(["nproc"], capture_output=True, text=True, check=False).stdout.strip()
    return f"load {one} (1 min) {five} (5 min) on {cores} cores"
