"""What a process remembers between two triages: never longer than it is true."""

import pytest
from django.db import connection

from incidents.actions.assess import reassess
from incidents.models import Boundary, DuplicateWeight, Incident, Place, Suggestion
from incidents.models.statistics import renew_statistics
from tests import engine, make
from tests.services import wait_until

IN_TOWN = {"location_source": "area", "latitude": "", "longitude": "", "accuracy_m": ""}


@pytest.fixture
def pair(marisol, nilda):
    first = make.incident(marisol)
    return first, make.incident(nilda)


def test_a_weight_that_was_changed_counts_at_the_next_triage(pair, bolivia):
    before = Suggestion.objects.get().score
    DuplicateWeight.objects.create(mission=bolivia, agreement="reporter.other", bits=-3.0)
    reassess(pair[1].pk)
    assert Suggestion.objects.get().score < before - 4


def test_a_place_that_was_moved_is_compared_where_it_lies_now(bolivia, marisol, nilda, departments):
    town = make.place(bolivia)
    make.incident(marisol, of=bolivia, place=town.code, **IN_TOWN)
    younger = make.incident(nilda)
    before = Suggestion.objects.get().score
    Place.objects.filter(pk=town.pk).update(latitude="-16.9")
    reassess(younger.pk)
    assert Suggestion.objects.get().score < before


def test_a_department_that_was_loaded_later_is_found(bolivia, marisol):
    boundary = Boundary.objects.get(mission=bolivia, code="BO-L")
    outline = boundary.geometry
    boundary.delete()
    incident = make.incident(marisol)
    assert incident.department is None
    Boundary.objects.create(mission=bolivia, code="BO-N", names={"es": "Nuevo"}, geometry=outline)
    reassess(incident.pk)
    assert Incident.objects.get(pk=incident.pk).department.code == "BO-N"


@pytest.mark.django_db(transaction=True)
def test_a_table_that_grew_is_counted_before_it_is_searched(bolivia, marisol, departments):
    for _ in range(60):
        make.report(marisol, triaged=False)
    connection.close()  # which hands in what it has written
    if engine.ENGINE == "postgresql":
        wait_until(lambda: "incidents_incident" in renew_statistics(), what="the count of what has changed")
    assert "incidents_incident" not in renew_statistics()
