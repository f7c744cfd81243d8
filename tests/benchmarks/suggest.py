"""Suggesting duplicates for one report among many open incidents: `python -m tests.benchmarks.suggest [--incidents
100000]`.

Fills a database of its own (the engine is that of OBSERVER_TEST_ENGINE) with incidents of one election week, half of
them in the towns, then compares new reports one after the other: p50 and p95 of the whole suggestion as triage makes
it, and how much longer comparing with every incident of those days would take.
"""

import argparse
import os
import random
import statistics
import sys
import time
import uuid
from datetime import datetime, timedelta

from tests import engine

ROUNDS = 200
NAIVE_ROUNDS = 2
TOWNS = ((-16.5, -68.15), (-17.78, -63.18), (-17.39, -66.16), (-17.97, -67.11), (-19.58, -65.75), (-21.53, -64.73))
BATCH = 2_000


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--incidents", type=int, default=100_000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--one-town", action="store_true", help="everything within 5 km and a day: the worst case")
    given = arguments.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "observer.settings")
    engine.pytest_load_initial_conftests(None)
    try:
        import django

        django.setup()
        return measure(given.incidents, random.Random(given.seed), one_town=given.one_town)
    finally:
        engine.end()


def measure(count: int, chance: random.Random, *, one_town: bool) -> int:
    from django.core.management import call_command
    from django.db import connection

    from incidents.models import Incident
    from tests import make

    call_command("migrate", verbosity=0)
    mission = make.mission()
    monitors = [make.monitor(f"m{number}", mission) for number in range(20)]
    fill(mission, monitors, count, chance, one_town)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    picked = list(Incident.objects.order_by("pk")[: 40 * ROUNDS : 40])
    chance.shuffle(picked)
    suggested = [suggesting(incident) for incident in picked[:ROUNDS]]
    (cold, _), *warm = suggested
    clock, busy = (sorted(column) for column in zip(*warm, strict=True))
    naive = statistics.median(scanning(incident) for incident in picked[:NAIVE_ROUNDS])
    p50, p95 = statistics.median(clock), clock[int(len(clock) * 0.95)]
    print(f"engine {engine.ENGINE} · {count} open incidents{' in one town and day' if one_town else ''}")
    print(f"  suggest for one report: p50 {p50:.1f} ms · p95 {p95:.1f} ms · the first of a process {cold:.0f} ms")
    print(f"  its own work in that: p50 {statistics.median(busy):.1f} ms · p95 {busy[int(len(busy) * 0.95)]:.1f} ms")
    print(f"  comparing with all within three days: {naive:.0f} ms, {naive / p50:.0f} times as long")
    return 0 if p95 <= 50 else 1


def suggesting(incident) -> tuple[float, float]:
    """Milliseconds on the clock, and of this process alone: on a busy machine the two differ."""
    from django.db import transaction

    from incidents.actions.record import hold
    from incidents.actions.suggest import suggest
    from incidents.models import Stamp
    from incidents.triage.filed import filed_under

    with transaction.atomic():
        held = hold(incident.pk)
        begun, busy = time.perf_counter(), time.process_time()
        suggest(held, filed_under(held), Stamp.of(held.mission_id))
        return (time.perf_counter() - begun) * 1_000, (time.process_time() - busy) * 1_000


def scanning(incident) -> float:
    """The same without an index of cells: every open incident within three days, compared with all."""
    from incidents.models import Incident
    from incidents.triage import duplicates
    from incidents.triage.duplicates import candidates
    from incidents.triage.duplicates.told import facts_of

    begun = time.perf_counter()
    at = candidates.incident_time(incident)
    window = (at - candidates.WITHIN, at + candidates.WITHIN)
    near = Incident.objects.open().filter(mission=incident.mission, happened_at__range=window).values("pk")
    ours = facts_of(candidates.reports_of([incident.pk])[0], incident.mission.zone)
    table, context = candidates.table(incident.mission), candidates.usual(incident.mission)
    for report in candidates.reports_of(near).iterator(BATCH):
        duplicates.score(ours, facts_of(report, incident.mission.zone), table, context)
    return (time.perf_counter() - begun) * 1_000


def fill(mission, monitors, count: int, chance: random.Random, one_town: bool) -> None:
    from django.db import transaction

    from incidents.models import Incident, Report

    start = datetime.fromisoformat("2020-10-15T00:00:00+00:00")
    for begin in range(0, count, BATCH):
        pairs = [
            row(mission, monitors, begin + number, start, chance, one_town)
            for number in range(min(BATCH, count - begin))
        ]
        with transaction.atomic():
            Incident.objects.bulk_create(incident for incident, _ in pairs)
            Report.objects.bulk_create(report for _, report in pairs)


def row(mission, monitors, number: int, start: datetime, chance: random.Random, one_town: bool):
    from incidents import geo
    from incidents.models import Incident, Report
    from incidents.taxonomy import Category

    latitude, longitude = position(chance, one_town)
    at = start + timedelta(minutes=chance.uniform(0, 1_440 if one_town else 10_080))
    category = chance.choice(Category.values)
    where = {"latitude": latitude, "longitude": longitude, "accuracy_m": chance.choice((8, 40, 900)), "occurred_at": at}
    cell = geo.cell(latitude, longitude)
    filed = {"mission": mission, "category": category, "opened_at": at, "status": "triaged", "severity": "moderate"}
    incident = Incident(**filed, **where, cell=cell)
    report = Report(
        **where,
        id=uuid.UUID(int=chance.getrandbits(128), version=4),
        reference=f"{number:08}",
        mission=mission,
        incident=incident,
        reporter=chance.choice(monitors),
        channel="web",
        source_relation="witness",
        timing="happened",
        consent="internal",
        categories=[category],
        perpetrators=[{"code": chance.choice(("police", "armed_forces", "crowd"))}],
        victims=[{"code": "voter", "count": None}],
        harms=["none"],
        words=" ".join(chance.choice(WORDS) for _ in range(20)),
        location_source="gps",
        received_at=at,
        body="{}",
    )
    return incident, report


def position(chance: random.Random, one_town: bool):
    from incidents import geo

    if one_town or chance.random() < 0.5:
        town = TOWNS[0] if one_town else chance.choice(TOWNS)
        return geo.degrees(town[0] + chance.gauss(0, 0.02)), geo.degrees(town[1] + chance.gauss(0, 0.02))
    return geo.degrees(chance.uniform(-22, -11)), geo.degrees(chance.uniform(-69, -58))


WORDS = [
    "oficiales",
    "puerta",
    "lista",
    "nombres",
    "camioneta",
    "plaza",
    "gases",
    "jovenes",
    "detenidos",
    "mesa",
    "urnas",
    "amenaza",
    "casa",
    "noche",
    "radio",
    "puente",
    "bloqueo",
    "mercado",
    "escuela",
    "bandera",
    "piedras",
    "golpes",
    "telefono",
    "camara",
    "acta",
    "delegado",
    "chofer",
    "esquina",
    "uniforme",
]

if __name__ == "__main__":
    sys.exit(main())
