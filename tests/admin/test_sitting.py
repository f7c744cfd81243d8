"""How long a session at the desk lasts: idle time, which polls do not renew, the longest, and what ends it at once."""

import time
from datetime import timedelta
from io import StringIO

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from incidents import tasks
from incidents.models import Delivery, LogbookEntry, User
from incidents.models.sitting import KEY
from incidents.roles import Role
from tests import make
from tests.conftest import signed_in

LIST, STAY = reverse("admin:incidents_incident_changelist"), reverse("admin:stay")
POLL = {"X-Desk-Poll": "1"}


def aged(client, **minutes):
    """The session as it would be so many minutes later."""
    session = client.session
    sitting = session[KEY]
    session[KEY] = {**sitting, **{name: int(time.time()) - 60 * count for name, count in minutes.items()}}
    session.save()


def seen(client):
    return time.time() - client.session[KEY]["seen"]


def test_half_an_hour_without_a_person_ends_the_session(as_ana):
    aged(as_ana, seen=31)
    answer = as_ana.get(LIST)
    assert answer.headers["Location"] == f"{reverse('admin:login')}?next={LIST}"
    assert "You were signed out" in as_ana.get(answer.headers["Location"]).text
    assert LogbookEntry.objects.get().detail == {"why": "idle"}


def test_what_a_page_asks_by_itself_shows_nobody(as_ana):
    aged(as_ana, seen=29)
    assert as_ana.get(LIST, headers=POLL).status_code == 200
    assert seen(as_ana) > 28 * 60
    as_ana.get(LIST)
    assert seen(as_ana) < 60


def test_a_poll_after_the_end_is_told_so_without_a_form(as_ana, client):
    aged(as_ana, seen=31)
    for one in (as_ana, client):
        answer = one.get(LIST, headers=POLL)
        assert (answer.status_code, answer.json()["signed_out"]) == (401, True)


def test_twelve_hours_are_the_longest_however_busy(as_ana):
    aged(as_ana, since=12 * 60 + 1)
    assert as_ana.get(LIST).status_code == 302
    assert LogbookEntry.objects.get().detail == {"why": "longest"}


def test_a_page_asks_no_more_of_the_database_and_writes_once_a_minute(as_ana, django_assert_num_queries):
    with django_assert_num_queries(2):  # the session and its person
        left = as_ana.get(STAY).json()["left_s"]
    assert 1795 < left <= 1800
    aged(as_ana, seen=2)
    with django_assert_num_queries(5):  # a savepoint around one update, and whether it is there
        as_ana.get(STAY)


def test_what_was_sent_too_late_is_said_not_to_be_saved(as_ana):
    aged(as_ana, seen=31)
    answer = as_ana.post(reverse("admin:alerts"), {})
    assert "was not saved" in as_ana.get(answer.headers["Location"]).text


def test_taking_the_second_factor_away_ends_what_it_opened(as_ana, ana):
    TOTPDevice.objects.filter(user=ana).delete()
    assert as_ana.get(LIST).status_code == 302


def test_another_password_ends_the_other_sessions(as_ana, ana):
    other = signed_in(ana)
    new = "three lamps beside a river"
    given = {"old_password": make.PASSWORD, "new_password1": new, "new_password2": new}
    assert as_ana.post(reverse("admin:password_change"), given).status_code == 302
    assert (as_ana.get(LIST).status_code, other.get(LIST).status_code) == (200, 302)
    assert LogbookEntry.objects.get().event == "password.changed"


@pytest.mark.parametrize("weak", ["short-one", "password1234", "ana-de-la-paz"])
def test_a_weak_password_is_refused(as_ana, ana, weak):
    User.objects.filter(pk=ana.pk).update(code="ana-de-la-paz1")
    given = {"old_password": make.PASSWORD, "new_password1": weak, "new_password2": weak}
    assert as_ana.post(reverse("admin:password_change"), given).status_code == 200
    ana.refresh_from_db()
    assert ana.check_password(make.PASSWORD)


def test_what_has_run_out_is_forgotten_once_an_hour(as_ana, ana):
    TOTPDevice.objects.create(user=ana, name="never confirmed", confirmed=False)
    TOTPDevice.objects.update(created_at=timezone.now() - timedelta(days=2))
    AccessAttempt.objects.create(username="x", user_agent="x", failures_since_start=1)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(hours=1))
    Session.objects.update(expire_date=timezone.now() - timedelta(minutes=1))
    tasks.tidy()
    assert [*Session.objects.all(), *AccessAttempt.objects.all()] == []
    assert [device.confirmed for device in TOTPDevice.objects.all()] == [True]


def test_whoever_runs_the_server_can_take_a_second_factor_away(as_ana, ana):
    call_command("reset_second_factor", "ana", reason="The only admin has lost her phone", stdout=StringIO())
    assert as_ana.get(LIST).status_code == 302
    assert LogbookEntry.objects.get().actor is None
    with pytest.raises(CommandError):
        call_command("reset_second_factor", "nobody", reason="x")


# -- for a colleague ---------------------------------------------------------------------------------------------------


def at(name, person):
    return reverse(f"admin:incidents_user_{name}", args=[person.pk])


def test_a_colleagues_second_factor_is_reset_with_a_reason_and_both_are_told(as_sofia, as_ana, ana, sofia):
    there = at("reset_second_factor", ana)
    assert as_sofia.post(there, {"reason": " "}).status_code == 422
    assert as_ana.get(LIST).status_code == 200
    assert as_sofia.post(there, {"reason": "Phone lost, she called"}).status_code == 302
    assert as_ana.get(LIST).status_code == 302
    told = Delivery.objects.filter(entry__event="second_factor.reset")
    assert {one.recipient for one in told} == {ana, sofia}


def test_nobody_resets_their_own_or_that_of_somebody_beyond_their_reach(as_sofia, as_ana, sofia, ana, bolivia, marisol):
    other = make.person("olga", Role.MISSION_ADMIN, make.mission("elsewhere"), everywhere=True)
    assert (
        as_sofia.post(at("reset_second_factor", sofia), {"reason": "x"}).headers["Location"].endswith("second-factor/")
    )
    assert as_ana.post(at("reset_second_factor", sofia), {"reason": "x"}).status_code == 403
    assert as_sofia.post(at("reset_second_factor", other), {"reason": "x"}).status_code == 404
    assert as_sofia.post(at("reset_second_factor", marisol), {"reason": "x"}).status_code == 403
    sofia.refresh_from_db()
    assert sofia.second_factor is not None


def test_a_link_lets_a_colleague_choose_their_password_once(as_sofia, ana, client):
    there = as_sofia.post(at("password_link", ana)).context["secret"].removeprefix("http://testserver")
    weak, strong = "ana", "three lamps beside a river"
    assert client.post(there, {"new_password1": weak, "new_password2": weak}).status_code == 422
    assert client.get(there).status_code == 200  # looking does not use it up
    assert client.post(there, {"new_password1": strong, "new_password2": strong}).status_code == 302
    assert client.post(there, {"new_password1": weak, "new_password2": weak}).status_code == 410
    ana.refresh_from_db()
    assert ana.check_password(strong)
    assert as_sofia.get(at("password_link", ana)).status_code == 302


def test_a_password_link_is_for_whoever_signs_in_and_from_whoever_may(as_sofia, as_ana, marisol, sofia):
    assert as_sofia.post(at("password_link", marisol)).status_code == 403
    assert as_ana.post(at("password_link", sofia)).status_code == 403
