"""The page of one incident: read, handle, verify, regrade, assign, summarise; refusals beside what was typed."""

import uuid

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from incidents.models import Incident
from incidents.notifications.outbox import queue
from tests import make

STEPS = ("move", "verify", "severity", "assign", "summary", "safe")


def address(incident, name="change"):
    return reverse(f"admin:incidents_incident_{name}", args=[getattr(incident, "pk", incident)])


@pytest.fixture
def incident(marisol, departments):
    return make.incident(marisol)


@pytest.fixture
def hidden(marisol, departments):
    """In Santa Cruz, which is not Ana's."""
    return make.incident(marisol, latitude=str(make.SANTA_CRUZ[0]), longitude=str(make.SANTA_CRUZ[1]))


def after(incident):
    incident.refresh_from_db()
    return incident


@pytest.mark.parametrize("page", ["change", "history", "delete", *STEPS])
def test_what_is_not_yours_is_not_there(as_ana, as_ramiro, hidden, page):
    assert as_ana.get(address(hidden, page)).status_code == 404
    assert as_ana.post(address(hidden, page), {"code": "acknowledge"}).status_code == 404
    assert as_ana.get(address(uuid.uuid4(), page)).status_code == 404
    assert as_ramiro.get(address(hidden)).status_code == 200


@pytest.mark.parametrize("odd", ["x", "%00", "9" * 40, "..%2f", "%ED%A0%80"])
def test_an_id_that_is_none_is_not_there(as_ana, departments, odd):
    assert as_ana.get(f"/admin/incidents/incident/{odd}/change/").status_code == 404


def test_nobody_adds_or_deletes_an_incident_at_the_desk(as_sofia, incident):
    assert as_sofia.post(address(incident, "delete"), {"post": "yes"}).status_code == 403
    assert as_sofia.get(reverse("admin:incidents_incident_add")).status_code == 403
    assert Incident.objects.filter(pk=incident.pk).exists()


def test_the_page_shows_the_words_and_the_code_but_no_user_name(as_ana, marisol, incident):
    marisol.code = "M-07"
    marisol.save()
    page = as_ana.get(address(incident)).content.decode()
    assert "wrote down names" in page
    assert "M-07" in page
    assert "marisol" not in page


def test_words_are_shown_as_text_never_as_markup(as_ana, marisol, departments):
    incident = make.incident(marisol, words="<script>alert(1)</script> y <b>dos</b>")
    page = as_ana.get(address(incident)).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_opening_the_page_tells_the_monitor(as_ana, incident):
    as_ana.get(address(incident))
    assert incident.reports.get().read_at is not None
    as_ana.get(address(incident))
    assert incident.timeline.filter(event="report.read").count() == 1


@pytest.mark.parametrize("header", ["Sec-Purpose", "Purpose"])
def test_a_browser_that_fetches_ahead_has_read_nothing(as_ana, incident, header):
    as_ana.get(address(incident), headers={header: "prefetch"})
    assert incident.reports.get().read_at is None


def test_a_step_is_taken(as_ana, ana, incident):
    answer = as_ana.post(address(incident, "move"), {"code": "acknowledge"})
    assert answer.status_code == 302
    assert after(incident).status == "acknowledged"
    assert incident.timeline.get(event="incident.acknowledged").actor == ana


@pytest.mark.parametrize("code", ["close", "triage", "reopen", "nonsense", ""])
def test_a_step_that_does_not_start_here_is_refused_in_words(as_ana, incident, code):
    answer = as_ana.post(address(incident, "move"), {"code": code, "reason": "because", "outcome": "person_safe"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert after(incident).status == "triaged"


def test_invalidating_needs_a_reason(as_ana, incident):
    assert as_ana.post(address(incident, "move"), {"code": "invalidate", "reason": " "}).status_code == 422
    assert after(incident).status == "triaged"
    assert as_ana.post(address(incident, "move"), {"code": "invalidate", "reason": "A test."}).status_code == 302
    assert after(incident).status == "invalidated"


def test_closing_needs_an_outcome_and_keeps_what_was_typed(as_ana, incident):
    Incident.objects.filter(pk=incident.pk).update(status="resolved")
    answer = as_ana.post(address(incident, "move"), {"code": "close", "reason": "She called from home."})
    assert answer.status_code == 422
    assert "She called from home." in answer.content.decode()
    as_ana.post(address(incident, "move"), {"code": "close", "outcome": "person_safe"})
    assert (after(incident).status, incident.outcome) == ("closed", "person_safe")


def test_only_allowed_steps_are_offered(as_ana, incident):
    page = as_ana.get(address(incident))
    assert [step.move.code for step in page.context["steps"]] == ["acknowledge", "invalidate"]


def test_verifying(as_ana, incident):
    as_ana.post(address(incident, "verify"), {"level": "likely"})
    assert after(incident).verification == "likely"
    assert as_ana.post(address(incident, "verify"), {"level": "refuted"}).status_code == 422
    assert after(incident).verification == "likely"


def test_an_override_keeps_the_computed_severity_and_its_reason(as_ana, incident):
    computed = incident.severity_computed
    assert as_ana.post(address(incident, "severity"), {"level": "critical", "reason": ""}).status_code == 422
    as_ana.post(address(incident, "severity"), {"level": "critical", "reason": "Two more calls."})
    assert (after(incident).severity, incident.severity_computed) == ("critical", computed)
    assert "Two more calls." in as_ana.get(address(incident)).content.decode()


def test_only_who_may_see_it_can_be_assigned(as_ramiro, ana, ramiro, incident, hidden):
    assert as_ramiro.post(address(hidden, "assign"), {"person": ana.pk}).status_code == 422
    assert after(hidden).assigned_to is None
    assert as_ramiro.post(address(incident, "assign"), {"person": ana.pk}).status_code == 302
    assert after(incident).assigned_to == ana


def test_a_monitor_can_not_be_assigned(as_ramiro, marisol, incident):
    assert as_ramiro.post(address(incident, "assign"), {"person": marisol.pk}).status_code == 422


def test_the_public_summary_is_written(as_ana, incident):
    as_ana.post(address(incident, "summary"), {"text": "Observers were intimidated at a polling place."})
    assert after(incident).public_summary.startswith("Observers were")


@pytest.mark.parametrize(
    ("step", "field"),
    [("move", "code"), ("verify", "level"), ("severity", "reason"), ("assign", "person"), ("summary", "text")],
)
@pytest.mark.parametrize("value", ["\x00", "x" * 50_000, "🙂"])
def test_strange_values_are_answered_not_crashed_on(as_ana, incident, step, field, value):
    given = {"level": "critical", field: value}
    assert as_ana.post(address(incident, step), given).status_code in (302, 422)


def test_the_page_tells_what_became_of_each_delivery(as_ana, incident, ramiro):
    queue(incident, "new_incident")
    incident.deliveries.filter(recipient=ramiro).update(state="parked", attempts=60, last_error="connection refused")
    page = as_ana.get(address(incident)).content.decode()
    assert "connection refused" in page
    assert "C-2" in page


def test_an_account_linked_to_a_force_finds_no_page_that_accuses_it(as_ramiro, ramiro, incident):
    ramiro.linked_force = "police"
    ramiro.save()
    assert as_ramiro.get(address(incident)).status_code == 404


def test_djangos_own_log_holds_no_words(as_ana, incident):
    as_ana.post(address(incident, "summary"), {"text": "Words of a summary."})
    assert not any("wrote down" in str(entry) + entry.change_message for entry in LogEntry.objects.all())


def test_every_sentence_of_the_timeline_is_put_into_words(as_ana, incident):
    for step, given in (
        ("move", {"code": "acknowledge"}),
        ("verify", {"level": "possible"}),
        ("assign", {"person": ""}),
        ("severity", {"level": "minor", "reason": "r"}),
        ("summary", {"text": "s"}),
    ):
        as_ana.post(address(incident, step), given)
    sentences = [line.sentence for line in as_ana.get(address(incident)).context["timeline"]]
    assert not [sentence for sentence in sentences if "%(" in sentence or sentence.count(".") == 1]
    assert "Verification changed from Unverified to Possible" in sentences
