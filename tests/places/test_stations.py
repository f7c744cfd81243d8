"""The polling station a position lies at: within its accuracy and a margin, never a guess, and by the index."""

from decimal import Decimal

import pytest
from django.db import connection

from incidents import geo
from incidents.models import Place
from incidents.places.lookup import station_near
from tests import engine, make

AT = (Decimal("-16.5"), Decimal("-68.15"))
# About 111 m of latitude each.
STEP = Decimal("0.001")


@pytest.fixture
def school(bolivia):
    return make.place(bolivia, code="school", name="Colegio", at=AT, kind="polling_station")


@pytest.mark.parametrize(
    ("steps", "accuracy", "found"),
    [
        (0, 12, True),
        (0, None, True),
        (1, 12, False),  # 111 m off, reach 87 m
        (1, 50, True),  # 111 m off, reach 125 m
        (1, None, True),
        (4, None, False),
        (9, 1_000, True),
        (10, 1_000, False),
        (0, 1_500, True),
        (0, 1_501, False),  # worse than a locality
        (0, 40_000, False),
    ],
)
def test_cases(bolivia, school, steps, accuracy, found):
    assert station_near(bolivia.pk, AT[0] + STEP * steps, AT[1], accuracy) == (school if found else None)


def test_the_nearest_of_two_is_found(bolivia, school):
    other = make.place(bolivia, code="other", at=(AT[0] + STEP, AT[1]), kind="polling_station")
    assert station_near(bolivia.pk, AT[0] + STEP * Decimal("0.6"), AT[1], 300) == other


def test_towns_and_other_missions_stations_are_not_found(bolivia, school):
    make.place(bolivia, code="town", at=AT)
    assert station_near(make.mission("elsewhere").pk, *AT, 12) is None
    school.delete()
    assert station_near(bolivia.pk, *AT, 12) is None


def test_a_station_across_the_date_line_is_near(db):
    fiji = make.mission("fiji-2022")
    west = make.place(fiji, code="west", at=(Decimal("-17"), Decimal("179.9999")), kind="polling_station")
    assert station_near(fiji.pk, Decimal("-17"), Decimal("-179.9999"), 50) == west


def test_the_index_is_asked_and_no_table_is_scanned(bolivia):
    rows = [(Decimal(n // 100) / 50 - 20, Decimal(n % 100) / 50 - 66) for n in range(5_000)]
    Place.objects.bulk_create(
        Place(mission=bolivia, code=f"s{n}", kind="polling_station", latitude=a, longitude=o, cell=geo.cell(a, o))
        for n, (a, o) in enumerate(rows)
    )
    found = []
    with connection.execute_wrapper(lambda run, sql, *rest: (found.append((sql, rest[0])), run(sql, *rest))[1]):
        station_near(bolivia.pk, *rows[2_000], 20)
    explain = "EXPLAIN " if engine.ENGINE == "postgresql" else "EXPLAIN QUERY PLAN "
    with connection.cursor() as cursor:
        if engine.ENGINE == "postgresql":
            cursor.execute("ANALYZE incidents_place")
        cursor.execute(explain + found[0][0], found[0][1])
        plan = "\n".join(str(row) for row in cursor.fetchall())
    assert 1 <= found[0][0].count("BETWEEN") <= 4
    assert "place_cell_of_kind" in plan
    assert "Seq Scan" not in plan
    assert "SCAN" not in plan
