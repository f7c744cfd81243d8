"""A plausible Bolivia in bulk: incidents of thirty days, most of them in and around towns, every attribute varied."""

import json
import math
import random
import uuid
from datetime import UTC, datetime, timedelta

from tests import make

# Chief town of each department, and how much of the country lives there.
CHIEF = {
    "BO-L": ("La Paz", -16.5, -68.15, 27),
    "BO-S": ("Santa Cruz", -17.78, -63.18, 27),
    "BO-C": ("Cochabamba", -17.39, -66.16, 18),
    "BO-P": ("Potosí", -19.58, -65.75, 8),
    "BO-H": ("Chuquisaca", -19.04, -65.26, 6),
    "BO-O": ("Oruro", -17.97, -67.11, 5),
    "BO-T": ("Tarija", -21.53, -64.73, 5),
    "BO-B": ("Beni", -14.83, -64.9, 4),
    "BO-N": ("Pando", -11.03, -68.77, 1),
}
VILLAGES = 300
DAYS = 30
# The map reads no reports, and the list those of one page: a million need not have any.
WITH_REPORTS = 100_000
# Of the incidents whose answer a person owes: the few that are waited for too long.
OVERDUE = 400
CODES = ("police", "armed_forces", "pro_government_group", "opposition_group", "vigilante", "crowd", "unknown")
STATUSES = (("received", 4), ("triaged", 30), ("acknowledged", 14), ("in_progress", 10), ("referred", 6))
DONE = (("resolved", 12), ("closed", 18), ("invalidated", 6))
LEVELS = (("critical", 8), ("major", 22), ("moderate", 40), ("minor", 28), ("", 2))
RANKS = {"critical": 0, "major": 1, "moderate": 2, "minor": 3, "": 9}


def departments(mission):
    """Each with an outline as long as real ones are."""
    from incidents.models import Boundary

    return {
        code: Boundary.objects.create(mission=mission, code=code, names={"es": name}, geometry=outline(lat, lon))
        for code, (name, lat, lon, _share) in CHIEF.items()
    }


def outline(latitude, longitude, points=2_000):
    turns = [2 * math.pi * number / points for number in range(points)]
    ring = [[round(longitude + math.cos(t), 6), round(latitude + math.sin(t), 6)] for t in turns]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def places(chance):
    """Where people are: (latitude, longitude, how far it spreads, department, weight)."""
    found = [(lat, lon, 0.03, code, share * 10) for code, (_name, lat, lon, share) in CHIEF.items()]
    for rank in range(1, VILLAGES + 1):
        code = chance.choices(list(CHIEF), [one[3] for one in CHIEF.values()])[0]
        _name, lat, lon, _share = CHIEF[code]
        found.append((lat + chance.gauss(0, 1.1), lon + chance.gauss(0, 1.1), 0.012, code, 160 / rank**0.7))
    return found


def fill(mission, people, count, seed=1):
    """Incidents with a report each and what they accuse; returns nothing, for there may be a million."""
    from incidents.models import Accusation, Escalation, Incident, Report

    chance = random.Random(seed)
    known = departments(mission)
    where = places(chance)
    weights = [place[4] for place in where]
    now = datetime.now(UTC).replace(microsecond=0)
    for begin in range(0, count, 20_000):
        numbers = range(begin, min(count, begin + 20_000))
        spots = chance.choices(where, weights, k=len(numbers))
        incidents = [incident(chance, mission, known, people, spot, now) for spot in spots]
        load(Incident, incidents)
        if begin < WITH_REPORTS:
            load(Report, [report(mission, one, number) for one, number in zip(incidents, numbers, strict=True)])
        accused = [
            (one["id"], code) for one in incidents for code in set(chance.choices(CODES, k=chance.choice((1, 1, 2))))
        ]
        load(Accusation, [{"incident_id": pk, "code": code} for pk, code in accused])
        if not begin:
            late = [one for one in incidents if one["status"] in ("received", "triaged") and not one["held"]][:OVERDUE]
            load(Escalation, [escalation(one, now) for one in late])
    return known


def incident(chance, mission, known, people, spot, now):
    from incidents import geo
    from incidents.taxonomy import Category, Verification

    latitude, longitude, spread, code, _weight = spot
    placed = chance.random() > 0.04
    position = geo.degrees(latitude + chance.gauss(0, spread)), geo.degrees(longitude + chance.gauss(0, spread))
    status = pick(chance, STATUSES + DONE)
    severity = pick(chance, LEVELS)
    # More of it towards the end, as towards an election day.
    at = now - timedelta(seconds=int(DAYS * 86_400 * chance.random() ** 1.6))
    return {
        "id": uuid.UUID(int=chance.getrandbits(128), version=4),
        "mission_id": mission.pk,
        "status": status,
        "severity": severity,
        "severity_rank": RANKS[severity],
        "verification": chance.choice(Verification.values),
        "category": chance.choice(Category.values),
        "in_danger_now": chance.random() < 0.02,
        "held": "flood" if chance.random() < 0.01 else "",
        "department_id": known[code].pk if chance.random() > 0.02 else None,
        "latitude": position[0] if placed else None,
        "longitude": position[1] if placed else None,
        "cell": geo.cell(*position) if placed else None,
        "accuracy_m": chance.choice((8, 40, 900)),
        "place_precision": "exact",
        "assigned_to_id": chance.choice(people).pk if status in ("acknowledged", "in_progress") else None,
        "public_summary": "Un grupo impidió el paso a los observadores." if chance.random() < 0.02 else "",
        "occurred_at": at,
        "opened_at": at + timedelta(minutes=chance.randint(0, 90)),
        "severity_reasons": json.dumps([{"rule": "category", "value": "x" * 60}] * 3),
    }


def pick(chance, weighted):
    codes, weights = zip(*weighted, strict=True)
    return chance.choices(codes, weights)[0]


def report(mission, one, number):
    return {
        "id": uuid.UUID(int=one["id"].int ^ 1),
        "reference": f"{number % 0x10000:04X}-{number // 0x10000:04X}",
        "mission_id": mission.pk,
        "incident_id": one["id"],
        "channel": "web",
        "source_relation": "witness",
        "timing": "happened",
        "consent": "partners",
        "location_source": "gps",
        "words": "Dos oficiales en la puerta anotaron nombres.",
        "received_at": one["opened_at"],
        "read_at": one["opened_at"] if number % 3 else None,
        "body": "{}",
        "body_sha256": "0" * 64,
    }


def escalation(one, now):
    return {
        "incident_id": one["id"],
        "started_at": one["opened_at"],
        "deadline": now - timedelta(minutes=5),
        "next_try_at": now,
    }


def load(model, rows):
    """Rows of plain values into a table, past the models: as fast as the engine takes them."""
    from django.db import connection, transaction
    from django.db.models import NOT_PROVIDED

    fields = [one for one in model._meta.local_concrete_fields if not one.generated and one.column != "id"]
    fields += [one for one in model._meta.local_concrete_fields if one.column == "id" and "id" in rows[0]]
    usual = {}
    for one in fields:
        value = one.get_default() if one.default is not NOT_PROVIDED or not one.null else None
        usual[one.column] = json.dumps(value) if one.get_internal_type() == "JSONField" else value
    columns = [one.column for one in fields]
    if "updated_at" in usual:
        usual["updated_at"] = datetime.now(UTC)
    table = f"{model._meta.db_table} ({', '.join(columns)})"
    values = ([row.get(column, usual[column]) for column in columns] for row in rows)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
            return
        signs = ", ".join(["?"] * len(columns))
        plain = ([as_sqlite(value) for value in row] for row in values)
        cursor.connection.executemany(f"INSERT INTO {table} VALUES ({signs})", plain)


def as_sqlite(value):
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return str(value) if type(value).__name__ == "Decimal" else value


def mission():
    return make.mission(slug="bolivia")
