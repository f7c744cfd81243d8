"""The whole product as processes: web server, worker and beat, as the Procfile starts them, on a free port."""

import contextlib
import json
import os
import shlex
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

from tests import engine
from tests.prepared import Prepared
from tests.services import PostgresCluster, free_port, stop, wait_until

ROOT = Path(__file__).resolve().parent.parent


def procfile() -> dict[str, list[str]]:
    """The command lines of the Procfile, with the programs of the running environment."""
    programs = {}
    for line in (ROOT / "Procfile").read_text().splitlines():
        name, _, command = line.partition(":")
        words = shlex.split(command)
        programs[name] = [str(Path(sys.executable).parent / Path(words[0]).name), *words[1:]]
    return programs


@dataclass
class Stack:
    data: Path
    environment: dict[str, str]
    base_url: str
    cluster: PostgresCluster | None = None
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)

    def manage(self, *arguments: str, expect: int | None = 0) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert expect is None or done.returncode == expect, done.stdout + done.stderr
        return done

    def start(self, *names: str) -> None:
        for name in names or ("web", "worker", "beat"):
            self.processes[name] = self.launch(name)
        if not names or "web" in names:
            wait_until(self.answers, what=f"the web server; {self.log('web')}")

    def launch(self, name: str) -> subprocess.Popen:
        with (self.data / f"{name}.log").open("ab") as log:
            options = {"cwd": ROOT, "env": self.environment, "stdout": log, "stderr": log, "process_group": 0}
            return subprocess.Popen(procfile()[name], **options)

    def answers(self) -> bool:
        with contextlib.suppress(OSError, urllib.error.URLError):
            return urllib.request.urlopen(f"{self.base_url}/healthz", timeout=2).status == 200
        return False

    def log(self, name: str) -> str:
        path = self.data / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def kill(self, name: str) -> None:
        """SIGKILL, by the process id we started."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def stop(self) -> None:
        """All at once: each takes its time."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            stop(process)
        self.processes.clear()

    def demo(self) -> dict:
        return json.loads((self.data / "demo.json").read_text())

    def rows(self, sql: str) -> list[tuple]:
        """What the database holds, read beside the product."""
        url = self.environment["DATABASE_URL"]
        if not url:
            with contextlib.closing(sqlite3.connect(self.data / "observer.sqlite3")) as connection:
                return connection.execute(sql).fetchall()
        import psycopg

        database = url.rpartition("/")[2]
        with psycopg.connect(self.cluster.dsn(database)) as connection:
            return connection.execute(sql).fetchall()

    def is_id(self, identifier: str) -> str:
        """The condition for a UUID key: SQLite keeps them as text without hyphens."""
        return f"id = '{identifier if self.environment['DATABASE_URL'] else identifier.replace('-', '')}'"

    def mails(self) -> list[Path]:
        return sorted((self.data / "mailbox").glob("*.eml"))


def build(data: Path, **changes: str) -> Stack:
    """A demonstration on a new database of the engine under test, prepared but not started."""
    return build_in(engine.cluster() if engine.ENGINE == "postgresql" else None, data, **changes)


def build_in(cluster: PostgresCluster | None, data: Path, tables: Path | None = None, **changes: str) -> Stack:
    """The same in a cluster, or on SQLite where there is none; the tables in a folder of their own if one is named."""
    port = free_port()
    database = cluster.create(f"stack_{port}", tables) if cluster else ""
    base_url = f"http://127.0.0.1:{port}"
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "OBSERVER_DEMO": "1",
        "DATA_DIR": str(data),
        "DATABASE_URL": database,
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "SITE_URL": base_url,
        "LOG_LEVEL": "INFO",
        **changes,
    }
    made = Stack(data, environment, base_url, cluster)
    _prepare(made, port)
    return made


_prepared: dict[bool, Prepared] = {}


def _prepare(made: Stack, port: int) -> None:
    """The first of a run by `manage.py demo`, all others as copies of it. What is changed is for what runs later."""
    here = (made.data, made.base_url, made.cluster, made.environment["DATABASE_URL"].rpartition("/")[2])
    is_clustered = made.cluster is not None
    if is_clustered in _prepared:
        return _prepared[is_clustered].copy(*here)
    made.manage("demo", "--port", str(port))
    _prepared[is_clustered] = Prepared.keep(engine.folder() / f"prepared-{is_clustered}", *here)


class _Forms(HTMLParser):
    """The hidden fields of every form on a page, later ones winning."""

    def __init__(self):
        super().__init__()
        self.hidden = {}

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "input" and given.get("type") == "hidden" and "name" in given:
            self.hidden[given["name"]] = given.get("value") or ""


@dataclass
class Page:
    status: int
    url: str
    text: str

    def hidden(self) -> dict[str, str]:
        parser = _Forms()
        parser.feed(self.text)
        return parser.hidden


class Visitor:
    """A browser without JavaScript: keeps cookies, follows redirects, sends the hidden fields of the page it is on."""

    def __init__(self, base_url, headers=()):
        self.base_url = base_url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        self.opener.addheaders = list(headers)

    def get(self, address):
        return self._open(urllib.request.Request(urljoin(self.base_url, address)))

    def send(self, page, address="", files=(), **fields):
        """Post `fields` over the page's hidden ones; `files` are (name, filename, bytes)."""
        body, kind = _multipart({**page.hidden(), **fields}, files)
        request = urllib.request.Request(urljoin(page.url, address or page.url), data=body, method="POST")
        request.add_header("Content-Type", kind)
        request.add_header("Origin", self.base_url)
        return self._open(request)

    def _open(self, request):
        try:
            with self.opener.open(request, timeout=60) as answer:
                return Page(answer.status, answer.url, answer.read().decode("utf-8", "replace"))
        except urllib.error.HTTPError as answer:
            return Page(answer.code, request.full_url, answer.read().decode("utf-8", "replace"))


def _multipart(fields, files):
    boundary = uuid.uuid4().hex
    parts = []
    for name, value in fields.items():
        for one in value if isinstance(value, list | tuple) else [value]:
            parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{one}\r\n'.encode())
    for name, filename, content in files:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
        parts.append(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
