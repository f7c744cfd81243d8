"""A mission's rhythm, and the clock of its own zone: from the first sign on, until the evening or "I am done"."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from incidents.models import CheckIn
from incidents.models.check_in import at_clock, rhythm_due, rhythm_hours
from tests import make
from tests.intake.conftest import enrolled, send

MADRID = ZoneInfo("Europe/Madrid")


@pytest.fixture
def today(bolivia):
    """Election day, all day long by the mission's clock; a sign of life each hour."""
    bolivia.check_in_minutes = 60
    bolivia.election_day = timezone.now().astimezone(bolivia.zone).date()
    # What is due must fall into the day, whatever the hour of the test.
    bolivia.polls_open, bolivia.polls_close = time(0), time(23, 59)
    bolivia.save()
    return bolivia


def running():
    return CheckIn.objects.running().first()


@pytest.mark.django_db
def test_the_first_report_of_the_day_begins_the_rhythm_and_each_sign_goes_on_with_it(today, marisol):
    phone = enrolled(marisol)
    assert running() is None
    send(phone)
    first = running()
    assert (first.is_promised, first.due_at - first.started_at) == (False, timedelta(hours=1))
    phone.post("/safe/", {"do": "safe"})
    assert running().pk != first.pk


@pytest.mark.django_db
def test_a_promise_takes_the_place_of_the_rhythm(today, marisol):
    phone = enrolled(marisol)
    send(phone)
    phone.post("/safe/", {"minutes": "120"})
    assert (running().is_promised, CheckIn.objects.running().count()) == (True, 1)


@pytest.mark.django_db
def test_who_is_done_for_today_is_not_expected_again_until_they_say_so(today, marisol):
    phone = enrolled(marisol)
    send(phone)
    phone.post("/safe/", {"do": "done"})
    send(phone)
    assert running() is None
    phone.post("/safe/", {"minutes": "30"})
    assert running() is not None


@pytest.mark.django_db
def test_on_another_day_there_is_no_rhythm(today, marisol):
    type(today).objects.update(election_day=today.election_day + timedelta(days=3))
    send(enrolled(marisol))
    assert running() is None


def test_the_rhythm_ends_six_hours_after_the_polls(db):
    mission = make.mission(check_in_minutes=60, polls_open=time(8), polls_close=time(17))
    begins, ends = rhythm_hours(mission)
    assert (begins, ends) == (datetime(2020, 10, 18, 10, tzinfo=UTC), datetime(2020, 10, 19, 3, tzinfo=UTC))
    assert rhythm_due(mission, ends - timedelta(hours=1)) == ends
    assert rhythm_due(mission, ends - timedelta(minutes=59)) is None
    assert rhythm_due(mission, begins - timedelta(seconds=1)) is None


@pytest.mark.parametrize(
    ("now", "clock", "due"),
    [
        ("2026-06-01T10:00+02:00", "14:30", "2026-06-01T14:30+02:00"),
        ("2026-06-01T06:00+02:00", "20:00", "2026-06-01T20:00+02:00"),
        ("2026-06-01T22:00+02:00", "08:00", "2026-06-02T08:00+02:00"),
        ("2026-06-01T14:31+02:00", "14:30", None),  # tomorrow's is too far away
        ("2026-10-25T01:50+02:00", "02:30", "2026-10-25T02:30+02:00"),  # the first of two
        ("2026-10-25T02:40+02:00", "02:30", "2026-10-25T02:30+01:00"),  # the second
        ("2026-10-25T01:00+02:00", "06:00", "2026-10-25T06:00+01:00"),
        ("2026-03-29T00:00+01:00", "02:30", "2026-03-29T03:30+02:00"),  # leapt over
    ],
)
def test_a_time_is_the_next_one_that_a_clock_there_shows(now, clock, due):
    found = at_clock(time.fromisoformat(clock), datetime.fromisoformat(now), MADRID)
    assert found == (datetime.fromisoformat(due) if due else None)


def test_a_grace_and_an_hour_are_as_long_in_the_night_the_clock_goes_back(db):
    mission = make.mission(time_zone="Europe/Madrid", election_day=date(2026, 10, 25), check_in_minutes=60)
    heard = datetime.fromisoformat("2026-10-25T02:30+02:00")
    assert rhythm_due(mission, heard) == datetime.fromisoformat("2026-10-25T02:30+01:00")
    begins, ends = rhythm_hours(mission)
    assert ends - begins == timedelta(hours=25)
