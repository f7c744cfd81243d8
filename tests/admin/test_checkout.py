"""Two people at one incident: one has it and the other sees so, may read and may take over, and no emergency waits."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from incidents.models import Checkout
from tests import make


def address(incident, name="change"):
    return reverse(f"admin:incidents_incident_{name}", args=[incident.pk])


@pytest.fixture
def incident(marisol, departments):
    return make.incident(marisol)


@pytest.fixture
def taken(as_ana, incident):
    """Ana has it open."""
    assert as_ana.get(address(incident)).status_code == 200
    return incident


def after(incident):
    incident.refresh_from_db()
    return incident


def whose(incident):
    return Checkout.objects.running().get(incident=incident).person.code


def test_opening_an_incident_takes_it_for_five_minutes_and_no_entry_says_so(taken):
    left = Checkout.objects.get(incident=taken).until - timezone.now()
    assert timedelta(minutes=4) < left <= timedelta(minutes=5)
    assert not taken.timeline.filter(event__contains="taken").exists()


@pytest.mark.parametrize("header", ["Sec-Purpose", "Purpose"])
def test_a_browser_that_fetches_ahead_takes_nothing(as_ana, incident, header):
    as_ana.get(address(incident), headers={header: "prefetch"})
    assert not Checkout.objects.exists()


def test_another_reads_everything_and_is_told_who_has_it(taken, as_ramiro):
    page = as_ramiro.get(address(taken)).content.decode()
    assert "C-1 has it until" in page
    assert "wrote down names" in page
    assert whose(taken) == "C-1"


def test_what_somebody_else_has_does_not_invite_to_go_on(taken, as_ana, as_ramiro):
    def invited(client):
        page = client.get(address(taken)).text.split('id="handling"')[1].split("</section>")[0]
        return [label for label in ("Acknowledge", "Start work") if f'class="primary">{label}' in page]

    as_ana.post(address(taken, "answer"))
    assert (invited(as_ana), invited(as_ramiro)) == (["Start work"], [])


def test_a_step_of_another_waits_for_one_click_and_keeps_what_was_typed(taken, as_ramiro):
    given = {"level": "minor", "reason": "Heard it from two sides."}
    answer = as_ramiro.post(address(taken, "severity"), given)
    assert answer.status_code == 409
    assert ("reason", given["reason"]) in answer.context["typed"]
    assert after(taken).severity_override == ""
    assert as_ramiro.post(address(taken, "severity"), {**given, "take_over": "1"}).status_code == 302
    assert (after(taken).severity_override, whose(taken)) == ("minor", "C-2")
    assert taken.timeline.get(event="incident.taken_over").detail == {"other": "C-1"}


@pytest.mark.parametrize(("step", "given"), [("answer", {}), ("move", {"code": "acknowledge"})])
def test_an_acknowledgement_never_waits(taken, as_ramiro, step, given):
    assert as_ramiro.post(address(taken, step), given).status_code == 302
    assert after(taken).status == "acknowledged"


def test_a_word_about_somebody_in_danger_never_waits(as_ana, as_ramiro, marisol, departments):
    incident = make.incident(marisol, in_danger_now="on")
    as_ana.get(address(incident))
    assert as_ramiro.post(address(incident, "safe"), {"reason": "She called."}).status_code == 302
    assert not after(incident).in_danger_now


def test_it_ends_by_itself(taken, as_ramiro):
    Checkout.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert as_ramiro.post(address(taken, "summary"), {"text": "Intimidation."}).status_code == 302
    as_ramiro.get(address(taken))
    assert whose(taken) == "C-2"
    assert not taken.timeline.filter(event="incident.taken_over").exists()


def test_it_is_given_back_but_not_by_a_page_that_was_opened_before(taken, as_ana):
    known = Checkout.objects.get().until.isoformat()
    as_ana.get(address(taken))
    as_ana.post(address(taken, "leave"), {"quietly": "1", "until": known})
    assert whose(taken) == "C-1"
    assert as_ana.post(address(taken, "leave"), {"quietly": "1"}).status_code == 204
    assert not Checkout.objects.running().exists()


def test_who_goes_on_keeps_it_and_learns_when_it_was_taken_over(taken, as_ana, as_ramiro):
    Checkout.objects.update(until=timezone.now() + timedelta(seconds=9))
    assert as_ana.post(address(taken, "on_it")).json()["mine"]
    assert Checkout.objects.get().until > timezone.now() + timedelta(minutes=4)
    as_ramiro.post(address(taken, "take_over"))
    told = as_ana.post(address(taken, "on_it")).json()
    assert (told["mine"], told["said"].startswith("C-2 has it until")) == (False, True)


def test_the_page_learns_what_others_did_meanwhile_and_not_what_oneself_did(taken, as_ana, as_ramiro):
    seen = as_ana.get(address(taken)).context["seen"]
    as_ana.post(address(taken, "summary"), {"text": "By herself."})
    as_ramiro.post(address(taken, "answer"))
    news = as_ana.get(address(taken, "now"), {"after": seen}).json()["news"]
    assert [(one["who"], one["said"]) for one in news] == [("C-2", "Acknowledged")]


def test_a_step_that_came_too_late_says_what_changed(taken, as_ana, as_ramiro):
    seen = as_ana.get(address(taken)).context["seen"]
    as_ramiro.post(address(taken, "answer"))
    given = {"code": "acknowledge", "reason": "I called her.", "seen": seen}
    answer = as_ana.post(address(taken, "move"), given)
    assert (answer.status_code, "I called her." in answer.content.decode()) == (422, True)
    assert [one["said"] for one in answer.context["meanwhile"]] == ["Acknowledged"]


@pytest.mark.parametrize("odd", ["", "x", "-1", "9" * 40, "\x00", "²"])
def test_strange_questions_about_news_are_answered(taken, as_ana, odd):
    assert as_ana.get(address(taken, "now"), {"after": odd}).json()["news"] == []


def test_the_list_says_who_is_on_it_in_the_queries_it_makes_anyway(taken, as_ana, as_ramiro, marisol):
    there = reverse("admin:incidents_incident_changelist")
    with CaptureQueriesContext(connection) as one:
        assert "C-1 is on it" in as_ramiro.get(there).content.decode()
    for _ in range(3):
        as_ana.get(address(make.incident(marisol)))
    with CaptureQueriesContext(connection) as four:
        assert as_ramiro.get(there).content.decode().count("C-1 is on it") == 4
    assert len(four) == len(one)


@pytest.mark.parametrize("asked", ["status=all", "q=zz&p=9999", "severity=nonsense", "%00", "http://evil.example/"])
def test_the_way_back_and_to_the_neighbours_stays_on_this_desk(taken, as_ana, asked):
    page = as_ana.get(address(taken), {"list": asked})
    assert page.context["back"].startswith(reverse("admin:incidents_incident_changelist"))
    beside = as_ana.get(address(taken, "next"), {"list": asked})
    assert beside["Location"].startswith(address(taken))


def test_the_neighbours_follow_the_order_and_the_filters_of_the_list(as_ana, marisol, departments):
    first, middle, last = (make.incident(marisol, **given) for given in ({"in_danger_now": "on"}, {}, {}))
    first, middle, last = first, last, middle  # the newer of two equals stands first
    assert as_ana.get(address(first, "next"))["Location"] == address(middle)
    assert as_ana.get(address(last, "previous"))["Location"] == address(middle)
    danger = as_ana.get(address(middle, "previous"), {"list": "danger=yes"})["Location"]
    assert danger.startswith(address(first) + "?list=danger")
