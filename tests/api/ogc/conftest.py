"""What the tests of /ogc share: three incidents, of which one has no place and no time."""

import pytest
from django.test import Client

from incidents.actions.review import verify
from tests import make
from tests.api.cast import released
from tests.api.ogc.cast import API


@pytest.fixture
def shooting(marisol, ana):
    """In Santa Cruz, on the day after the election, at 14:20 UTC."""
    at = {"latitude": str(make.SANTA_CRUZ[0]), "longitude": str(make.SANTA_CRUZ[1])}
    when = {"timing": "happened", "occurred_at": "2020-10-19T14:20:00Z"}
    return released(marisol, ana, categories=["shooting"], perpetrators=["police", "armed_forces"], **at, **when)


@pytest.fixture
def threat(marisol, ana):
    """In La Paz, on the election day, at 09:05 UTC; likely, not confirmed."""
    when = {"timing": "happened", "occurred_at": "2020-10-18T09:05:00Z"}
    incident = released(marisol, ana, categories=["verbal_threat"], **when)
    return verify(incident.pk, "likely", actor=ana)


@pytest.fixture
def nowhere(marisol, ana):
    """Nobody says where, nor when."""
    return released(marisol, ana, latitude="", longitude="", location_source="none", timing="happened")


@pytest.fixture
def trio(shooting, threat, nowhere):
    return shooting, threat, nowhere


@pytest.fixture(scope="package")
def described(django_db_setup):
    """The API's own document, which opens without a key and reads no table."""
    return Client().get(API).json()
