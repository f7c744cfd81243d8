"""The partners' export among many releases: `python -m tests.benchmarks.export [--releases 200000] [--engine …]`.

Fills a database of its own and pulls over HTTP from one worker of the real web server, by a bare socket that reads up
to a megabyte at once and decodes nothing. Each round asks for everything once, one after the other: what psql's \\copy
of the same columns takes, the export's formats, and a page of others that serve the same rows. A ratio is the median of
those of the rounds. Without an engine named it runs on both, and looks whether they answered alike.
Targets, on PostgreSQL: CSV 0.8 × the rows/s of \\copy, GeoJSON 1.0 × those, both 15 × each of the others; on either
engine the first byte after 100 ms and 20 MB more memory at most. Exit code 1 tells that one was missed.
"""

import argparse
import contextlib
import hashlib
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tests import engine
from tests.benchmarks import peers, publishing
from tests.benchmarks.figures import Figures, share
from tests.benchmarks.raw_copy import RawCopy
from tests.benchmarks.serving import Memory, calm, load, serve, take
from tests.services import free_port, stop

ENGINES = ("postgresql", "sqlite")
CSV, GEOJSON, SEQUENCE = (f"/api/v1/incidents.{form}" for form in ("csv", "geojson", "geojsonseq"))
# What is counted in each answer, and how many lines are no rows.
FORMATS = {"CSV": (CSV, b"\n", 2), "GeoJSON": (GEOJSON, b'"type":"Feature",', 0), "GeoJSON-seq": (SEQUENCE, b"\x1e", 0)}
PAGES = {"JSON": "/api/v1/incidents?limit=1000", "OGC items": "/ogc/collections/incidents/items?limit=1000"}
RATIOS = {"CSV": 0.8, "GeoJSON": 1.0}
FIRST_BYTE_MS, GROWTH_MB, TIMES_A_PEER = 100, 20, 15


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--releases", type=int, default=200_000)
    arguments.add_argument("--engine", choices=ENGINES)
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--seed", type=int, default=20201018)
    arguments.add_argument("--patience", type=float, default=60, help="seconds to wait for an idle machine")
    arguments.add_argument("--alone", action="store_true", help="without the others that serve the same rows")
    arguments.add_argument("--answers", type=Path, help="a file to add the hashes of the answers to")
    given = arguments.parse_args()
    if given.engine is None:
        return on_both()
    engine.ENGINE = given.engine
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "observer.settings")
    engine.pytest_load_initial_conftests(None)
    try:
        import django

        django.setup()
        return run(given)
    finally:
        engine.end()


def on_both() -> int:
    with tempfile.TemporaryDirectory() as folder:
        answers = Path(folder) / "answers"
        command = [sys.executable, "-m", "tests.benchmarks.export", *sys.argv[1:], "--answers", answers]
        ended = [subprocess.run([*command, "--engine", name]).returncode for name in ENGINES]
        told = answers.read_text().splitlines() if answers.exists() else []
    alike = len(told) == len(ENGINES) and len(set(told)) == 1
    print(f"both engines answered {'alike, byte by byte' if alike else 'DIFFERENTLY'}")
    return max(*ended, int(not alike))


def run(given: argparse.Namespace) -> int:
    print(f"engine {given.engine} · {given.releases} releases · seed {given.seed} · load {load()}", flush=True)
    key, secret = prepare(given)
    with contextlib.ExitStack() as started:
        folder = Path(started.enter_context(tempfile.TemporaryDirectory()))
        others = [] if given.alone else started.enter_context(peers.all_peers(folder))
        port = free_port()
        web = serve(port)
        started.callback(stop, web)
        export = Export(port, web.pid, secret, given, others, RawCopy(key) if given.engine == "postgresql" else None)
        calm(given.patience)
        export.measure(key.mission)
    return export.figures.show(f"{given.engine}: {given.releases} releases, medians of {given.rounds} rounds")


def prepare(given: argparse.Namespace):
    """A key that opens all of a mission whose releases are filled in, and its secret."""
    from django.core.management import call_command
    from django.db import connection

    from incidents.models import ApiKey
    from incidents.roles import Role
    from tests import make
    from tests.benchmarks import releases

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    mission = make.mission(slug="bolivia")
    begun = time.monotonic()
    releases.fill(mission, [make.person("ana", Role.COORDINATOR, mission, everywhere=True)], given.releases, given.seed)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    print(f"  filled in {time.monotonic() - begun:.0f} s · load {load()}", flush=True)
    holder = make.person("tariq", Role.PARTNER, mission, email="")
    return ApiKey.issue(holder=holder, mission=mission, is_granted=True, per_minute=6_000)


@dataclass
class Export:
    port: int
    web: int
    secret: str
    given: argparse.Namespace
    others: list[peers.Peer]
    raw: "RawCopy | None"
    figures: Figures = field(default_factory=Figures)
    # Rows a second by round, and milliseconds until the first byte.
    rates: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    first: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def measure(self, mission) -> None:
        self.ask(PAGES["JSON"].replace("1000", "1"))
        memory = Memory(self.web)
        self.same_answers()
        for number in range(1, self.given.rounds + 1):
            self.round()
            told = " · ".join(f"{name} {rates[-1]:,.0f}" for name, rates in self.rates.items())
            print(f"  round {number} of {self.given.rounds}, rows/s: {told} · load {load()}", flush=True)
        self.judge(memory)
        self.pages()
        print("  now releases are written", flush=True)
        for what, took in publishing.costs(mission, 100).items():
            middle = statistics.median(took)
            self.figures.tell(
                f"publish, {what}",
                f"p50 {middle:.1f} ms · p95 {share(took, 95):.1f} ms · {1_000 / middle:.0f} a second",
            )

    def same_answers(self) -> None:
        """That nothing is missing in any format; and what both engines have to say alike."""
        hashes = []
        for name, (path, row, besides) in FORMATS.items():
            body = self.ask(path)
            assert body.count(row) - besides == self.given.releases, f"{name}: {body.count(row)} rows"
            hashes.append(f"{name} {hashlib.sha256(body).hexdigest()[:16]}")
            self.figures.tell(
                f"{name}, size", f"{len(body) / 1e6:.1f} MB · {len(body) / self.given.releases:.0f} bytes a row"
            )
        told = " · ".join(hashes)
        print(f"  every row is there: {told}", flush=True)
        if self.given.answers:
            with self.given.answers.open("a") as file:
                file.write(f"{told}\n")

    def ask(self, path: str) -> bytes:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        line.request("GET", path, headers={"X-Api-Key": self.secret})
        answer = line.getresponse()
        body = answer.read()
        assert answer.status == 200, (path, answer.status, body[:200])
        return body

    def round(self) -> None:
        count, key = self.given.releases, f"X-Api-Key: {self.secret}"
        if self.raw:
            self.rates["raw"].append(count / self.raw.seconds())
            self.rates["raw, ordered"].append(count / self.raw.seconds(ordered=True))
        for name, (path, _row, _besides) in FORMATS.items():
            taken = take(self.port, path, key)
            self.rates[name].append(count / taken.seconds)
            self.first[name].append(taken.first_s * 1_000)
        self.rates["CSV, gzip"].append(count / take(self.port, CSV, key, "Accept-Encoding: gzip").seconds)
        for other in self.others:
            for what, path in other.pages.items():
                self.rates[f"{other.name}, {what}"].append(peers.PAGE / take(other.port, path).seconds)

    def judge(self, memory: Memory) -> None:
        for name, rates in self.rates.items():
            spread = f"{min(rates):,.0f}–{max(rates):,.0f}"
            self.figures.tell(f"{name}, rows/s", f"{statistics.median(rates):,.0f} ({spread})")
        for name in FORMATS:
            if self.raw:
                self.ratio(f"{name} to raw \\copy", name, "raw", RATIOS.get(name, 0))
            worst = max(self.first[name])
            told = f"{statistics.median(self.first[name]):.0f} ms, at most {worst:.0f} ms"
            self.figures.tell(f"{name}, first byte", told, f"≤ {FIRST_BYTE_MS} ms", held=worst <= FIRST_BYTE_MS)
        for other in self.others:
            for what in other.pages:
                ours = "CSV" if what == "CSV" else "GeoJSON"
                self.ratio(
                    f"{ours} to {other.name}, {what}", ours, f"{other.name}, {what}", TIMES_A_PEER if self.raw else 0
                )
        grown = memory.peak - memory.before
        told = f"{memory.before:.0f} MB before · {memory.now:.0f} after · {memory.peak:.0f} at most: +{grown:.1f}"
        self.figures.tell("memory of the worker", told, f"≤ {GROWTH_MB} MB", held=grown <= GROWTH_MB)

    def ratio(self, name: str, ours: str, theirs: str, target: float = 0) -> None:
        found = [one / other for one, other in zip(self.rates[ours], self.rates[theirs], strict=True)]
        middle = statistics.median(found)
        told = f"{middle:.2f} ({min(found):.2f}–{max(found):.2f})"
        self.figures.tell(name, told, f"≥ {target:g}" if target else "", held=middle >= target if target else None)

    def pages(self) -> None:
        for name, path in PAGES.items():
            took = self.followed(path)
            told = (
                f"p50 {statistics.median(took):.1f} ms · p95 {share(took, 95):.1f} ms"
                if took
                else "no such address here"
            )
            self.figures.tell(f"{name}, a page of 1,000", told)

    def followed(self, path: str, most: int = 60) -> list[float]:
        """Milliseconds of each page from the first one on, by the addresses that the pages themselves give."""
        took, line = [], http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while path and len(took) < most:
            begun = time.perf_counter()
            line.request("GET", path, headers={"X-Api-Key": self.secret})
            answer = line.getresponse()
            body = answer.read()
            if answer.status != 200:
                return []
            took.append((time.perf_counter() - begun) * 1_000)
            told = json.loads(body)
            links = [one["href"] for one in told.get("links", ()) if one["rel"] == "next"]
            at = urlsplit(told.get("next") or next(iter(links), ""))
            path = f"{at.path}?{at.query}" if at.path else ""
        return took


if __name__ == "__main__":
    sys.exit(main())
