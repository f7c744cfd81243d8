"""The one rule of who sees what, asked of the rows themselves."""

import pytest

from incidents.models import Incident
from incidents.roles import Role
from tests import make


def seen(user):
    return set(Incident.objects.visible_to(user))


@pytest.fixture
def west(marisol):
    return make.incident(marisol)


@pytest.fixture
def east(marisol):
    return make.incident(marisol, latitude=str(make.SANTA_CRUZ[0]), longitude=str(make.SANTA_CRUZ[1]))


@pytest.fixture
def nowhere(marisol):
    return make.incident(marisol, location_source="none", latitude="", longitude="")


def test_a_scoped_coordinator_sees_their_departments_and_what_has_none(ana, west, east, nowhere):
    assert seen(ana) == {west, nowhere}


def test_an_unscoped_coordinator_sees_all_of_their_mission_and_no_other(ramiro, west, east, nowhere, marisol):
    other = make.mission("elsewhere-2021")
    make.incident(make.monitor("jorge", other), other)
    assert seen(ramiro) == {west, east, nowhere}


def test_a_scope_that_names_no_department_sees_only_what_could_not_be_placed(bolivia, west, nowhere):
    assert seen(make.person("nil", Role.COORDINATOR, bolivia)) == {nowhere}


def test_an_account_linked_to_a_force_sees_nothing_in_which_it_is_accused(bolivia, marisol, west):
    army = make.incident(marisol, perpetrators=["armed_forces"])
    linked = make.person("luis", Role.COORDINATOR, bolivia, everywhere=True, linked_force="police")
    assert seen(linked) == {army}


@pytest.mark.parametrize("role", [Role.MONITOR, Role.PARTNER])
def test_monitors_and_partners_see_no_incidents(bolivia, west, role):
    assert seen(make.person("other", role, bolivia, everywhere=True)) == set()


def test_a_disabled_account_sees_nothing(ramiro, west):
    ramiro.is_active = False
    assert seen(ramiro) == set()


def test_losing_a_department_never_widens_the_scope(ana, west, east, departments):
    ana.memberships.get().departments.clear()
    assert seen(ana) == set()


def test_a_department_counts_only_in_its_own_mission(west, departments):
    other = make.mission("elsewhere-2021")
    assert seen(make.person("eve", Role.COORDINATOR, other, departments["BO-L"])) == set()
