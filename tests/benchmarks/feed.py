"""How quickly the list's feed answers, on each engine: `python -m tests.benchmarks.feed [--incidents N] [--asks N]`.

Fills the demonstration's mission with N open incidents and asks, by the product's own views without a server between:
where nothing changed, where one incident did since the page asked last, and for the counts of five saved views.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import engine
from tests.stack import ROOT, build

ENGINES = ("sqlite", "postgresql")
MEASURE = """
import random, re, time
from datetime import timedelta
from django.db import connection
from django.test import Client
from django.utils import timezone
from incidents import geo
from incidents.admin import live
from incidents.actions import review
from incidents.models import Incident, Mission, SavedView, User
from incidents.models import sitting
from incidents.taxonomy import SEVERITY_RANK, Category

draw = random.Random(20201018)
mission = Mission.objects.get(slug="bolivia-2020")
departments = list(mission.boundaries.filter(level=1).values_list("pk", flat=True))
grades, categories, long_ago = list(SEVERITY_RANK), list(Category.values), timezone.now() - timedelta(days=2)
made = []
for _ in range({incidents}):
    grade = draw.choice(grades)
    latitude, longitude = draw.uniform(-22, -11), draw.uniform(-69, -58)
    made.append(Incident(
        mission=mission, status=draw.choice(["triaged", "acknowledged"]), category=draw.choice(categories),
        severity=grade, severity_rank=SEVERITY_RANK[grade], department_id=draw.choice(departments),
        latitude=round(latitude, 6), longitude=round(longitude, 6), cell=geo.cell(latitude, longitude),
        opened_at=long_ago + timedelta(seconds=draw.randrange(86_400)),
    ))
Incident.objects.bulk_create(made, batch_size=2_000)
Incident.objects.update(updated_at=long_ago)
connection.cursor().execute("ANALYZE")
live.LOOK_EVERY_S = 10**10

def p(times, share):
    return 1_000 * sorted(times)[int(len(times) * share)]

for username in ("nacional", "lapaz"):
    user = User.objects.get(username=username)
    for number, asked in enumerate(({"severity": "critical"}, {"danger": "yes"}, {"assigned": "nobody"},
                                    {"department": str(departments[0])}, {"category": "killing"})):
        SavedView.objects.create(owner=user, name=f"{number}", asked=asked)
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(user)
    session = client.session
    session[sitting.KEY] = sitting.begun(user)
    session.save()
    feed, at = "/admin/incidents/incident/live.json", int(timezone.now().timestamp() * 1_000)
    page = client.get("/admin/incidents/incident/").content.decode()
    shown = re.search('data-token="([^"]+)"', page)[1]
    mine = Incident.objects.visible_to(user).ranked().first()
    for what in ("unchanged", "changed", "counts"):
        token, times, size = shown, [], 0
        for _ in range({asks}):
            if what == "changed":
                review.assign(mine.pk, draw.choice([user, None]), actor=user)
            else:
                Incident.objects.filter(pk=mine.pk).update(updated_at=long_ago)
            begun = time.perf_counter()
            answer = client.get(feed, {"token": token, "at": at, **({"counts": 1} if what == "counts" else {})})
            times.append(time.perf_counter() - begun)
            assert answer.status_code == 200
            told = answer.json()
            token, size = told.get("token", token), len(answer.content)
        figures = f"p50 {p(times, 0.5):6.1f} ms  p95 {p(times, 0.95):6.1f} ms  {size:6} bytes"
        print(f"{connection.vendor:10} {username:8} {what:9} {figures}")
"""


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--incidents", type=int, default=100_000)
    arguments.add_argument("--asks", type=int, default=60)
    given = arguments.parse_args()
    if "OBSERVER_TEST_ENGINE" not in os.environ:
        command = [sys.executable, "-m", "tests.benchmarks.feed", *sys.argv[1:]]
        return max(
            subprocess.run(command, cwd=ROOT, env={**os.environ, "OBSERVER_TEST_ENGINE": name}).returncode
            for name in ENGINES
        )
    script = MEASURE.replace("{incidents}", str(given.incidents)).replace("{asks}", str(given.asks))
    with tempfile.TemporaryDirectory() as folder:
        stack = build(Path(folder))
        try:
            print(stack.manage("shell", "--verbosity", "0", "-c", script).stdout, end="", flush=True)
        finally:
            stack.stop()
            engine.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
