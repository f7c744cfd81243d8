"""Real servers for the tests: started on loopback or a socket, on free ports, ended by their own process id."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

# Set in CI: what a test needs must be there.
REQUIRED = os.environ.get("OBSERVER_TEST_REQUIRE") == "1"


def lacking() -> list[str]:
    """What the tests could use and this machine has not."""
    there = {
        "PostgreSQL": postgres_bin(),
        "redis-server": shutil.which("redis-server"),
        "Chromium": chromium_path(),
        "gettext": shutil.which("xgettext"),
        "openssl": shutil.which("openssl"),
        "ffmpeg": shutil.which("ffmpeg") and shutil.which("ffprobe"),
        "gdal-bin": shutil.which("ogrinfo") and shutil.which("ogr2ogr"),
    }
    return [name for name, path in there.items() if not path]


def need(name: str) -> None:
    """Skip the running test where `name` is lacking: `tests.run` has said so, and CI does not get this far."""
    if name in lacking():
        if REQUIRED:
            pytest.fail(f"{name} is not installed")
        pytest.skip(f"{name} is not installed")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(true, seconds: float = 30, every: float = 0.05, what: str = "condition"):
    """The first truthy answer of `true()`; fails after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := true():
            return answer
        time.sleep(every)
    raise AssertionError(f"waited {seconds} s in vain for {what}")


def listening(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.2):
        return True
    return False


def stop(process: subprocess.Popen, seconds: float = 15) -> None:
    """End a process that we started: politely, then not."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def postgres_bin() -> Path | None:
    """The folder of initdb and postgres; Debian keeps them off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).resolve().parent if on_path else None


def chromium_path() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass
class PostgresCluster:
    """A throwaway cluster that listens on a Unix socket only, run by an unprivileged user when we are root."""

    folder: Path
    user: str | None
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen | None = None

    @classmethod
    def start(cls, **settings: str) -> "PostgresCluster":
        binaries = postgres_bin()
        assert binaries, "PostgreSQL's binaries (initdb, postgres) are not installed"
        folder = Path(tempfile.mkdtemp(prefix="observer-pg-"))
        user = cls._unprivileged(folder)
        data = folder / "data"
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "observer", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            **_run_by(user),
        )
        cluster = cls(folder, user, settings)
        cluster.process = cluster.launch()
        wait_until(cluster.accepts, what="PostgreSQL")
        return cluster

    def launch(self) -> subprocess.Popen:
        """The server's process; it ends at once where one that was killed has left children that still live."""
        settings = {"listen_addresses": "", "unix_socket_directories": self.folder, "max_connections": 200}
        settings |= self.settings
        binary = postgres_bin() / "postgres"
        return subprocess.Popen(
            [binary, "-D", self.folder / "data", *(f"-c{key}={value}" for key, value in settings.items())],
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "log").open("ab"),
            cwd=self.folder,
            **_run_by(self.user),
        )

    @staticmethod
    def _unprivileged(folder: Path) -> str | None:
        """PostgreSQL refuses to run as root."""
        if os.geteuid() != 0:
            return None
        user = next(name for name in ("postgres", "nobody") if _known(name))
        os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        return user

    def accepts(self) -> bool:
        import psycopg

        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.dsn("postgres")):
            return True
        return False

    def dsn(self, database: str) -> str:
        return f"host={self.folder} user=observer dbname={database}"

    def url(self, database: str) -> str:
        return f"postgresql://observer@{str(self.folder).replace('/', '%2F')}/{database}"

    def create(self, database: str, inside: Path | None = None) -> str:
        """A new database, its tables inside of a folder of their own if one is named; returns its URL."""
        import psycopg

        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            if inside:
                inside.mkdir()
                if self.user:
                    shutil.chown(inside, self.user)
                connection.execute(f"CREATE TABLESPACE \"{database}\" LOCATION '{inside}'")
            connection.execute(f'CREATE DATABASE "{database}"' + (f' TABLESPACE "{database}"' if inside else ""))
        return self.url(database)

    def dump(self, database: str) -> str:
        """All of a database as SQL."""
        command = [postgres_bin() / "pg_dump", "--no-owner", "--no-tablespaces", self.dsn(database)]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    def restore(self, database: str, sql: str) -> None:
        """What was dumped, into a database that is empty."""
        command = [postgres_bin() / "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", self.dsn(database)]
        subprocess.run(command, check=True, input=sql, stdout=subprocess.DEVNULL, text=True)

    def stop(self) -> None:
        stop(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)


def _run_by(user: str | None) -> dict:
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}


def _known(name: str) -> bool:
    with contextlib.suppress(KeyError):
        return bool(pwd.getpwnam(name))
    return False


@contextlib.contextmanager
def s3_server():
    """A real server that speaks S3, on a free port; yields its URL and ends it."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: listening(port), what="the S3 server")
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process)


@dataclass
class Redis:
    """A real Redis on a free port. What it held is gone when it ends."""

    port: int
    folder: Path
    process: subprocess.Popen | None = None

    @classmethod
    def start(cls) -> "Redis":
        need("redis-server")
        redis = cls(free_port(), Path(tempfile.mkdtemp(prefix="observer-redis-")))
        redis.process = redis.launch()
        wait_until(lambda: listening(redis.port), what="Redis")
        return redis

    def launch(self) -> subprocess.Popen:
        options = ("--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self.folder)
        return subprocess.Popen([shutil.which("redis-server"), *options], stdout=subprocess.DEVNULL)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def stop(self) -> None:
        stop(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def redis_server():
    """A real Redis for a while; yields its URL."""
    redis = Redis.start()
    try:
        yield redis.url
    finally:
        redis.stop()
