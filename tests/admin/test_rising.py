"""The strip above the list: what rises and why, for those who may know; gone for all by one click."""

import pytest
from django.urls import reverse

from incidents.models import Delivery, Surge
from incidents.notifications import messages
from incidents.roles import Role
from tests import make
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
LIST = reverse("admin:incidents_incident_changelist")
WHY = "7 reports in 3 hours, 0.8 expected"


@pytest.fixture
def here(marisol, departments):
    return make.incident(marisol, categories=["arrest_detention"])


@pytest.fixture
def surge(here):
    return make.surge(here)


def seen(client, surge):
    return client.post(reverse("admin:incidents_surge_seen", args=[surge.pk]))


def test_it_says_what_rises_where_and_why(as_ana, surge):
    text = as_ana.get(LIST).text
    assert WHY in text
    assert "Arrest or detention · Police · La Paz" in text


def test_nothing_rises_and_there_is_no_strip(as_ana, here):
    assert "More reports than usual" not in as_ana.get(LIST).text


@pytest.mark.parametrize(
    ("changes", "sees"),
    [
        ({}, {"here": True, "everywhere": True, "elsewhere": False, "linked": False}),
        (
            {"level": "department", "perpetrator": "", "category": ""},
            {"here": True, "everywhere": True, "linked": False},
        ),
        (
            {"level": "mission", "department": None, "perpetrator": "", "category": ""},
            {"here": False, "everywhere": True, "linked": False},
        ),
        ({"department": None}, {"here": True, "elsewhere": True, "linked": False}),
        ({"perpetrator": "vigilante"}, {"here": True, "linked": False}),  # one of those it counts accuses the police
    ],
)
def test_who_sees_it(here, bolivia, departments, changes, sees):
    make.surge(here, **changes)
    people = {
        "here": {"scope": [departments["BO-L"]]},
        "elsewhere": {"scope": [departments["BO-S"]]},
        "everywhere": {"scope": [], "everywhere": True},
        "linked": {"scope": [], "everywhere": True, "linked_force": "police"},
    }
    for who, expected in sees.items():
        given = dict(people[who])
        person = make.person(who, Role.COORDINATOR, bolivia, *given.pop("scope"), **given)
        assert (WHY in signed_in(person).get(LIST).text) is expected, who


def test_an_account_linked_to_another_force_sees_it(surge, bolivia):
    person = make.person("p", Role.COORDINATOR, bolivia, everywhere=True, linked_force="armed_forces")
    assert WHY in signed_in(person).get(LIST).text


def test_seen_by_one_click_it_is_gone_for_all(as_ana, as_ramiro, surge):
    assert seen(as_ana, surge).status_code == 302
    assert WHY not in as_ramiro.get(LIST).text
    surge.refresh_from_db()
    assert surge.acknowledged_by.code == "C-1"


def test_the_first_to_see_it_stands(as_ana, as_ramiro, surge):
    seen(as_ana, surge)
    seen(as_ramiro, surge)
    assert Surge.objects.get().acknowledged_by.code == "C-1"


def test_its_link_leads_to_what_it_counts(as_ramiro, here, marisol, surge):
    make.incident(marisol)
    answer = as_ramiro.get(LIST, {"status": "all", "surge": surge.pk})
    assert [row.pk for row in answer.context["cl"].result_list] == [here.pk]


@pytest.mark.parametrize("value", ["x", "9" * 30, "-1", "\x00"])
def test_a_strange_surge_in_the_address_is_no_fault_of_ours(as_ana, surge, value):
    assert as_ana.get(LIST, {"surge": value}).status_code == 200


def test_a_closed_one_leaves_the_strip(as_ana, surge):
    Surge.objects.update(closed_at="2020-01-01T00:00Z")
    assert WHY not in as_ana.get(LIST).text


def test_the_mail_of_a_rise_leads_to_the_list_and_tells_no_words(here, surge, ramiro):
    delivery = Delivery.objects.create(incident=here, recipient=ramiro, kind="surge")
    told = messages.compose(delivery)
    assert f"?status=all&surge={surge.pk}" in told.text
    assert "officers" not in told.text
