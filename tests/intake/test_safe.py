"""The check-in on the phone: a time agreed on, "I am safe" by a tap, a link or later, and nothing told to others."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from incidents.models import CheckIn, Device
from incidents.seals import safe_link
from tests import make
from tests.intake.conftest import enrolled
from tests.intake.sealed import seal, token

pytestmark = pytest.mark.django_db
SAFE = "/safe/"


def promised(phone, **given):
    return phone.post(SAFE, given or {"minutes": "60"})


def row():
    return CheckIn.objects.order_by("-pk").first()


def link():
    return reverse("intake:safe_link", args=[safe_link.token(row().pk)])


def later(client, *, minutes, clock=timedelta(), **changes):
    """A tap of so many minutes ago, sealed on a phone whose clock is off."""
    now = timezone.now() + clock
    body = seal({"sender": token(), "at": (now - timedelta(minutes=minutes)).isoformat(), **changes})
    address = f"/api/v1/phone/safe?now={now:%Y-%m-%dT%H:%M:%SZ}"
    return client.post(address, body, content_type="application/age")


@pytest.mark.parametrize(("minutes", "wait"), [("30", 30), ("60", 60), ("120", 120)])
def test_a_quick_choice_is_agreed_on(phone, minutes, wait):
    assert promised(phone, minutes=minutes).url == "/safe/?said=promise"
    assert timedelta(minutes=wait - 1) < row().due_at - timezone.now() <= timedelta(minutes=wait)
    assert row().next_try_at - row().due_at == timedelta(minutes=10)


def test_a_time_is_one_of_the_missions_clock(phone, bolivia):
    wanted = (timezone.now() + timedelta(hours=3)).astimezone(bolivia.zone)
    promised(phone, at=f"{wanted:%H:%M}", do="promise")
    assert row().due_at == wanted.replace(second=0, microsecond=0)
    assert f"You report again by {wanted:%H:%M}" in phone.get(SAFE).text


def test_a_choice_that_is_none_of_the_quick_ones_is_refused(phone):
    answer = promised(phone, minutes="7")
    assert (answer.status_code, "Enter a time, such as 14:30." in answer.text) == (422, True)


@pytest.mark.parametrize("typed", ["", "25:00", "soon", "\x00", "９９:00", "-1:00"])
def test_what_is_no_time_is_said_beside_the_field(phone, typed):
    answer = promised(phone, at=typed, do="promise")
    assert (answer.status_code, "Enter a time, such as 14:30." in answer.text) == (422, True)
    assert not CheckIn.objects.exists()


def test_a_time_that_has_passed_is_refused_beside_the_field(phone, bolivia):
    bolivia.time_zone = f"Etc/GMT{timezone.now().hour - 12:+d}"  # where it is noon
    bolivia.save()
    passed = (timezone.now() - timedelta(minutes=2)).astimezone(bolivia.zone)
    answer = promised(phone, at=f"{passed:%H:%M}", do="promise")
    assert (answer.status_code, "This time has passed" in answer.text) == (422, True)


def test_one_tap_says_i_am_safe(phone):
    promised(phone)
    assert phone.post(SAFE, {"do": "safe"}).url == "/safe/?said=safe"
    assert (row().outcome, row().how) == ("heard", "safe")


def test_agreeing_twice_leaves_one(phone):
    promised(phone)
    promised(phone, minutes="120")
    assert CheckIn.objects.running().count() == 1


def test_the_phone_learns_by_when_it_is_expected(phone, bolivia):
    assert phone.get("/api/v1/phone").json()["check_in"] is None
    promised(phone)
    told = phone.get("/api/v1/phone").json()["check_in"]
    assert told == {"due_at": row().due_at.astimezone(bolivia.zone).isoformat(timespec="seconds")}
    assert "check_in" not in Client().get("/api/v1/phone").json()


def test_a_phone_that_was_taken_sees_and_changes_nothing(phone):
    promised(phone)
    Device.objects.update(revoked_at=timezone.now())
    assert (phone.get(SAFE).status_code, phone.post(SAFE, {"do": "safe"}).status_code) == (403, 403)
    assert later(phone, minutes=0).json() == {"check_in": None}
    assert row().is_running


def test_the_link_works_without_a_cookie_and_only_by_its_button(phone):
    promised(phone)
    assert link() in phone.get(SAFE).text
    assert "I am safe" in Client().get(link()).text
    assert row().is_running
    assert Client().post(link()).url == link() + "?said=safe"
    assert (row().outcome, row().how) == ("heard", "link")


def test_the_link_names_nobody_and_no_time(phone, marisol):
    promised(phone)
    text = Client().get(link()).text
    assert (marisol.code in text, f"{row().due_at:%H:%M}" in text, "Bolivia" in text) == (False, False, False)


@pytest.mark.parametrize(("hours", "status"), [(23, 200), (25, 410)])
def test_the_link_ends_a_day_after_its_check_in(phone, hours, status):
    promised(phone)
    phone.post(SAFE, {"do": "safe"})
    CheckIn.objects.update(over_at=timezone.now() - timedelta(hours=hours))
    assert Client().get(link()).status_code == status


@pytest.mark.parametrize("made_up", ["x", "AAAAAAAAAAEAAAAAAAAAAAAAAAA", "é", "A" * 200])
def test_a_link_that_was_made_up_opens_nothing(phone, made_up):
    promised(phone)
    assert Client().post(f"/s/{made_up}/").status_code == 410
    assert row().is_running


@pytest.mark.parametrize("clock", [timedelta(), timedelta(hours=-5), timedelta(days=400)])
def test_a_tap_that_waited_counts_as_of_its_own_time(phone, clock):
    promised(phone)
    CheckIn.objects.update(started_at=timezone.now() - timedelta(hours=2))
    assert later(Client(), minutes=30, clock=clock).json() == {"check_in": None}
    heard = timezone.now() - row().heard_at
    assert timedelta(minutes=29) < heard < timedelta(minutes=32)


def test_a_tap_of_before_the_agreement_does_not_meet_it(phone):
    promised(phone)
    assert later(phone, minutes=30).json()["check_in"]
    assert row().is_running


def test_a_tap_of_yesterday_is_taken_and_counts_for_nothing(phone):
    promised(phone)
    CheckIn.objects.update(started_at=timezone.now() - timedelta(days=3))
    assert later(phone, minutes=25 * 60).status_code == 200
    assert row().is_running


@pytest.mark.parametrize("at", [None, "x", "\x00", 7, "2020-10-18T14:20", [], "0001-01-01T00:00:00+23:59"])
def test_a_tap_without_a_time_that_can_be_read_is_refused_or_old(phone, at):
    promised(phone)
    assert later(phone, minutes=0, at=at).status_code in (200, 422)
    assert row().is_running


def test_nobody_speaks_for_another(phone, bolivia):
    promised(phone)
    enrolled(make.monitor("jorge", bolivia)).post(SAFE, {"do": "safe"})
    assert row().is_running
