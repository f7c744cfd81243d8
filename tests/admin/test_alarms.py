"""Alarms at the desk: above the list, on a page of their own, taken and ended by a person."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from incidents.actions.alarm import sound
from incidents.models import Alarm
from incidents.roles import Role
from tests import make
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
LIST = reverse("admin:incidents_alarm_changelist")
INCIDENTS = reverse("admin:incidents_incident_changelist")


def raised(monitor, of, kind=Alarm.Kind.SILENCE):
    with transaction.atomic():
        return sound(monitor, of, kind)[0]


@pytest.fixture
def report(marisol, ana):
    return make.report(marisol)


@pytest.fixture
def alarm(report, marisol, bolivia):
    return raised(marisol, bolivia)


def page(alarm):
    return reverse("admin:incidents_alarm_change", args=[alarm.pk])


def step(client, alarm, name, **given):
    return client.post(reverse(f"admin:incidents_alarm_{name}", args=[alarm.pk]), given)


def test_the_page_says_who_when_and_where(as_ana, alarm, report):
    text = as_ana.get(page(alarm)).text
    assert all(part in text for part in ("marisol", "La Paz", "-16.5", "±12 m", report.reference, "Answer until"))
    assert reverse("admin:incidents_incident_change", args=[report.incident_id]) in text


def test_the_last_place_is_drawn_from_what_the_map_of_an_incident_is_drawn_from(as_ana, alarm, report):
    incident = as_ana.get(reverse("admin:incidents_incident_change", args=[report.incident_id]))
    assert set(as_ana.get(page(alarm)).context["place"]) == set(incident.context["place"])


def test_an_open_alarm_stands_above_the_list_of_incidents(as_ana, alarm):
    text = as_ana.get(INCIDENTS).text
    assert "1 open alarm" in text
    assert text.index(page(alarm)) < text.index('class="chips"')


def test_i_have_it_stops_the_clock(as_ana, ana, alarm):
    assert step(as_ana, alarm, "acknowledge").status_code == 302
    alarm.refresh_from_db()
    assert (alarm.acknowledged_by, alarm.escalation.is_open) == (ana, False)
    assert "C-1 has it" in as_ana.get(INCIDENTS).text


def test_over_asks_what_was_found_out_beside_the_field(as_ana, alarm):
    answer = step(as_ana, alarm, "over", note=" ")
    assert (answer.status_code, "Say what was found out." in answer.text) == (422, True)
    assert Alarm.objects.get().is_open


def test_over_ends_it_with_what_was_found_out(as_ana, alarm):
    assert step(as_ana, alarm, "over", note="Her phone was empty; spoken at 15:10.").status_code == 302
    assert Alarm.objects.get().note == "Her phone was empty; spoken at 15:10."
    assert "open alarm" not in as_ana.get(INCIDENTS).text
    assert "Her phone was empty" in as_ana.get(page(alarm)).text


@pytest.mark.parametrize("note", ["\x00", "x" * 2_001])
def test_a_note_that_can_not_be_kept_is_refused_and_still_there(as_ana, alarm, note):
    answer = step(as_ana, alarm, "over", note=note)
    assert (answer.status_code, Alarm.objects.get().is_open) == (422, True)


def test_a_silent_alarm_warns_against_calling(as_ana, report, marisol, bolivia):
    silent = raised(marisol, bolivia, Alarm.Kind.DURESS)
    assert all("not call the phone" in as_ana.get(address).text for address in (page(silent), INCIDENTS, LIST))


def test_a_later_sign_is_shown_and_ends_nothing(as_ana, alarm):
    Alarm.objects.update(heard_since=timezone.now())
    assert all("eard from since" in as_ana.get(address).text for address in (page(alarm), INCIDENTS))


def test_who_may_not_see_it_finds_nothing(bolivia, departments, alarm):
    for name, scope, linked in (("elena", [departments["BO-S"]], ""), ("luis", [departments["BO-L"]], "police")):
        client = signed_in(make.person(name, Role.COORDINATOR, bolivia, *scope, linked_force=linked))
        assert (client.get(page(alarm)).status_code, step(client, alarm, "acknowledge").status_code) == (404, 404)
        assert all("marisol" not in client.get(address).text for address in (LIST, INCIDENTS))


def test_the_report_is_not_linked_for_who_may_not_see_its_incident(as_ana, alarm, report, departments):
    type(report.incident).objects.update(department=departments["BO-S"])
    text = as_ana.get(page(alarm)).text
    assert ("not yours to see" in text, report.reference in text) == (True, False)


def test_many_alarms_ask_the_database_as_often_as_few(as_ana, alarm, bolivia, django_assert_max_num_queries):
    for address in (LIST, INCIDENTS):
        Alarm.objects.exclude(pk=alarm.pk).update(resolved_at=timezone.now())
        with django_assert_max_num_queries(20) as few:
            as_ana.get(address)
        for number in range(8):
            raised(make.monitor(f"m{number}-{len(address)}", bolivia), bolivia)
        with django_assert_max_num_queries(len(few)):
            as_ana.get(address)


def test_ended_ones_are_found_under_all(as_ana, alarm):
    Alarm.objects.update(resolved_at=timezone.now() - timedelta(hours=1))
    assert "marisol" not in as_ana.get(LIST).text
    assert "marisol" in as_ana.get(LIST, {"status": "all"}).text
