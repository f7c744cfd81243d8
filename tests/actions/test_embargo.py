"""What a first release waits for: safety, a delay, a full hour; and who looks again, and when."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents import tasks
from incidents.actions import alarm
from incidents.actions.review import move, stand_down, verify
from incidents.models import Alarm, Assessment, Incident, Mission, Publication, Release
from tests import make
from tests.actions.test_gate import PUBLIC, obstacles, out, ready, renew_due
from tests.actions.test_revise import send_again

pytestmark = pytest.mark.django_db


def again():
    """As the worker does once it has waited."""
    Publication.objects.update(next_try_at=timezone.now())
    renew_due()


def test_nothing_leaves_while_its_reporter_is_in_danger(marisol, ramiro):
    incident = ready(marisol, ramiro, in_danger_now="on")
    assert (out(incident), obstacles(incident)) == (set(), ["danger"])
    stand_down(incident.pk, actor=ramiro, reason="She is home.")
    assert out(incident) == PUBLIC


@pytest.mark.parametrize("end", [stand_down, lambda pk, **by: move(pk, "invalidate", **by)])
def test_nothing_leaves_while_its_reporter_is_in_danger_elsewhere(marisol, ramiro, end):
    elsewhere = make.incident(marisol, in_danger_now="on")
    incident = ready(marisol, ramiro)
    assert (out(incident), obstacles(incident)) == (set(), ["danger"])
    end(elsewhere.pk, actor=ramiro, reason="She is home, and was.")
    again()
    assert out(incident) == PUBLIC


def test_danger_of_somebody_else_or_told_to_another_mission_holds_nothing_up(marisol, ramiro, bolivia):
    make.incident(make.monitor("nilda", bolivia), in_danger_now="on")
    make.incident(marisol, make.mission("elsewhere"), in_danger_now="on")
    assert out(ready(marisol, ramiro)) == PUBLIC


def test_nothing_comes_out_while_the_mission_is_read_only(marisol, ramiro, bolivia):
    Mission.objects.filter(pk=bolivia.pk).update(release_delay_hours=24)
    incident = ready(marisol, ramiro)
    Mission.objects.filter(pk=bolivia.pk).update(mode="read_only", release_delay_hours=0)
    again()
    assert (out(incident), obstacles(Incident.objects.get())) == (set(), ["read_only"])
    Mission.objects.update(mode="open")
    again()
    assert out(incident) == PUBLIC


def test_nothing_leaves_while_an_alarm_about_its_reporter_is_open(marisol, ramiro, bolivia):
    silence, _queued = alarm.sound(marisol, bolivia, Alarm.Kind.SILENCE)
    incident = ready(marisol, ramiro)
    assert (out(incident), obstacles(incident)) == (set(), ["alarm"])
    alarm.resolve(silence.pk, actor=ramiro, note="Her battery was empty.")
    assert out(incident) == set()  # it is work of its own: what an alarm ends must not wait for it
    renew_due()
    assert out(incident) == PUBLIC


def test_an_alarm_about_somebody_else_holds_nothing_up(marisol, ramiro, bolivia):
    alarm.sound(make.monitor("nilda", bolivia), bolivia, Alarm.Kind.SILENCE)
    assert out(ready(marisol, ramiro)) == PUBLIC


def test_what_few_can_have_told_waits_and_comes_out_by_itself_at_a_full_hour(marisol, ramiro, bolivia):
    """It is seen to come: at any other time that would tell the minute of its report."""
    Mission.objects.filter(pk=bolivia.pk).update(release_delay_hours=24)
    incident = ready(marisol, ramiro)
    at = Publication.objects.get(incident=incident).next_try_at
    assert (out(incident), at.minute, at.second, at.microsecond) == (set(), 0, 0, 0)
    assert timedelta(hours=24) <= at - incident.opened_at < timedelta(hours=25)
    renew_due()
    assert out(incident) == set()

    Incident.objects.filter(pk=incident.pk).update(opened_at=timezone.now() - timedelta(hours=26))
    again()
    assert out(incident) == PUBLIC


def test_the_sweep_rings_for_what_has_waited_long_enough(marisol, ramiro, bolivia, monkeypatch):
    Mission.objects.filter(pk=bolivia.pk).update(release_delay_hours=24)
    ready(marisol, ramiro)
    rung = []
    monkeypatch.setattr(tasks, "publish", lambda task, *_, **__: rung.append(task.name))
    tasks.sweep()
    assert tasks.renew_releases.name not in rung
    Publication.objects.update(next_try_at=timezone.now())
    tasks.sweep()
    assert tasks.renew_releases.name in rung


def test_alerts_are_rung_for_where_no_day_can_be_planned(marisol, monkeypatch):
    report, rung = make.report(marisol, triaged=False), []
    Assessment.objects.update(next_try_at=timezone.now() - timedelta(minutes=1))
    monkeypatch.setattr(tasks, "publish", lambda task, pk, *_, **__: rung.append(pk))
    monkeypatch.setattr(tasks, "plan_days", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.sweep()
    assert str(report.assessment.pk) in rung


def test_who_renews_holds_the_incident_before_the_work(marisol, ramiro):
    """As does whoever asks for it while they hold the incident, or two would wait for each other."""
    incident = ready(marisol, ramiro)
    Publication.objects.ask([incident.pk])
    with CaptureQueriesContext(connection) as asked:
        renew_due()
    order = [query["sql"] for query in asked if "incidents_incident" in query["sql"] or "'done'" in query["sql"]]
    held = next(number for number, sql in enumerate(order) if 'FROM "incidents_incident"' in sql)
    assert held < next(number for number, sql in enumerate(order) if "'done'" in sql)


@pytest.mark.parametrize(("active", "leaves_to"), [(9, set()), (10, PUBLIC)])
def test_where_twice_as_many_were_active_as_hide_a_place_nothing_waits(marisol, ramiro, bolivia, active, leaves_to):
    Mission.objects.filter(pk=bolivia.pk).update(release_delay_hours=24)
    make.crowd(bolivia, active)
    assert out(ready(marisol, ramiro)) == leaves_to


def test_what_a_later_text_adds_is_written_at_a_full_hour(marisol, ramiro):
    """The minute of a change would be the minute at which a phone spoke to us."""
    incident = ready(marisol, ramiro)
    send_again(incident.reports.get(), consent="public", perpetrators=["armed_forces"])
    waits, partner = Publication.objects.get(incident=incident), Release.objects.filter(audience="partner")
    assert (waits.next_try_at.minute, partner.get().perpetrators) == (0, "police")
    again()
    assert partner.get().perpetrators == "armed_forces;police"


def test_what_is_out_stays_out_when_danger_begins(marisol, ramiro):
    """Taking it back would tell everybody that something has happened to somebody."""
    incident = ready(marisol, ramiro)
    send_again(incident.reports.get(), consent="public", in_danger_now="on")
    assert (Incident.objects.get().in_danger_now, out(incident)) == (True, PUBLIC)


def test_what_was_withdrawn_in_danger_waits_until_it_is_over(marisol, ramiro):
    incident = ready(marisol, ramiro)
    send_again(incident.reports.get(), consent="public", in_danger_now="on")
    verify(incident.pk, "possible", actor=ramiro)
    verify(incident.pk, "confirmed", actor=ramiro)
    assert out(incident) == set()


def test_what_cannot_be_written_is_tried_again_and_again(marisol, ramiro):
    incident = ready(marisol, ramiro)
    Release.objects.update(feature="{")
    Publication.objects.ask([incident.pk])
    for _ in range(6):
        with pytest.raises(ValueError, match="Expecting"):
            again()
    assert list(Publication.objects.values_list("state", "attempts")) == [("pending", 6)]
