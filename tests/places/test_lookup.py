"""Point to department: contains, else nearest within 5 km, else blank."""

from decimal import Decimal

import pytest

from incidents.management import demonstration
from incidents.models import Boundary
from incidents.places import lookup
from incidents.places.load import load_file
from incidents.places.plan import Plan
from tests import make


def department(mission, latitude, longitude):
    found = lookup.department_of(mission, Decimal(str(latitude)), Decimal(str(longitude)))
    return Boundary.objects.get(pk=found).code if found else None


def load_shipped(mission):
    load_file(mission, demonstration.DATA / "departments.geojson", Plan(level=1))
    load_file(mission, demonstration.DATA / "places.csv", Plan(kind="locality"))


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        (-16.5, -68.15, "BO-L"),
        (-18.0, -67.0, "BO-O"),
        (-12.0, -66.48, "BO-L"),  # 2 km east of the border
        (-12.0, -66.40, None),  # 11 km east of it
        (0.0, 0.0, None),
    ],
)
def test_cases(bolivia, departments, latitude, longitude, expected):
    assert department(bolivia, latitude, longitude) == expected


def test_a_mission_without_boundaries_places_nothing(bolivia):
    assert department(bolivia, *make.LA_PAZ) is None


def test_newly_loaded_boundaries_are_seen_at_once(bolivia):
    assert department(bolivia, *make.LA_PAZ) is None
    make.departments(bolivia)
    assert department(bolivia, *make.LA_PAZ) == "BO-L"


def test_the_shipped_departments_hold_the_shipped_places(bolivia):
    load_shipped(bolivia)
    assert bolivia.places.count() == 148
    lost = [place for place in bolivia.places.select_related("department") if place.department is None]
    elsewhere = [
        place
        for place in bolivia.places.select_related("department")
        if department(bolivia, place.latitude, place.longitude) not in (place.department.code, None)
    ]
    assert (len(lost), len(elsewhere)) == (0, 0) or [place.code for place in elsewhere]


def test_the_spanish_name_of_beni_is_mended(bolivia):
    load_shipped(bolivia)
    assert bolivia.boundaries.get(code="BO-B").names["es"] == "Beni"


def test_loading_twice_adds_nothing(bolivia):
    for _ in range(2):
        load_shipped(bolivia)
    assert (bolivia.boundaries.count(), bolivia.places.count()) == (9, 148)


@pytest.mark.parametrize(
    ("accuracy", "expected"), [(5, "exact"), (100, "vicinity"), (900, "locality"), (5000, "area"), (None, "vicinity")]
)
def test_precision_follows_accuracy(accuracy, expected):
    assert lookup.precision_of(accuracy) == expected
