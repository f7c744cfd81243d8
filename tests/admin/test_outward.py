"""What leaves the mission, on an incident's page: what is out, what stands in the way, the summary."""

from datetime import timedelta

import pytest
from django.urls import reverse

from incidents.actions.review import keep_back, summarise, verify
from incidents.models import ApiKey, Grouping, Incident, Mission, Release
from incidents.models.publication import full_hour
from incidents.roles import Role
from tests import make
from tests.admin.test_incident_page import address, after

pytestmark = pytest.mark.django_db
CALM = "Voters were turned away from a polling place."


@pytest.fixture
def incident(marisol, departments):
    return make.incident(marisol, consent="public")


def told(client, incident):
    """By audience what the page tells."""
    return {one.audience: one for one in client.get(address(incident)).context["outward"]}


def test_it_says_for_each_audience_what_stands_in_the_way(as_ana, incident):
    page = as_ana.get(address(incident)).text
    assert "It is not held likely or confirmed." in page
    found = told(as_ana, incident)
    assert set(found) == {"partner", "public"}
    assert len(found["public"].obstacles) == 2
    assert found["partner"].columns["category"] == "intimidation"
    assert not Grouping.objects.exists()  # looking decides nothing


def test_what_is_out_is_shown_as_it_went_out(as_ana, ana, incident):
    verify(incident.pk, "confirmed", actor=ana)
    release = Release.objects.get(audience="partner")
    found = told(as_ana, incident)["partner"]
    assert (found.since, found.obstacles) == (release.released_at, [])
    assert dict(found.all_columns)["occurred_at"] == release.occurred_at
    assert "Released since" in as_ana.get(address(incident)).text


def test_a_release_that_waits_says_until_when(as_ana, ana, bolivia, incident):
    Mission.objects.filter(pk=bolivia.pk).update(release_delay_hours=24)
    verify(incident.pk, "confirmed", actor=ana)
    assert told(as_ana, incident)["partner"].not_before == full_hour(incident.opened_at + timedelta(hours=24))
    assert "So few monitors were active there that it waits" in as_ana.get(address(incident)).text


def test_the_place_is_told_in_words_and_no_closer(as_ana, incident, bolivia):
    assert "no place is told" in as_ana.get(address(incident)).text
    make.crowd(bolivia)
    page = as_ana.get(address(incident)).text
    assert "a square of about 5 km in La Paz" in page
    assert told(as_ana, incident)["partner"].columns["latitude"] != make.LA_PAZ[0]


def test_exact_places_are_spoken_of_where_a_key_opens_them(as_ana, incident, bolivia):
    near = make.person("near", Role.PARTNER, bolivia, email="")
    ApiKey.issue(holder=near, mission=bolivia, audience="exact", is_granted=True)
    assert told(as_ana, incident)["exact"].columns["latitude"] == make.LA_PAZ[0]


def test_it_is_kept_back_and_let_go_with_a_reason(as_ana, ana, incident):
    verify(incident.pk, "confirmed", actor=ana)
    assert as_ana.post(address(incident, "keep_back"), {"reason": " "}).status_code == 422
    as_ana.post(address(incident, "keep_back"), {"reason": "Her brother was followed."})
    assert after(incident).is_kept_back
    page = as_ana.get(address(incident))
    assert "Kept back: nothing of it leaves the mission" in [line.sentence for line in page.context["timeline"]]
    assert "Taken back from: Partners" in [line.sentence for line in page.context["timeline"]]
    as_ana.post(address(incident, "let_go"), {"reason": "They are abroad."})
    assert (after(incident).is_kept_back, told(as_ana, incident)["partner"].obstacles) == (False, [])


def test_who_comes_second_is_told_so_and_keeps_what_they_wrote(as_ana, ramiro, incident):
    keep_back(incident.pk, actor=ramiro, reason="Wait.")
    answer = as_ana.post(address(incident, "keep_back"), {"reason": "Her brother was followed."})
    assert (answer.status_code, "Her brother was followed." in answer.text) == (422, True)


def test_in_a_read_only_mission_it_stays_as_it_is(as_ana, incident, bolivia):
    Mission.objects.filter(pk=bolivia.pk).update(mode="read_only")
    assert as_ana.post(address(incident, "keep_back"), {"reason": "Wait."}).status_code in (409, 422)
    assert not after(incident).is_kept_back


@pytest.mark.parametrize(
    ("summary", "what"),
    [
        ("It is said that TWO officers stood at the door.", "stand in the report itself"),
        ("Call 591 7712-3456 for more.", "telephone number"),
        ("Write to marisol.q@example.org today.", "e-mail address"),
        ("As m-07 saw, voters were turned away.", "code of a monitor: M-07"),
    ],
)
def test_a_summary_that_may_tell_on_somebody_is_looked_at_twice(as_ana, marisol, incident, summary, what):
    marisol.code = "M-07"
    marisol.save()
    answer = as_ana.post(address(incident, "summary"), {"text": summary})
    assert (answer.status_code, what in answer.text, summary in answer.text) == (422, True, True)
    assert after(incident).public_summary == ""

    mark = answer.context["forms"]["summary"].mark
    assert as_ana.post(address(incident, "summary"), {"text": summary, "looked_at": mark}).status_code == 302
    assert after(incident).public_summary == summary
    assert what in as_ana.get(address(incident)).text


def test_another_text_is_looked_at_anew(as_ana, incident):
    mark = as_ana.post(address(incident, "summary"), {"text": "Call 591 7712-3456."}).context["forms"]["summary"].mark
    again = as_ana.post(address(incident, "summary"), {"text": "Call 591 7712-9999.", "looked_at": mark})
    assert (again.status_code, after(incident).public_summary) == (422, "")


@pytest.mark.parametrize(
    "summary",
    [CALM, "On 18.10.2020, two officers stood at a gate; 12 of 340 voters left at 14:30.", "2020-10-18: calm."],
)
def test_a_plain_summary_is_saved_at_once(as_ana, incident, summary):
    assert as_ana.post(address(incident, "summary"), {"text": summary}).status_code == 302
    assert after(incident).public_summary == summary


def test_the_panel_costs_a_bounded_number_of_questions(as_ana, ana, incident, django_assert_max_num_queries):
    summarise(incident.pk, CALM, actor=ana)
    verify(incident.pk, "confirmed", actor=ana)
    as_ana.get(address(incident))
    with django_assert_max_num_queries(60):
        as_ana.get(address(incident))


def test_a_mission_admin_sets_how_far_places_are_blurred(as_sofia, bolivia):
    page = as_sofia.get(reverse("admin:incidents_mission_change", args=[bolivia.pk])).text
    assert all(f'name="{name}"' in page for name in ("group_size", "release_delay_hours", "has_public_page"))
    assert Mission.objects.get().has_public_page is False
    assert Incident.objects.count() == 0
