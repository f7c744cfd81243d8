"""A mission with thousands of polling stations: the page stays small, and a station that is named is still taken."""

import pytest

from incidents.intake import forms
from incidents.models import Place, Report
from tests import make
from tests.intake.conftest import FORM, send


@pytest.fixture
def stations(bolivia, departments):
    make.place(bolivia, "sopocachi", department=departments["BO-L"])
    there = {"mission": bolivia, "kind": "polling_station", "latitude": -16, "longitude": -68, "cell": 0}
    rows = (Place(code=f"s{n}", names={"es": f"Recinto {n}"}, **there) for n in range(forms.LISTED_PLACES))
    return Place.objects.bulk_create(rows)


def test_too_many_stations_are_not_listed(phone, stations):
    text = phone.get(FORM).content.decode()
    assert "Sopocachi" in text
    assert "Recinto 7" not in text


def test_a_few_are(phone, stations):
    Place.objects.filter(code__in=[f"s{n}" for n in range(10, 400)]).delete()
    assert "Recinto 7" in phone.get(FORM).content.decode()


def test_a_station_that_is_not_listed_is_taken(phone, stations):
    send(phone, place="s7", location_source="area", latitude="", longitude="", accuracy_m="")
    assert Report.objects.get().place.code == "s7"
