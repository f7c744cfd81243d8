"""The list's feed: what a page is told since it asked last, and what it is never told."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from incidents.actions import review
from incidents.actions.alarm import sound
from incidents.actions.merge import merge
from incidents.admin import live
from incidents.models import Accusation, Alarm, Escalation, Incident
from tests import make

LIST = reverse("admin:incidents_incident_changelist")
FEED = reverse("admin:incidents_incident_live")
SOUTH = {"latitude": str(make.SANTA_CRUZ[0]), "longitude": str(make.SANTA_CRUZ[1])}


class Page:
    """A page of the list that stands open, and asks."""

    def __init__(self, client, **filters):
        self.client, self.filters = client, filters
        shown = client.get(LIST, filters).context
        self.token, self.at = shown["live_token"], shown["live_at"]

    def ask(self, **more):
        answer = self.client.get(FEED, {**self.filters, "token": self.token, "at": self.at, **more})
        assert answer.status_code == 200
        told = answer.json()
        self.token, self.at = told.get("token", self.token), told["at"]
        return told


@pytest.fixture(autouse=True)
def no_other_reason_to_look(monkeypatch):
    """However slow the machine, no test runs into the moment at which the list is looked at anyway."""
    monkeypatch.setattr(live, "LOOK_EVERY_S", 10**10)


@pytest.fixture
def here(marisol, departments):
    return make.incident(marisol, categories=["killing"])


@pytest.fixture
def page(as_ana, here):
    return Page(as_ana)


def settle():
    """As if all that happened had happened long ago."""
    Incident.objects.update(updated_at=timezone.now() - timedelta(minutes=5))
    Escalation.objects.update(deadline=timezone.now() + timedelta(minutes=5))


def test_where_nothing_changed_the_answer_is_tiny_and_cheap(page, django_assert_max_num_queries):
    settle()
    page = Page(page.client)
    with django_assert_max_num_queries(6):  # of which two find out who asks
        assert set(page.ask()) == {"at"}


def test_a_new_incident_comes_as_a_row_in_its_place(page, here, marisol):
    page.ask()
    new = make.incident(marisol, categories=["harassment"], timing="happened")
    told = page.ask()
    assert told["ids"] == [str(here.pk), str(new.pk)]
    assert list(told["rows"]) == told["fresh"] == [str(new.pk)]
    assert f'data-incident="{new.pk}"' in told["rows"][str(new.pk)]
    assert "2 open" in told["parts"]["count"]


def test_a_changed_incident_comes_again_and_then_rests(page, here, ramiro):
    review.assign(here.pk, ramiro, actor=ramiro)
    assert "C-2" in page.ask()["rows"][str(here.pk)]
    assert set(page.ask()) == {"at"}


def test_what_was_read_is_told_to_the_others(page, here, as_ramiro):
    settle()
    page = Page(page.client)
    as_ramiro.get(reverse("admin:incidents_incident_change", args=[here.pk]))
    assert "unread" not in page.ask()["rows"][str(here.pk)]


def leaves_the_filter(incident, **people):
    review.move(incident.pk, "invalidate", actor=people["ramiro"], reason="Nothing of it is true.")


def is_merged_away(incident, **people):
    older = make.incident(people["marisol"], **SOUTH)
    Incident.objects.filter(pk=older.pk).update(opened_at=timezone.now() - timedelta(hours=1))
    merge(incident.pk, older.pk, actor=people["ramiro"])


def changes_department(incident, **people):
    incident.department = people["departments"]["BO-S"]
    incident.save()


def accuses_the_readers_force(incident, **people):
    people["ana"].linked_force = "armed_forces"
    people["ana"].save()
    Accusation.objects.create(incident=incident, code="armed_forces")


@pytest.mark.parametrize(
    "so", [leaves_the_filter, is_merged_away, changes_department, accuses_the_readers_force], ids=lambda so: so.__name__
)
def test_a_row_that_is_gone_for_the_reader_goes_and_nothing_says_why(
    page, here, so, as_ana, ana, ramiro, marisol, departments
):
    settle()
    page = Page(as_ana)
    so(here, as_ana=as_ana, ana=ana, ramiro=ramiro, marisol=marisol, departments=departments)
    told = page.ask()
    assert (told["ids"], told["rows"], told["fresh"]) == ([], {}, [])
    assert str(here.pk) not in str(told)
    assert "0 open" in told["parts"]["count"]


def test_another_department_never_appears(page, marisol):
    settle()
    page = Page(page.client)
    make.incident(marisol, categories=["killing"], in_danger_now="on", **SOUTH)
    assert set(page.ask()) == {"at"}


def test_another_mission_never_appears(page):
    other = make.mission("elsewhere-2021")
    make.incident(make.monitor("jorge", other), other)
    assert set(page.ask()) == {"at"}


def test_the_feed_keeps_to_the_filters_and_the_search_of_its_page(as_ramiro, here, marisol):
    page, found = Page(as_ramiro, category="shooting"), Page(as_ramiro, q=here.reports.get().reference)
    new = make.incident(marisol, categories=["shooting"])
    assert page.ask()["ids"] == [str(new.pk)]
    assert set(found.ask()) == {"at"}


def test_a_change_that_was_committed_late_is_not_missed(page, here):
    page.ask()
    Incident.objects.filter(pk=here.pk).update(status="acknowledged", updated_at=timezone.now() - timedelta(seconds=8))
    assert "Acknowledged" in page.ask()["rows"][str(here.pk)]


def test_a_deadline_that_passes_is_a_change_though_nobody_wrote_anything(page, here, marisol):
    make.incident(marisol)
    settle()
    Escalation.objects.filter(incident=here).update(deadline=timezone.now() + timedelta(seconds=1))
    page = Page(page.client)
    page.at -= 60_000
    Escalation.objects.filter(incident=here).update(deadline=timezone.now() - timedelta(seconds=1))
    told = page.ask()["parts"]["count"]
    assert 'href="?answer=overdue">1 overdue' in told  # and nothing of what only the feed is told


def test_an_alarm_comes_with_the_feed(page, marisol, bolivia):
    settle()
    page = Page(page.client)
    with transaction.atomic():
        sound(marisol, bolivia, Alarm.Kind.SILENCE)
    assert "1 open alarm" in page.ask()["parts"]["alarms"]


@pytest.mark.parametrize("strange", [{"at": "x"}, {"at": "9" * 14}, {"token": "\0é"}, {"p": "77"}, {"status": "\0"}])
def test_a_strange_question_is_no_fault_of_ours(page, strange):
    assert page.client.get(FEED, {"token": page.token, "at": page.at, **strange}).status_code == 200


def test_a_look_asks_the_database_as_often_for_many_as_for_few(page, marisol, django_assert_max_num_queries):
    make.incident(marisol)
    with django_assert_max_num_queries(20) as few:
        page.ask()
    for _ in range(5):
        make.incident(marisol)
    with django_assert_max_num_queries(len(few)):
        assert len(page.ask()["rows"]) == 5
