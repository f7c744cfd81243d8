"""The desk's list and map among many incidents: `python -m tests.benchmarks.desk [--incidents 100000] [--engine
postgresql]`.

Fills a database of its own with a plausible Bolivia and asks over HTTP, of a real gunicorn worker, signed in as a
mission admin and as a coordinator of two departments: p50 and p95 of the list, of the map with no filter and with any
one at four zooms, of the histogram; the size of the answers; and what keeping the tally costs whoever writes.
Targets at 100,000 on PostgreSQL: list p95 200 ms; map p95 25 ms with no filter, 50 ms with one and for a coordinator,
20 kB. At 1,000,000: country zoom 10 ms, with one filter 50 ms.
"""

import argparse
import http.client
import itertools
import math
import os
import random
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta

from tests import engine
from tests.benchmarks.serving import load, serve, worked
from tests.services import free_port, stop

LIST, MAP = "/admin/incidents/incident/", "/admin/incidents/incident/map.json"
HISTOGRAM = "/admin/incidents/incident/histogram.json"
LA_PAZ = (-16.5, -68.13)
ZOOMS = {"country": (6, (-16.5, -64.5)), "department": (8, LA_PAZ), "city": (12, LA_PAZ), "street": (16, LA_PAZ)}
LAPTOP, WALL = (1_280, 800), (2_560, 1_440)
DEEP_PAGE = 400


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--incidents", type=int, default=100_000)
    arguments.add_argument("--engine", choices=("sqlite", "postgresql"), default=engine.ENGINE)
    arguments.add_argument("--asks", type=int, default=40, help="how often each is asked")
    given = arguments.parse_args()
    engine.ENGINE = given.engine
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "observer.settings")
    engine.pytest_load_initial_conftests(None)
    web = None
    try:
        import django

        django.setup()
        print(f"engine {given.engine} · {given.incidents} incidents · load {load()}", flush=True)
        people = prepare(given.incidents)
        port = free_port()
        web = serve(port)
        return Desk(port, people, given, web.pid).measure()
    finally:
        if web:
            stop(web)
        engine.end()


def prepare(count: int):
    from django.core.management import call_command
    from django.db import connection

    from incidents.models import counting
    from incidents.roles import Role
    from tests import make
    from tests.benchmarks import bolivia

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    mission = bolivia.mission()
    sofia = make.person("sofia", Role.MISSION_ADMIN, mission, everywhere=True)
    staff = [make.person(f"c{number}", Role.COORDINATOR, mission, everywhere=True) for number in range(20)]
    begun = time.monotonic()
    known = bolivia.fill(mission, staff, count)
    ana = make.person("ana", Role.COORDINATOR, mission, known["BO-L"], known["BO-O"])
    filled = time.monotonic()
    with connection.cursor() as cursor:
        # As folding would have left it, in one go.
        facts, tally = counting.COUNTED, counting.TALLY
        cursor.execute(
            f"INSERT INTO {facts} ({counting.COLUMNS}) SELECT {counting.COLUMNS} FROM ({counting.now()}) n", []
        )
        names = ", ".join(counting.KEY + counting.SUMS)
        cursor.execute(f"INSERT INTO {tally} ({names}) {counting.summed(counting.contributions(facts))}", [])
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        cursor.execute(f"SELECT COUNT(*) FROM {tally}")
        sums = cursor.fetchone()[0]
    print(f"  filled in {filled - begun:.0f} s, counted in {time.monotonic() - filled:.0f} s: {sums} sums", flush=True)
    return {"sofia": sofia, "ana": ana, "department": known["BO-S"].pk, "colleague": staff[0].pk}


class Desk:
    def __init__(self, port: int, people, given, web: int) -> None:
        from tests.conftest import signed_in

        self.given, self.people, self.chance = given, people, random.Random(5)
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookies = {name: signed_in(people[name]).cookies["sessionid"].value for name in ("sofia", "ana")}
        self.missed: list[str] = []
        self.roots = {web} | ({engine.cluster().process.pid} if given.engine == "postgresql" else set())

    def ask(self, who: str, path: str) -> tuple[float, int, bytes]:
        """Milliseconds on the clock, bytes, and what was answered."""
        begun = time.perf_counter()
        self.line.request("GET", path, headers={"Cookie": f"sessionid={self.cookies[who]}"})
        answer = self.line.getresponse()
        body = answer.read()
        assert answer.status == 200, (answer.status, path)
        return (time.perf_counter() - begun) * 1_000, len(body), body

    def often(self, who: str, paths, times: int = 0) -> tuple[float, float, float, int]:
        """p50 and p95 on the clock, what the servers worked for one, and the largest answer."""
        for path in itertools.islice(paths, 2):
            self.ask(who, path)
        before, times = worked(self.roots), times or self.given.asks
        asked = [self.ask(who, path) for path in itertools.islice(paths, times)]
        busy = (worked(self.roots) - before) / times
        clock = sorted(one[0] for one in asked)
        return statistics.median(clock), clock[int(len(clock) * 0.95)], busy, max(one[1] for one in asked)

    def tell(self, name: str, found: tuple[float, float, float, int], limit_ms: float = 0, limit_b: int = 0) -> None:
        p50, p95, busy, size = found
        missed = (limit_ms and p95 > limit_ms) or (limit_b and size > limit_b)
        if missed:
            self.missed.append(name)
        aim = f" (target {limit_ms:.0f} ms)" if limit_ms else ""
        told = f"p50 {p50:.1f} · p95 {p95:.1f} ms{aim} · work {busy:.1f} ms · {size / 1000:.1f} kB"
        print(f"  {name}: {told}{' MISSED' if missed else ''}", flush=True)

    def measure(self) -> int:
        million = self.given.incidents >= 1_000_000
        self.tell("healthz, as a floor", self.often("sofia", itertools.repeat("/healthz")))
        for who in ("sofia", "ana"):
            self.tell(f"list, {who}", self.often(who, itertools.repeat(LIST)), 0 if million else 200)
        self.tell("list, all, page 400", self.often("sofia", itertools.repeat(f"{LIST}?status=all&p={DEEP_PAGE}"), 10))
        self.tell(
            "list, searched", self.often("sofia", itertools.repeat(f"{LIST}?q=impidió".replace("ó", "%C3%B3")), 10)
        )
        self.tell("list, a reference", self.often("sofia", itertools.repeat(f"{LIST}?q=00AB-0000"), 10))
        self.tell("histogram", self.often("sofia", itertools.repeat(HISTOGRAM), 10))
        self.tell("histogram, one category", self.often("sofia", itertools.repeat(f"{HISTOGRAM}?category=killing"), 10))
        zooms = ("country",) if million else tuple(ZOOMS)
        for zoom in zooms:
            self.tell(f"map {zoom}", self.often("sofia", self.windows(zoom)), 10 if million else 25, 20_000)
            self.tell(f"map {zoom}, coordinator", self.often("ana", self.windows(zoom)), 50, 20_000)
            for name, asked in self.filters().items():
                self.tell(f"map {zoom}, {name}", self.often("sofia", self.windows(zoom, asked)), 50, 20_000)
            self.tell(f"map {zoom}, 2560 × 1440", self.often("sofia", self.windows(zoom, size=WALL)), 0, 20_000)
        self.upkeep()
        print(
            f"  load at the end {load()} · "
            + (f"missed: {', '.join(self.missed)}" if self.missed else "all targets met")
        )
        # The targets are PostgreSQL's; of SQLite it is told what it does.
        return 1 if self.missed and self.given.engine == "postgresql" else 0

    def filters(self) -> dict[str, str]:
        day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=9)
        return {
            "all statuses": "status=all",
            "one status": "status=closed",
            "held": "status=held",
            "severity": "severity=major",
            "department": f"department={self.people['department']}",
            "category": "category=killing",
            "perpetrator": "perpetrator=police",
            "verification": "verification=likely",
            "danger": "danger=yes",
            "last 24 hours": "time=24h",
            "last 7 days": "time=7d",
            "two days and a half": f"time={day:%Y-%m-%dT%H:%MZ}/{day + timedelta(hours=60):%Y-%m-%dT%H:%MZ}",
            "assigned to one": f"assigned={self.people['colleague']}",
            "assigned to nobody": "assigned=nobody",
            "overdue": "answer=overdue",
            "category and verification": "category=killing&verification=likely",
        }

    def windows(self, zoom: str, asked: str = "", size=LAPTOP):
        """Addresses of the map as somebody who pans a little would ask."""
        level, middle = ZOOMS[zoom]
        for _ in itertools.count():
            box = window(middle, level, size, self.chance)
            yield f"{MAP}?{asked}&bounds={','.join(f'{edge:.6f}' for edge in box)}&zoom={level}"

    def upkeep(self, count: int = 1_500) -> None:
        """What the tally costs: a transaction for each incident, with the mark and without; and folding after."""
        from incidents.actions.fold import fold
        from incidents.models import incident as rows

        plain = {"mission_id": self.people["sofia"].memberships.get().mission_id, "category": "other", "cell": 1 << 60}
        at = {"latitude": "-16.5", "longitude": "-68.1"}
        kept = rows.mark
        rates = {}
        for name, mark in (("without marks", lambda ids: None), ("with marks", kept)) * 2:
            rows.mark = mark
            begun = time.perf_counter()
            for _ in range(count // 2):
                rows.Incident.objects.create(**plain, **at)
            rates[name] = max(rates.get(name, 0), count / 2 / (time.perf_counter() - begun))
        rows.mark = kept
        begun, folded = time.perf_counter(), 0
        while done := fold():
            folded += done
        rates["folding"] = folded / (time.perf_counter() - begun)
        print("  incidents a second: " + " · ".join(f"{name} {rate:.0f}" for name, rate in rates.items()))


def window(middle, zoom: int, size, chance: random.Random) -> tuple[float, float, float, float]:
    """West, south, east, north of a map of `size` pixels."""
    world = 256 * 2**zoom
    x = (middle[1] + 180) / 360 * world + chance.uniform(-60, 60)
    y = (0.5 - math.asinh(math.tan(math.radians(middle[0]))) / (2 * math.pi)) * world + chance.uniform(-60, 60)

    def longitude(pixel: float) -> float:
        return pixel / world * 360 - 180

    def latitude(pixel: float) -> float:
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * pixel / world))))

    width, height = size
    return longitude(x - width / 2), latitude(y + height / 2), longitude(x + width / 2), latitude(y - height / 2)


if __name__ == "__main__":
    sys.exit(main())
