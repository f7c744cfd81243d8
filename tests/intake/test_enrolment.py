"""The link a monitor is given: looked at freely, used once, and no use to anybody afterwards."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from incidents.actions.enrol import invite
from incidents.models import Device, Invitation
from incidents.models.enrolment import secret_hash
from tests.intake.conftest import enrolled


@pytest.fixture
def link(marisol):
    _, secret = invite(marisol)
    return reverse("intake:enrol", args=[secret])


def test_looking_at_a_link_does_not_use_it_up(link, client):
    assert [client.get(link).status_code for _ in range(3)] == [200, 200, 200]
    assert Invitation.objects.get().used_at is None
    assert not Device.objects.exists()


def test_pressing_the_button_enrols_the_phone(link, client, marisol):
    answer = client.post(link)
    assert answer["Location"] == reverse("intake:report")
    assert Device.objects.get().monitor == marisol
    assert client.get("/report/").status_code == 200


def test_the_button_needs_the_page_it_stands_on(link):
    assert Client(enforce_csrf_checks=True).post(link).status_code == 403
    assert not Device.objects.exists()


def test_the_phones_secret_is_kept_from_scripts_and_stored_hashed(link, client):
    cookie = client.post(link).cookies["phone"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 180 * 24 * 3600
    assert Device.objects.get().token_hash == secret_hash(cookie.value) != cookie.value


@pytest.mark.parametrize(("secure", "marked"), [(True, True), (False, "")])
def test_the_phones_cookie_is_secure_where_the_page_is(link, client, secure, marked):
    assert client.post(link, secure=secure).cookies["phone"]["secure"] == marked


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_used_link_is_gone(link, method):
    Client().post(link)
    answer = getattr(Client(), method)(link)
    assert answer.status_code == 410
    assert "Ask your coordinator for a new one" in answer.text
    assert Device.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_expired_link_is_gone(link, client, method):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert getattr(client, method)(link).status_code == 410
    assert not Device.objects.exists()


def test_a_link_of_somebody_who_was_let_go_is_gone(link, client, marisol):
    marisol.is_active = False
    marisol.save()
    assert client.post(link).status_code == 410
    assert not Device.objects.exists()


def test_an_enrolled_phone_is_led_to_the_form_from_a_used_link(link, client):
    client.post(link)
    assert 'href="/report/"' in client.get(link).text


@pytest.mark.parametrize("path", ["%00", "a" * 50_000, "%ED%A0%80", "%F0%9F%8C%8B", "..", "%2e%2e%2f", "%ff%fe", "'--"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_token_is_too_strange(client, db, path, method):
    assert getattr(client, method)(f"/e/{path}/").status_code in (404, 410)


def test_the_pages_speak_the_monitors_language(client, marisol):
    marisol.language = "es"
    marisol.save()
    _, secret = invite(marisol)
    client.post(reverse("intake:enrol", args=[secret]))
    assert '<html lang="es"' in client.get("/report/").text


def test_the_first_page_leads_an_enrolled_phone_to_the_form(marisol, client):
    assert "Open the link" in client.get("/").text
    assert enrolled(marisol).get("/")["Location"] == "/report/"
