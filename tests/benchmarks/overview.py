"""How long the overview takes to make: `python -m tests.benchmarks.overview [--incidents 100000]`, on both engines.

Fills a database of its own with incidents of the last ten days, each with its report, who is accused, a clock and an
alert, and asks for the page as a browser would: all of the mission, the last day, and a coordinator's part.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import time
import uuid
from datetime import timedelta

from tests import engine

ENGINES = ("postgresql", "sqlite")
BATCH, ROUNDS, MONITORS, DAYS = 2_000, 7, 400, 10
ASKED = ("all", "24h")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--incidents", type=int, default=100_000)
    given = arguments.parse_args()
    if "OBSERVER_TEST_ENGINE" not in os.environ:
        command = [sys.executable, "-m", "tests.benchmarks.overview", "--incidents", str(given.incidents)]
        runs = [subprocess.run(command, env={**os.environ, "OBSERVER_TEST_ENGINE": name}) for name in ENGINES]
        return max(run.returncode for run in runs)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "observer.settings")
    engine.pytest_load_initial_conftests(None)
    try:
        import django

        django.setup()
        return measure(given.incidents, random.Random(20201018))
    finally:
        engine.end()


def measure(count: int, chance: random.Random) -> int:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import setup_test_environment

    from incidents.roles import Role
    from tests import make

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    setup_test_environment()  # so that answers tell what they were made of
    call_command("migrate", verbosity=0)
    mission = make.mission()
    departments = list(make.departments(mission).values())
    lead = make.person("lead", Role.MISSION_ADMIN, mission, everywhere=True)
    two = make.person("two", Role.COORDINATOR, mission, *departments[:2])
    linked = make.person("linked", Role.COORDINATOR, mission, everywhere=True, linked_force="armed_forces")
    monitors = [make.person(f"m{n}", Role.MONITOR, mission, chance.choice(departments)) for n in range(MONITORS)]
    fill(mission, departments, monitors, (lead, two), count, chance)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"engine {engine.ENGINE} · {count} incidents, as many reports and alerts, {MONITORS} monitors")
    return max(asking(person, period) for person in (lead, two, linked) for period in ASKED)


def asking(person, period: str) -> int:
    """Tells how long a page took, and its slowest questions; 1 where half of the pages took longer than a second."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.conftest import signed_in

    client, took = signed_in(person), []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        answer = client.get("/admin/overview/", {"period": period})
        took.append((time.perf_counter() - begun) * 1_000)
    assert answer.status_code == 200
    with CaptureQueriesContext(connection) as asked:
        client.get("/admin/overview/", {"period": period})
    slowest = sorted(asked, key=lambda one: -float(one["time"]))[:3]
    told = ", ".join(f"{float(one['time']) * 1_000:.0f} ms {one['sql'][7:47]}" for one in slowest)
    print(
        f"  {person.username:7} {period:4} p50 {statistics.median(took):6.0f} ms · most {max(took):6.0f} ms"
        f" · {len(asked)} queries · {answer.context['total']} counted · {told}",
        flush=True,
    )
    return int(statistics.median(took) > 1_000)


# What stands beside each incident, made by the database from the incidents themselves: ten times as fast as by Python.
BESIDE = (
    """INSERT INTO incidents_accusation (incident_id, code)
    SELECT id, CASE severity WHEN 'major' THEN 'police' WHEN 'minor' THEN 'crowd' ELSE 'armed_forces' END
    FROM incidents_incident""",
    """INSERT INTO incidents_escalation
    (incident_id, state, attempts, next_try_at, last_error, step, started_at, deadline, answered_at)
    SELECT id, CASE WHEN acknowledged_at IS NULL THEN 'pending' ELSE 'done' END, 0, opened_at, '', 1, opened_at,
    opened_at, acknowledged_at FROM incidents_incident""",
    """INSERT INTO incidents_delivery
    (id, incident_id, recipient_id, kind, channel, round, queued_at, sent_at, state, attempts, next_try_at, last_error,
    reference, possible_duplicate)
    SELECT id, id, (SELECT min(id) FROM incidents_user), 'new_incident', 'email', 0, opened_at, opened_at, 'done', 1,
    opened_at, '', '', FALSE FROM incidents_incident""",
)


def fill(mission, departments, monitors, staff, count: int, chance: random.Random) -> None:
    from django.db import connection, transaction

    from incidents.models import Incident, Report

    for begin in range(0, count, BATCH):
        numbers = range(begin, min(begin + BATCH, count))
        made = [row(mission, departments, monitors, staff, number, chance) for number in numbers]
        with transaction.atomic():
            Incident.objects.bulk_create(incident for incident, _report in made)
            Report.objects.bulk_create(report for _incident, report in made)
    with connection.cursor() as cursor:
        for statement in BESIDE:
            cursor.execute(statement)


def row(mission, departments, monitors, staff, number: int, chance: random.Random):
    from django.utils import timezone

    from incidents.models import Incident, Report
    from incidents.taxonomy import SEVERITY_RANK, Category, Severity, Verification

    at = timezone.now() - timedelta(days=chance.uniform(0, DAYS))
    severity = chance.choices(Severity.values, (1, 4, 10, 6))[0]
    took = timedelta(seconds=chance.expovariate(1 / 600))
    status = chance.choices(("closed", "resolved", "in_progress", "triaged"), (16, 2, 1, 1))[0]
    incident = Incident(
        mission=mission,
        category=chance.choice(Category.values),
        department=chance.choice([*departments, None]),
        severity=severity,
        severity_rank=SEVERITY_RANK[severity],
        status=status,
        verification=chance.choice(Verification.values),
        assigned_to=chance.choice(staff) if status == "in_progress" else None,
        opened_at=at,
        occurred_at=at,
        acknowledged_at=None if status == "triaged" else at + took,
    )
    report = Report(
        id=uuid.UUID(int=chance.getrandbits(128), version=4),
        reference=f"{number:08}",
        mission=mission,
        incident=incident,
        reporter=chance.choice(monitors),
        channel="web",
        source_relation="witness",
        timing="happened",
        body="{}",
        received_at=at,
        read_at=at + took / 2,
    )
    return incident, report


if __name__ == "__main__":
    sys.exit(main())
