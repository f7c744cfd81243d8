"""Steps for several incidents at once: each by its own verb, and what was not done is told with its reason."""

import uuid

import pytest
from django.urls import reverse

from incidents.actions.review import move
from incidents.admin import bulk
from incidents.models import Incident
from tests import make

BULK = reverse("admin:incidents_incident_bulk")
JSON = {"Accept": "application/json"}


@pytest.fixture
def two(marisol, departments):
    return [make.incident(marisol), make.incident(marisol)]


@pytest.fixture
def elsewhere(marisol, departments):
    return make.incident(marisol, latitude=str(make.SANTA_CRUZ[0]), longitude=str(make.SANTA_CRUZ[1]))


def post(client, incidents, step="acknowledge", headers=JSON, **more):
    return client.post(BULK, {"incident": [one.pk for one in incidents], "step": step, **more}, headers=headers)


def statuses(*incidents):
    return [Incident.objects.get(pk=one.pk).status for one in incidents]


def test_each_is_acknowledged_in_its_own_timeline_and_its_clock_stops(as_ana, ana, two):
    assert post(as_ana, two).json() == {"said": "2 acknowledged.", "refused": []}
    assert statuses(*two) == ["acknowledged", "acknowledged"]
    assert [one.timeline.get(event="incident.acknowledged").actor for one in two] == [ana, ana]
    assert [one.escalation.answered_by for one in Incident.objects.filter(pk__in=[one.pk for one in two])] == [ana] * 2


def test_what_was_not_done_is_told_by_its_headline_and_why(as_ana, ramiro, two):
    move(two[0].pk, "acknowledge", actor=ramiro)
    told = post(as_ana, two).json()
    assert told["said"] == "1 acknowledged."
    (refused,) = told["refused"]
    assert refused["address"] == reverse("admin:incidents_incident_change", args=[two[0].pk])
    assert refused["headline"].startswith("Intimidation in elections · Police · La Paz")
    assert refused["why"] == "Somebody has it already."


def test_what_one_may_not_see_is_answered_like_what_is_not_there(as_ana, two, elsewhere):
    hidden = post(as_ana, [two[0], elsewhere]).json()
    absent = post(as_ana, [two[1], Incident(pk=uuid.uuid4())]).json()
    assert hidden == absent == {"said": "1 acknowledged. 1 is not there any more.", "refused": []}
    assert statuses(elsewhere) == ["triaged"]


def test_several_are_assigned_to_somebody_who_sees_them(as_ana, ana, ramiro, two):
    assert post(as_ana, two, "assign").json() == {"people": [[ana.pk, "C-1"], [ramiro.pk, "C-2"]]}
    assert post(as_ana, two, "assign", person=ramiro.pk).json()["said"] == "2 assigned to C-2."
    assert {one.assigned_to for one in Incident.objects.all()} == {ramiro}


def test_nobody_is_assigned_what_they_may_not_see(as_ramiro, ana, two, elsewhere):
    told = post(as_ramiro, [two[0], elsewhere], "assign", person=ana.pk).json()
    assert (told["said"], told["refused"][0]["why"]) == ("1 assigned to C-1.", "This person cannot see this incident.")
    assert Incident.objects.get(pk=elsewhere.pk).assigned_to is None


def test_many_are_asked_about_first(as_ana, two, monkeypatch):
    monkeypatch.setattr(bulk, "SURE", 1)
    assert post(as_ana, two).json() == {"sure": "Really do this for 2 incidents?"}
    assert statuses(*two) == ["triaged", "triaged"]
    assert post(as_ana, two, sure="on").json()["said"] == "2 acknowledged."


def test_without_scripts_the_form_leads_back_to_the_list_as_it_was_filtered(as_ana, two):
    answer = post(as_ana, two[:1], headers={}, query="?status=all&next=//elsewhere.example")
    assert answer["Location"] == reverse("admin:incidents_incident_changelist") + "?status=all"
    page = post(as_ana, two, headers={}).content.decode()
    assert "1 acknowledged." in page
    assert "Somebody has it already." in page
    assert "<option" in post(as_ana, two, "assign", headers={}).content.decode()


@pytest.mark.parametrize(
    "strange", [{}, {"step": "close"}, {"incident": "x"}, {"person": "x"}, {"incident": [uuid.uuid4()] * 2 + ["\0"]}]
)
def test_a_strange_post_changes_nothing(as_ana, two, strange):
    given = {"incident": [], "step": "assign", **strange}
    assert as_ana.post(BULK, given, headers=JSON).status_code in (200, 422)
    assert as_ana.post(BULK, {"incident": [uuid.uuid4() for _ in range(51)], "step": "assign"}).status_code == 422
    assert statuses(*two) == ["triaged", "triaged"]
