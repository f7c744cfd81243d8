"""The clock of an answer: on the list, in its header and order, on the incident's page, and stopped by one button."""

import os
from datetime import timedelta

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from incidents.actions.escalate import escalate
from incidents.models import Escalation, Incident
from tests import make
from tests.intake.test_in_a_browser import QUIET
from tests.services import chromium_path, need, wait_until

LIST = reverse("admin:incidents_incident_changelist")


def address(incident, name="change"):
    return reverse(f"admin:incidents_incident_{name}", args=[incident.pk])


def with_deadline(incident, **in_so_long):
    Escalation.objects.filter(incident=incident).update(deadline=timezone.now() + timedelta(**in_so_long))
    return incident


def listed(answer):
    return [incident.pk for incident in answer.context["cl"].result_list]


@pytest.fixture
def late(marisol, departments):
    return with_deadline(make.incident(marisol, categories=["harassment"], timing="happened"), minutes=-4, seconds=-5)


@pytest.fixture
def waiting(marisol, departments):
    return with_deadline(make.incident(marisol, categories=["killing"]), minutes=3, seconds=30)


def test_each_row_says_how_long_is_left(as_ramiro, late, waiting):
    page = as_ramiro.get(LIST).content.decode()
    assert "overdue 4 min" in page
    assert "3 min left" in page


def test_what_was_answered_has_no_clock(as_ramiro, late, waiting):
    for incident in (late, waiting):
        as_ramiro.post(address(incident, "answer"))
    assert 'class="clock' not in as_ramiro.get(LIST).content.decode()


def test_the_header_counts_what_the_list_shows_and_no_more(as_ana, as_ramiro, marisol, late, waiting):
    south = {"latitude": str(make.SANTA_CRUZ[0]), "longitude": str(make.SANTA_CRUZ[1])}
    with_deadline(make.incident(marisol, **south), minutes=-1)
    assert (as_ramiro.get(LIST).context["overdue_count"], as_ana.get(LIST).context["overdue_count"]) == (2, 1)
    assert as_ramiro.get(LIST, {"category": "harassment"}).context["overdue_count"] == 1
    assert "3 open" in as_ramiro.get(LIST).content.decode()


def test_the_filter_finds_what_is_overdue_and_what_waits(as_ramiro, late, waiting):
    assert listed(as_ramiro.get(LIST, {"answer": "overdue"})) == [late.pk]
    assert set(listed(as_ramiro.get(LIST, {"answer": "waiting"}))) == {late.pk, waiting.pk}
    assert listed(as_ramiro.get(LIST, {"answer": "nonsense"})) == []


def test_overdue_comes_after_danger_and_before_gravity(as_ramiro, marisol, late, waiting):
    danger = make.incident(marisol, categories=["harassment"], in_danger_now="on")
    assert listed(as_ramiro.get(LIST)) == [danger.pk, late.pk, waiting.pk]


def test_the_list_asks_as_often_for_many_clocks_as_for_few(
    as_ramiro, marisol, late, waiting, django_assert_max_num_queries
):
    with django_assert_max_num_queries(12) as few:
        as_ramiro.get(LIST)
    for _ in range(10):
        with_deadline(make.incident(marisol), minutes=-1)
    with django_assert_max_num_queries(len(few)):
        as_ramiro.get(LIST)


def test_one_button_says_that_somebody_has_it(as_ana, ana, late):
    assert "I have it" in as_ana.get(address(late)).content.decode()
    assert as_ana.post(address(late, "answer")).status_code == 302
    late.refresh_from_db()
    assert (late.status, late.escalation.answered_by) == ("acknowledged", ana)
    page = as_ana.get(address(late)).content.decode()
    assert "I have it" not in page
    assert "Answered" in page


def test_looking_answers_for_nobody(as_ana, late):
    assert as_ana.get(address(late, "answer")).status_code == 302
    assert Incident.objects.get(pk=late.pk).status == "triaged"


def test_a_new_danger_asks_again_of_what_was_acknowledged(as_ana, ana, marisol, late):
    as_ana.post(address(late, "answer"))
    Incident.objects.filter(pk=late.pk).update(in_danger_now=True)
    Escalation.objects.filter(incident=late).update(state="pending", answered_at=None, answered_by=None)
    assert "I have it" in as_ana.get(address(late)).content.decode()
    as_ana.post(address(late, "answer"))
    assert Escalation.objects.get(incident=late).answered_by == ana
    assert late.timeline.filter(event="alert.answered", actor=ana).exists()


def test_what_one_may_not_see_is_not_answered(as_ana, marisol, departments):
    south = {"latitude": str(make.SANTA_CRUZ[0]), "longitude": str(make.SANTA_CRUZ[1])}
    hidden = make.incident(marisol, **south)
    assert as_ana.post(address(hidden, "answer")).status_code == 404
    assert Escalation.objects.get(incident=hidden).is_open


def test_the_page_says_whom_it_was_passed_on_to(as_ana, ana, sofia, late):
    Escalation.objects.filter(incident=late).update(next_try_at=timezone.now())
    escalate(Escalation.objects.get(incident=late).pk)
    passed = as_ana.get(address(late)).context["passed_on"]
    assert [step.codes for step in passed] == [["A-1"]]
    assert "Nobody answered in time; people told: 1" in as_ana.get(address(late)).content.decode()


def by_itself(url):
    return url.endswith(("/now/", "/on_it/")) or "/now/?" in url


@pytest.mark.django_db(transaction=True)
def test_the_clock_goes_on_without_asking_the_server(live_server, as_ramiro, waiting, monkeypatch):
    need("Chromium")
    from playwright.sync_api import sync_playwright

    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in this thread
    session = {"name": "sessionid", "value": as_ramiro.cookies["sessionid"].value, "url": live_server.url}
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=chromium_path(), args=QUIET)
        context = browser.new_context(locale="en")
        context.add_cookies([session])
        page = context.new_page()
        page.clock.install()
        page.goto(live_server.url + address(waiting), wait_until="networkidle")  # the map has its ground
        clock, asked = page.locator(".answer .clock"), []
        # Who else is here and what changed is asked by clocks of their own, which have been put forward too.
        page.on("request", lambda request: None if by_itself(request.url) else asked.append(request.url))
        page.clock.fast_forward("05:00")
        wait_until(lambda: "overdue 1 min" in clock.inner_text(), what="the clock")
        wait_until(lambda: "is-late" in clock.get_attribute("class"), what="its mark")
        assert asked == []
        browser.close()
        connections.close_all()
