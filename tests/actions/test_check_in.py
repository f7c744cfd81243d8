"""Being heard from again: silence raises one alarm, any sign of life raises none, and a person ends what stands."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from incidents import tasks
from incidents.actions import check_in
from incidents.actions.check_in import fall_due, promise
from incidents.models import Alarm, CheckIn, Delivery, Device
from incidents.models.work import ClaimLost
from tests import make
from tests.intake.conftest import enrolled, send

pytestmark = pytest.mark.django_db
LONG_AGO = "2020-01-01T00:00Z"


def agreed(monitor, of, *, ago=60, late=20):
    """Agreed on so many minutes ago; late by so many, grace included."""
    now = timezone.now()
    row = promise(monitor, of, now + timedelta(hours=1))
    began, due = now - timedelta(minutes=ago), now - timedelta(minutes=late)
    CheckIn.objects.filter(pk=row.pk).update(started_at=began, due_at=due, next_try_at=due + of.grace)
    return CheckIn.objects.get(pk=row.pk)


@pytest.fixture
def silent(marisol, bolivia):
    return agreed(marisol, bolivia)


def test_silence_raises_an_alarm_with_the_last_time_and_place(marisol, bolivia, ana):
    report = make.report(marisol)
    row = agreed(marisol, bolivia)
    fall_due(row.pk)
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.last_report, alarm.department.code) == ("silence", report, "BO-L")
    assert (float(alarm.latitude), alarm.last_seen_at >= report.received_at) == (make.LA_PAZ[0], True)
    assert Delivery.objects.get(alarm=alarm).recipient == ana


def test_the_sweep_rings_for_who_is_silent_and_for_nobody_else(silent, bolivia, monkeypatch):
    rung = []
    monkeypatch.setattr(tasks, "publish", lambda task, pk, urgent: rung.append((task.name, pk, urgent)))
    promise(make.monitor("jorge", bolivia), bolivia, timezone.now() + timedelta(hours=1))
    tasks.sweep()
    assert [one for one in rung if "check_in" in one[0]] == [("incidents.tasks.end_check_in", str(silent.pk), True)]


def test_nobody_is_silent_before_the_grace_is_over(marisol, bolivia):
    assert fall_due(agreed(marisol, bolivia, late=9).pk) == []
    assert not Alarm.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_raise_one_alarm(silent, ana):
    def work(pk):
        try:
            return fall_due(pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as workers:
        queued = list(workers.map(work, [silent.pk] * 2))
    assert (Alarm.objects.count(), sorted(map(len, queued))) == (1, [0, 1])


def test_a_worker_killed_in_the_middle_raises_it_later_and_once(silent, ana):
    CheckIn.objects.claim(silent.pk)  # and then no more of it
    assert fall_due(silent.pk) == []
    CheckIn.objects.update(lease_until=LONG_AGO)
    assert len(fall_due(silent.pk)) == 1
    assert (fall_due(silent.pk), Alarm.objects.count(), CheckIn.objects.get().outcome) == ([], 1, "silent")


def test_a_tap_while_a_worker_has_it_raises_nothing(silent, marisol):
    claimed = CheckIn.objects.claim(silent.pk)
    enrolled(marisol).post("/safe/", {"do": "safe"})
    with pytest.raises(ClaimLost), transaction.atomic():
        check_in._fall_silent(claimed)
    assert (Alarm.objects.count(), CheckIn.objects.get().outcome) == (0, "heard")


def test_a_report_is_a_sign_of_life(silent, marisol):
    send(enrolled(marisol))
    row = CheckIn.objects.get()
    assert (row.outcome, row.how, fall_due(row.pk), Alarm.objects.count()) == ("heard", "report", [], 0)


def test_a_report_of_a_phone_that_was_taken_is_none(silent, marisol):
    phone = enrolled(marisol)
    Device.objects.update(revoked_at=timezone.now())
    send(phone)
    assert CheckIn.objects.get().is_running


def test_a_report_written_before_the_agreement_does_not_meet_it(silent, marisol):
    early = timezone.now() - timedelta(minutes=90)
    send(enrolled(marisol), captured_at=early.isoformat())
    assert CheckIn.objects.get().is_running


def test_a_report_that_comes_late_is_shown_with_the_alarm_and_does_not_end_it(silent, marisol):
    fall_due(silent.pk)
    written = timezone.now() - timedelta(minutes=30)
    send(enrolled(marisol), captured_at=written.isoformat())
    alarm = Alarm.objects.get()
    assert (alarm.heard_since, alarm.is_open) == (written, True)


def test_who_falls_silent_again_after_a_sign_raises_another_alarm(silent, marisol, bolivia):
    fall_due(silent.pk)
    enrolled(marisol).post("/safe/", {"do": "safe"})
    fall_due(agreed(marisol, bolivia).pk)
    assert Alarm.objects.open().count() == 2


def test_who_was_taken_off_the_mission_is_not_looked_for(silent, marisol):
    marisol.memberships.all().delete()
    fall_due(silent.pk)
    assert (Alarm.objects.count(), CheckIn.objects.get().outcome) == (0, "ended")
