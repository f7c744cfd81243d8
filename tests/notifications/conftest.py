"""What the channels' tests share: a receiver, a deadline that does not keep anybody waiting, and a delivery to send."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from incidents.models import Contact, Delivery
from incidents.notifications import links
from incidents.notifications.channels import http
from observer import sms as settings_of_sms
from tests import make
from tests.notifications.receiver import Receiver
from tests.services import free_port

# Way of failing → what it means: tried again, given up, or the address given up too.
FAILURES = {
    "closes at once": "for now",
    "closes without an answer": "for now",
    "closes half-way": "for now",
    "says no HTTP": "for now",
    "hangs": "for now",
    "answers late": "for now",
    "drips headers": "for now",
    "drips a body": "for now",
    "408": "for now",
    "429": "for now",
    "500": "for now",
    "503": "for now",
    "redirects": "permanent",
    "400": "permanent",
    "401": "permanent",
    "413": "permanent",
    "410": "gone",
}


NUMBER = "+59170000001"
SLOW = ("hangs", "answers late", "drips headers", "drips a body")


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    server = Receiver()
    yield server
    server.stop()


@pytest.fixture
def fail(receiver, monkeypatch):
    """Makes the receiver fail in one of these ways; nobody waits ten seconds for one that is slow."""

    def so(behaviour):
        if behaviour in SLOW:
            monkeypatch.setattr(http, "TOTAL_S", 0.5)
        receiver.behaviour = behaviour

    return so


@pytest.fixture
def nobody_there(settings):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    return f"http://127.0.0.1:{free_port()}/hook"


@pytest.fixture
def reached(marisol, ramiro):
    """Makes Ramiro reachable over one channel and a delivery to him over it."""

    def reach(channel, address, **keys):
        Contact.objects.create(user=ramiro, channel=channel, address=address, keys=keys)
        make.report(marisol, words="El sargento Quispe me amenazó.")
        delivery = Delivery.objects.get()
        delivery.channel = channel
        delivery.save()
        return delivery

    return reach


@pytest.fixture
def gateway(settings, receiver, monkeypatch):
    """Sets the gateway up from environment variables, as a deployment does."""
    settings.SITE_URL = "https://observer.example"

    def set_up(**given):
        for name, value in {"SMS_FROM": "Observer", "SMS_URL": receiver.url, **given}.items():
            monkeypatch.setenv(name, value)
        settings.SMS = settings_of_sms.gateway()
        return receiver

    return set_up


@pytest.fixture
def twilio(gateway):
    receiver = gateway(SMS_PRESET="twilio", SMS_USER="AC1", SMS_PASSWORD="token")
    receiver.behaviour, receiver.answer = "201", b'{"sid": "SM1", "status": "queued"}'
    return receiver


@pytest.fixture
def vonage(gateway):
    receiver = gateway(SMS_PRESET="vonage", SMS_USER="key", SMS_PASSWORD="secret")
    receiver.answer = b'{"messages": [{"status": "0", "message-id": "V1"}]}'
    return receiver


@pytest.fixture
def texted(reached):
    return reached("sms", NUMBER)


def told():
    """What partners' programs are told of."""
    return Delivery.objects.filter(kind="releases.changed").order_by("queued_at")


def due():
    told().filter(state="pending").update(next_try_at=timezone.now() - timedelta(seconds=1))


def hook(client, person, address):
    """Has a mission admin set a partner's webhook at the desk; gives its signing secret."""
    page = reverse("admin:incidents_user_alerts", args=[person.pk])
    return client.post(page, {"part": "webhook", "address": address}).context["secret"]


@pytest.fixture
def secret(as_sofia, tariq, receiver):
    signing = hook(as_sofia, tariq, "https://ngo.example/hook")
    tariq.contacts.update(address=receiver.url)
    return signing


def callback(delivery):
    return reverse("sms_receipt", args=[links.token(delivery.pk, salt=links.RECEIPT)])


def meaning(delivery):
    """In the words of FAILURES, as the rows have it."""
    delivery.refresh_from_db()
    if Contact.objects.filter(channel=delivery.channel).exclude(disabled_at=None).exists():
        return "gone"
    return {"pending": "for now", "parked": "permanent"}.get(delivery.state, delivery.state)
