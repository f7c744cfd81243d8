"""Browser notifications against a real push service on loopback, which opens what it gets as the browser would."""

import base64
import json
import time

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.urls import reverse
from py_vapid import Vapid02

from incidents.models import Contact, Delivery
from incidents.notifications import outbox
from incidents.notifications.channels import webpush
from tests.notifications.conftest import FAILURES, meaning

PAGE = reverse("admin:push")


class Browser:
    """The half of a subscription that a browser keeps."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = b"sixteen bytes.. "
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.keys = {"p256dh": _written(point), "auth": _written(self.secret)}

    def open(self, body):
        return json.loads(http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm"))


def _written(raw):
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _read(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.fixture
def browser(settings):
    settings.WEBPUSH = True
    return Browser()


@pytest.fixture
def pushed(browser, receiver, reached):
    receiver.behaviour = "201"
    return reached("webpush", receiver.url, **browser.keys)


def test_a_browser_gets_the_subject_and_the_link_and_nothing_else(receiver, browser, pushed):
    assert outbox.send(pushed.pk) is True
    said = browser.open(receiver.got[0].body)
    assert set(said) == {"subject", "link"}
    assert "/a/" in said["link"]
    pushed.refresh_from_db()
    assert (pushed.state, pushed.delivered_at) == ("done", None)


def test_the_push_service_can_check_which_server_it_was(receiver, pushed):
    outbox.send(pushed.pk)
    given = receiver.got[0].headers["authorization"]
    assert Vapid02.verify(given)
    token, key = (part.partition("=")[2] for part in given.removeprefix("vapid ").split(","))
    claims = json.loads(_read(token.split(".")[1]))
    assert key == webpush.public_key()
    assert claims["aud"] == f"http://127.0.0.1:{receiver.port}"
    assert claims["sub"].startswith("mailto:")
    assert time.time() < claims["exp"] < time.time() + 24 * 3600


@pytest.mark.parametrize("site", ["https://observer.example:8443/desk", "https://intranet", "http://127.0.0.1:8000"])
def test_a_push_service_is_told_whom_to_ask_wherever_the_server_stands(settings, receiver, pushed, site):
    settings.SITE_URL = site
    assert outbox.send(pushed.pk) is True


@pytest.mark.parametrize(("danger", "urgency", "kept"), [(True, "high", 24), (False, "normal", 12)])
def test_what_is_grave_is_urgent_and_waits_longer(receiver, pushed, danger, urgency, kept):
    pushed.incident.in_danger_now = danger
    pushed.incident.severity = "minor"
    pushed.incident.save()
    outbox.send(pushed.pk)
    headers = receiver.got[0].headers
    assert (headers["urgency"], headers["ttl"]) == (urgency, str(kept * 3600))
    assert len(headers["topic"]) <= 32


@pytest.mark.parametrize(("behaviour", "means"), {**FAILURES, "404": "gone"}.items())
def test_each_way_of_failing_is_for_now_or_for_good(fail, pushed, behaviour, means):
    fail(behaviour)
    assert outbox.send(pushed.pk) is False
    assert meaning(pushed) == means


def test_an_endpoint_within_a_private_network_is_refused(browser, reached):
    delivery = reached("webpush", "https://127.0.0.1/push", **browser.keys)
    assert outbox.send(delivery.pk) is False
    assert meaning(delivery) == "permanent"


def test_a_server_that_has_it_switched_off_says_so(settings, pushed):
    settings.WEBPUSH = False
    outbox.send(pushed.pk)
    assert meaning(pushed) == "permanent"
    assert "switched off" in pushed.last_error


def test_the_key_is_made_once_and_read_by_its_owner_alone(settings, browser):
    assert webpush.public_key() == webpush.public_key()
    assert (settings.KEYS_DIR / webpush.KEY).stat().st_mode & 0o777 == 0o600
    assert len(_read(webpush.public_key())) == 65


def subscribe(client, endpoint="https://push.example/one", **keys):
    return client.post(PAGE, json.dumps({"endpoint": endpoint, "keys": keys}), "application/json")


def test_a_browser_is_switched_on_and_off_at_the_desk(as_ramiro, ramiro, browser):
    assert subscribe(as_ramiro, **browser.keys).status_code == 204
    contact = Contact.objects.get()
    assert (contact.user, contact.address, contact.keys) == (ramiro, "https://push.example/one", browser.keys)
    as_ramiro.post(reverse("admin:push_off"))
    assert not Contact.objects.exists()


def test_a_second_browser_takes_the_place_of_the_first(as_ramiro, browser):
    subscribe(as_ramiro, **browser.keys)
    Contact.objects.update(disabled_at="2020-01-01T00:00Z")
    subscribe(as_ramiro, "https://push.example/two", **browser.keys)
    contact = Contact.objects.get()
    assert (contact.address, contact.disabled_at) == ("https://push.example/two", None)


STRANGE = [
    "",
    "[]",
    "{}",
    '{"endpoint": "https://push.example/", "keys": null}',
    '{"endpoint": "https://push.example/", "keys": {"p256dh": "AAAA", "auth": "AAAA"}}',
    '{"endpoint": "https://push.example/", "keys": {"p256dh": "\\u0000", "auth": "\\ud800"}}',
    "[" * 50_000,
]


@pytest.mark.parametrize("body", STRANGE)
def test_what_is_no_subscription_is_refused_in_words(as_ramiro, browser, body):
    answer = as_ramiro.post(PAGE, body, "application/json")
    assert (answer.status_code, Contact.objects.exists()) == (422, False)
    assert answer.json()["fault"]


@pytest.mark.parametrize(
    "endpoint", ["http://push.example/", "javascript:alert(1)", "https://[::1]/x", "https://push.example/" + "x" * 1000]
)
def test_an_endpoint_that_could_not_be_sent_to_is_refused(as_ramiro, browser, endpoint):
    assert subscribe(as_ramiro, endpoint, **browser.keys).status_code == 422


def test_the_page_says_what_it_costs_and_when_the_server_has_it_off(as_ramiro, settings):
    settings.WEBPUSH = False
    page = as_ramiro.get(PAGE).content.decode()
    assert "Google, Mozilla, Apple" in page
    assert "WEBPUSH" in page
    assert "push.js" not in page
    assert not (settings.KEYS_DIR / webpush.KEY).exists()


def test_a_subscription_needs_the_pages_own_token(ramiro, browser):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(ramiro)
    assert subscribe(client, **browser.keys).status_code == 403


def test_a_delivery_to_a_browser_that_was_switched_off_is_given_up(pushed, as_ramiro, receiver):
    as_ramiro.post(reverse("admin:push_off"))
    outbox.send(pushed.pk)
    assert (Delivery.objects.get().state, receiver.got) == ("parked", [])
