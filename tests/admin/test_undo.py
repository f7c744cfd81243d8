"""Taking back the last step: by whoever took it or a mission admin, while nothing came after it; nothing is removed."""

import pytest
from django.urls import reverse

from incidents.models import Incident, Release
from tests import make


def address(incident, name="change"):
    return reverse(f"admin:incidents_incident_{name}", args=[incident.pk])


@pytest.fixture
def incident(marisol, departments, ana, ramiro):
    """With a running clock."""
    return make.incident(marisol)


def step(client, incident, name, **given):
    assert client.post(address(incident, name), {**given, "take_over": "1"}).status_code == 302
    return incident.timeline.exclude(actor=None).order_by("-pk").first()  # what it released is told of after it


def take_back(client, incident, entry):
    return client.post(address(incident, "undo"), {"entry": entry.pk, "take_over": "1"}).status_code


def after(incident):
    return Incident.objects.get(pk=incident.pk)


def test_an_acknowledgement_is_taken_back_and_the_clock_runs_on(as_ana, incident):
    before = incident.escalation.deadline
    told = incident.deliveries.filter(recipient__code="C-1")
    entry = step(as_ana, incident, "move", code="acknowledge")
    assert told.exclude(acknowledged_at=None).exists()
    assert take_back(as_ana, incident, entry) == 302
    now = after(incident)
    assert (now.status, now.acknowledged_at) == ("triaged", None)
    assert (now.escalation.is_open, now.escalation.deadline, now.escalation.answered_by) == (True, before, None)
    assert not told.exclude(acknowledged_at=None).exists()


def test_the_timeline_keeps_both_and_says_so(as_ana, ana, incident):
    entry = step(as_ana, incident, "move", code="acknowledge")
    take_back(as_ana, incident, entry)
    line = incident.timeline.get(event="move.undone")
    assert (line.actor, line.detail["entry"]) == (ana, entry.pk)
    assert incident.timeline.filter(pk=entry.pk).exists()
    assert "the status is Triaged again" in as_ana.get(address(incident)).content.decode()


def test_a_closing_is_taken_back_with_its_outcome(as_ana, incident):
    Incident.objects.filter(pk=incident.pk).update(status="resolved")
    take_back(as_ana, incident, step(as_ana, incident, "move", code="close", outcome="person_safe"))
    assert (after(incident).status, after(incident).outcome) == ("resolved", "")
    step(as_ana, incident, "move", code="close", outcome="person_safe")
    take_back(as_ana, incident, step(as_ana, incident, "move", code="reopen", reason="More came in."))
    assert (after(incident).status, after(incident).outcome) == ("closed", "person_safe")


def test_what_was_released_by_a_verification_is_withdrawn_with_it(as_ana, incident):
    entry = step(as_ana, incident, "verify", level="confirmed")
    assert Release.objects.filter(withdrawn_at=None).exists()
    take_back(as_ana, incident, entry)
    assert after(incident).verification == "unverified"
    assert not Release.objects.filter(withdrawn_at=None).exists()


def test_an_override_goes_back_to_the_one_before_and_its_reason(as_ana, incident):
    step(as_ana, incident, "severity", level="minor", reason="First thought.")
    entry = step(as_ana, incident, "severity", level="critical", reason="Second thought.")
    take_back(as_ana, incident, entry)
    assert (after(incident).severity, after(incident).severity_override_reason) == ("minor", "First thought.")


def test_an_assignment_goes_back_to_whom_it_was(as_ana, ana, ramiro, incident):
    step(as_ana, incident, "assign", person=ramiro.pk)
    take_back(as_ana, incident, step(as_ana, incident, "assign", person=ana.pk))
    assert after(incident).assigned_to == ramiro


def test_another_coordinator_can_not_take_it_back_but_a_mission_admin_can(as_ana, as_ramiro, as_sofia, incident):
    entry = step(as_ana, incident, "verify", level="likely")
    assert take_back(as_ramiro, incident, entry) == 422
    assert after(incident).verification == "likely"
    assert take_back(as_sofia, incident, entry) == 302
    assert after(incident).verification == "unverified"


def test_what_something_came_after_stays(as_ana, as_ramiro, incident):
    entry = step(as_ana, incident, "move", code="acknowledge")
    step(as_ramiro, incident, "move", code="start")
    assert take_back(as_ana, incident, entry) == 422
    assert after(incident).status == "in_progress"


def test_a_step_on_something_else_does_not_stand_in_the_way(as_ana, as_ramiro, incident):
    entry = step(as_ana, incident, "move", code="acknowledge")
    step(as_ramiro, incident, "verify", level="likely")
    assert take_back(as_ana, incident, entry) == 302
    assert (after(incident).status, after(incident).verification) == ("triaged", "likely")


def test_it_is_taken_back_once(as_ana, incident):
    entry = step(as_ana, incident, "move", code="acknowledge")
    assert [take_back(as_ana, incident, entry) for _ in range(2)] == [302, 422]


@pytest.mark.parametrize("entry", ["", "0", "x", "9" * 30, "1"])
def test_strange_entries_are_refused(as_ana, incident, entry):
    assert as_ana.post(address(incident, "undo"), {"entry": entry}).status_code == 422


def test_one_click_stands_beside_the_message_and_in_the_timeline(as_ana, as_ramiro, incident):
    entry = step(as_ana, incident, "move", code="acknowledge")
    page = as_ana.get(address(incident))
    assert page.context["just_done"].entry == entry
    assert page.content.decode().count(f'name="entry" value="{entry.pk}"') == 2
    assert as_ana.get(address(incident)).content.decode().count(f'name="entry" value="{entry.pk}"') == 1
    assert 'name="entry"' not in as_ramiro.get(address(incident)).content.decode()


def test_a_merge_is_taken_back_in_the_same_place(as_ramiro, marisol, incident):
    other = make.incident(marisol, words="Something else entirely happened in the market.")
    as_ramiro.post(address(incident, "merge"), {"other": other.pk})
    lines = as_ramiro.get(address(incident)).context["timeline"]
    (undo,) = [line.undo for line in lines if line.undo]
    assert undo["step"] == "unmerge"
    assert as_ramiro.post(address(incident, "unmerge"), {undo["name"]: undo["value"]}).status_code == 302
    assert other.reports.count() == 1
