"""How long the overview takes to make: `python -m tests.benchmarks.overview [--incidents 100000]`, on both engines.

Fills a database of its own with incidents of the last ten days, each with its report, who is accused, an answered clock
and two alerts, and asks for the page as a browser would: all of the mission, the last day, and a coordinator's part.
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

    from incidents.roles import Role
    from tests import make

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
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
    print(f"engine {engine.ENGINE} · {count} incidents, as many reports, {2 * count} alerts, {MONITORS} monitors")
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


def fill(mission, departments, monitors, staff, count: int, chance: random.Random) -> None:
    from django.db import transaction

    from incidents.models import Accusation, Delivery, Escalation, Incident, Report

    for begin in range(0, count, BATCH):
        made = [
            row(mission, departments, monitors, staff, begin + number, chance)
            for number in range(min(BATCH, count - begin))
        ]
        with transaction.atomic():
            for model, place in ((Incident, 0), (Report, 1), (Accusation, 2), (Escalation, 3)):
                model.objects.bulk_create(rows[place] for rows in made)
            Delivery.objects.bulk_create(delivery for rows in made for delivery in rows[4])


def row(mission, departments, monitors, staff, number: int, chance: random.Random):
    from django.utils import timezone

    from incidents.models import Accusation, Delivery, Escalation, Incident, Report
    from incidents.taxonomy import SEVERITY_RANK, Category, Perpetrator, Severity, Verification

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
    answered = {} if status == "triaged" else {"answered_at": at + took, "state": "done"}
    clock = Escalation(incident=incident, deadline=at + timedelta(minutes=15), next_try_at=at, **answered)
    accused = Accusation(incident=incident, code=chance.choice(Perpetrator.values))
    told = [
        Delivery(
            incident=incident,
            recipient=one,
            kind="new_incident",
            channel="email",
            queued_at=at,
            sent_at=at,
            state="done",
        )
        for one in staff
    ]
    return incident, report, accused, clock, told


if __name__ == "__main__":
    sys.exit(main())
