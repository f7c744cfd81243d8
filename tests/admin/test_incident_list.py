"""The list and its map: the same incidents, and never one that is not yours."""

import pytest
from django.urls import reverse

from incidents.models import Incident
from tests import make

LIST = reverse("admin:incidents_incident_changelist")
MAP = reverse("admin:incidents_incident_map")
BOUNDARIES = reverse("admin:incidents_incident_boundaries")


def at(position, **changes):
    return {"latitude": str(position[0]), "longitude": str(position[1]), **changes}


def shown(answer):
    return {str(incident.pk) for incident in answer.context["cl"].result_list}


def on_map(answer):
    return {point[0] for point in answer.json()["points"]}


@pytest.fixture
def here(marisol, departments):
    return make.incident(marisol)


@pytest.fixture
def elsewhere(marisol, departments):
    return make.incident(marisol, **at(make.SANTA_CRUZ))


@pytest.fixture
def nowhere(marisol, departments):
    return make.incident(marisol, latitude="", longitude="", accuracy_m="", location_source="none")


def test_a_coordinator_lists_what_lies_in_their_departments(as_ana, here, elsewhere):
    answer = as_ana.get(LIST)
    assert shown(answer) == {str(here.pk)}
    assert "Santa Cruz" not in answer.content.decode()


def test_a_coordinator_of_everything_lists_everything(as_ramiro, here, elsewhere):
    assert shown(as_ramiro.get(LIST)) == {str(here.pk), str(elsewhere.pk)}


def test_the_map_shows_no_point_that_the_list_hides(as_ana, here, elsewhere):
    answer = as_ana.get(MAP)
    assert on_map(answer) == {str(here.pk)}
    assert answer.json()["total"] == 1


def test_what_has_no_place_is_counted_beside_the_map(as_ana, here, nowhere):
    answer = as_ana.get(MAP).json()
    assert (answer["total"], answer["located"], answer["without_place"]) == (2, 1, 1)


@pytest.mark.parametrize(
    "query", ["status=all", "status=closed", "severity=major", "category=shooting", "danger=yes", "assigned=me", "q=zz"]
)
def test_map_and_list_move_by_the_same_filters(as_ramiro, marisol, departments, query):
    make.incident(marisol, categories=["shooting"], in_danger_now="on")
    make.incident(marisol, categories=["arrest_detention"], timing="happened")
    closed = make.incident(marisol)
    Incident.objects.filter(pk=closed.pk).update(status="closed")
    assert on_map(as_ramiro.get(f"{MAP}?{query}")) == shown(as_ramiro.get(f"{LIST}?{query}"))


def test_a_filter_narrows(as_ramiro, marisol, departments):
    wanted = make.incident(marisol, categories=["shooting"])
    make.incident(marisol)
    assert shown(as_ramiro.get(LIST, {"category": "shooting"})) == {str(wanted.pk)}


def test_closed_incidents_wait_behind_the_status_filter(as_ramiro, here):
    Incident.objects.filter(pk=here.pk).update(status="closed")
    assert shown(as_ramiro.get(LIST)) == set()
    assert shown(as_ramiro.get(LIST, {"status": "closed"})) == {str(here.pk)}


def test_a_department_that_is_not_yours_filters_like_one_that_does_not_exist(as_ana, here, elsewhere):
    hidden = as_ana.get(LIST, {"department": elsewhere.department_id})
    absent = as_ana.get(LIST, {"department": 987_654})
    assert shown(hidden) == shown(absent) == set()


def test_a_report_is_found_by_its_reference_even_when_closed(as_ramiro, here, elsewhere):
    Incident.objects.filter(pk=here.pk).update(status="closed")
    assert shown(as_ramiro.get(LIST, {"q": here.reports.get().reference})) == {str(here.pk)}


def test_search_does_not_look_into_the_words_of_a_report(as_ramiro, here):
    assert shown(as_ramiro.get(LIST, {"q": "wrote down names"})) == set()


def test_search_does_not_find_what_one_may_not_see(as_ana, here, elsewhere):
    answer = as_ana.get(LIST, {"q": elsewhere.reports.get().reference})
    assert shown(answer) == set()
    assert answer.context["cl"].result_count == 0


@pytest.mark.parametrize(
    "query", ["q=%00", "status=%00", "department=%ED%A0%80", "p=x", "p=-9", "assigned_to__password=x", "o=9.9"]
)
def test_a_strange_address_is_no_fault_of_ours(as_ana, here, query):
    assert as_ana.get(f"{LIST}?{query}", follow=True).status_code == 200
    assert as_ana.get(f"{MAP}?{query}").status_code < 500


def test_an_account_linked_to_a_force_sees_nothing_that_accuses_it(as_ramiro, ramiro, here):
    other = make.incident(here.reports.get().reporter, perpetrators=["vigilante"])
    ramiro.linked_force = "police"
    ramiro.save()
    assert shown(as_ramiro.get(LIST)) == on_map(as_ramiro.get(MAP)) == {str(other.pk)}


def test_danger_comes_before_gravity(as_ramiro, marisol, departments):
    make.incident(marisol, categories=["killing"])
    danger = make.incident(marisol, categories=["harassment"], in_danger_now="on", timing="happened")
    assert as_ramiro.get(LIST).context["cl"].result_list[0].pk == danger.pk


def test_the_list_asks_the_database_as_often_for_thirty_as_for_three(
    as_ramiro, marisol, departments, django_assert_max_num_queries
):
    for _ in range(3):
        make.incident(marisol)
    with django_assert_max_num_queries(15) as few:
        as_ramiro.get(LIST)
    for _ in range(27):
        make.incident(marisol)
    with django_assert_max_num_queries(len(few)):
        assert len(shown(as_ramiro.get(LIST))) == 30


def test_the_outlines_are_sent_once_and_then_only_asked_after(as_ana, departments):
    first = as_ana.get(BOUNDARIES)
    assert {f["properties"]["name"] for f in first.json()["features"]} == {"La Paz", "Oruro", "Santa Cruz"}
    again = as_ana.get(BOUNDARIES, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_outlines_of_other_missions_are_not_sent(as_ana, departments):
    make.departments(make.mission(slug="elsewhere"))
    assert len(as_ana.get(BOUNDARIES).json()["features"]) == 3


def test_an_empty_list_says_why_and_what_to_do(as_ana, departments):
    assert "No incident is open" in as_ana.get(LIST).content.decode()
    assert "Show all incidents" in as_ana.get(LIST, {"severity": "minor"}).content.decode()
