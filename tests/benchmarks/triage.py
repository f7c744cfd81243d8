"""How fast triage is, on each engine: `python -m tests.benchmarks.triage [--reports N]`.

Files N reports by the product's own verb into the demonstration's mission, rings for each as a door would, and only
then starts the worker; measures until every one of them is triaged. Alerts go out meanwhile, as they would.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests import engine
from tests.services import wait_until
from tests.stack import ROOT, Stack, build

ENGINES = ("sqlite", "postgresql")
FILE = """
import random, uuid
from django.db import connection
from incidents import tasks
from incidents.actions.submit import Origin, submit
from incidents.models import Mission, Place, Report, User
from tests import make

draw = random.Random(20201018)
mission = Mission.objects.get(slug="bolivia-2020")
monitors = list(User.objects.filter(role="monitor"))
towns = list(mission.places.all())
for town in towns:  # a station at each, so that every position asks for the nearest
    Place.objects.create(mission=mission, code=town.code + "-s", kind="polling_station", names=town.names,
                         latitude=town.latitude, longitude=town.longitude, department=town.department)
CATEGORIES = ["intimidation", "verbal_threat", "arrest_detention", "physical_assault", "voter_suppression"]
for number in range({count}):
    town = draw.choice(towns)
    statement = make.statement(
        categories=[draw.choice(CATEGORIES)],
        latitude=str(float(town.latitude) + draw.uniform(-0.01, 0.01)),
        longitude=str(float(town.longitude) + draw.uniform(-0.01, 0.01)),
        accuracy_m=str(draw.choice([8, 30, 200, 900, 3000])),
        timing=draw.choice(["happened", "happening_now"]),
        words="Report number " + str(number),
    )
    origin = Origin(mission=mission, channel=Report.Channel.WEB, reporter=draw.choice(monitors))
    done = submit(statement, report_id=uuid.uuid4(), origin=origin)
    tasks.publish(tasks.assess_report, str(done.report.assessment.pk), False)
if connection.vendor == "postgresql":
    connection.cursor().execute("ANALYZE")  # as the sweep does while reports come in
"""


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--reports", type=int, default=1_000)
    given = arguments.parse_args()
    if "OBSERVER_TEST_ENGINE" not in os.environ:
        command = [sys.executable, "-m", "tests.benchmarks.triage", "--reports", str(given.reports)]
        return max(
            subprocess.run(command, cwd=ROOT, env={**os.environ, "OBSERVER_TEST_ENGINE": name}).returncode
            for name in ENGINES
        )
    with tempfile.TemporaryDirectory() as folder:
        stack = build(Path(folder))
        try:
            measure(stack, given.reports)
        finally:
            stack.stop()
            engine.end()
    return 0


def measure(stack: Stack, count: int) -> None:
    begun = time.monotonic()
    stack.manage("shell", "--verbosity", "0", "-c", FILE.replace("{count}", str(count)))
    filed = time.monotonic() - begun
    assert waiting(stack) == count
    stack.start("worker", "beat")
    # From the first one done: starting the worker's processes is no part of triage.
    wait_until(lambda: waiting(stack) < count, 60, every=0.01, what="the first report triaged")
    begun, first = time.monotonic(), waiting(stack)
    wait_until(lambda: waiting(stack) == 0, 900, every=0.02, what="every report triaged")
    seconds = time.monotonic() - begun
    failed = stack.rows("SELECT count(*) FROM incidents_assessment WHERE state = 'parked' OR last_error <> ''")[0][0]
    print(
        f"{engine.ENGINE:12} {first / seconds:7.1f} reports/s triaged"
        f"   ({first} in {seconds:.1f} s; {failed} failed; filed at {count / filed:.0f}/s, process start included)",
        flush=True,
    )


def waiting(stack: Stack) -> int:
    return stack.rows("SELECT count(*) FROM incidents_assessment WHERE state <> 'done'")[0][0]


if __name__ == "__main__":
    sys.exit(main())
