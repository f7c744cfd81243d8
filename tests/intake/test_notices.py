"""A broadcast on the monitor's phone: announced without a word of it, read on a page of its own, gone when put away."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from incidents.actions.broadcast import withdraw
from incidents.actions.revoke import revoke
from incidents.models import Addressee, Broadcast, Device
from incidents.roles import Role
from tests import make
from tests.intake.conftest import enrolled

pytestmark = pytest.mark.django_db
HERE = "/notices/"
TEXT = "Stay away from the main road."


@pytest.fixture
def notice(phone, sofia):
    return make.broadcast(sofia)


def seen():
    return Addressee.objects.get(person__code="marisol").seen_at is not None


def test_its_page_shows_the_text_and_counts_as_seen(phone, notice):
    page = phone.get(HERE)
    assert (TEXT in page.text, "no-store" in page["Cache-Control"], seen()) == (True, True, True)
    assert not any(code in page.text for code in ("A-1", "sofia"))


def test_looking_ahead_is_not_seeing(phone, notice):
    phone.get(HERE, headers={"Purpose": "prefetch"})
    assert not seen()


def test_got_it_takes_it_off_the_phone(phone, notice):
    assert phone.post(f"{HERE}{notice.pk}/")["Location"] == HERE
    assert (TEXT in phone.get(HERE).text, seen()) == (False, True)


def test_the_first_time_it_was_seen_stands(phone, notice):
    phone.get(HERE)
    first = Addressee.objects.get().seen_at
    phone.get(HERE)
    phone.post(f"{HERE}{notice.pk}/")
    assert Addressee.objects.get().seen_at == first


@pytest.mark.parametrize("end", ["expired", "withdrawn"])
def test_what_is_over_is_shown_no_more(phone, notice, sofia, end):
    if end == "expired":
        Broadcast.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    else:
        withdraw(notice, actor=sofia)
    assert TEXT not in phone.get(HERE).text
    assert "notices" not in phone.get("/api/v1/phone").json()


def test_the_api_and_the_receipt_say_that_it_waits_and_no_word_of_it(phone, notice, marisol, departments):
    told = phone.get("/api/v1/phone")
    report = make.report(marisol)
    for page in (phone.get(f"/report/{report.pk}/"), phone.get("/report/steps/")):
        assert f'href="{HERE}">A message from the mission' in page.text
        assert TEXT not in page.text
    assert (told.json()["notices"], TEXT in told.text) == (True, False)


def test_the_page_that_a_phone_keeps_says_nothing_of_it(phone, notice):
    assert f'href="{HERE}" hidden' in phone.get("/report/").text


def test_it_is_read_in_the_readers_language_or_the_first_there_is(phone, sofia):
    make.broadcast(sofia, texts={"es": "Eviten la avenida.", "en": TEXT})
    for code, words in (("es", "Eviten"), ("en", "Stay"), ("ay", "Eviten"), ("ar", "Eviten")):
        phone.cookies["django_language"] = code
        assert f">{words}" in phone.get(HERE).text


def test_it_is_for_those_it_was_sent_to(sofia, bolivia, departments):
    there = enrolled(make.person("saul", Role.MONITOR, bolivia, departments["BO-S"]))
    sent = make.broadcast(sofia, departments["BO-L"], departments["BO-S"], roles=["monitor"])
    late = enrolled(make.monitor("late", bolivia))
    assert [TEXT in one.get(HERE).text for one in (there, late)] == [True, False]
    assert late.post(f"{HERE}{sent.pk}/").status_code == 404


def test_a_phone_that_is_not_trusted_sees_nothing(phone, notice):
    revoke(Device.objects.get())
    assert [one.get(HERE).status_code for one in (phone, Client())] == [403, 403]
    assert phone.post(f"{HERE}{notice.pk}/").status_code == 403
    assert phone.get("/api/v1/phone").json() == {"phone": "revoked", "reports": {}}
    assert not seen()
