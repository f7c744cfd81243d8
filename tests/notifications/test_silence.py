"""What no message says, over any channel: whoever reported, and what they wrote."""

import email
from email import policy

import pytest
from aiosmtpd.controller import Controller

from incidents.models import Contact, Delivery
from incidents.notifications import outbox
from incidents.notifications.channels.webhook import new_secret
from observer import sms
from tests import make
from tests.notifications.test_webpush import Browser
from tests.services import free_port

PLANTED = ("marisol", "Mamani", "M-4711", "Quispe", "sargento", "Sopocachi", "-16.5", "68.15")


class Box:
    def __init__(self):
        self.texts = []

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        self.texts.append(f"{message.items()} {message.get_content()}")
        return "250 OK"


@pytest.fixture
def box(settings):
    kept = Box()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield kept
    controller.stop()


@pytest.fixture
def told(settings, monkeypatch, receiver, box, bolivia, ramiro):
    """Files a report and gives back what everybody was told, by channel, as its reader sees it."""
    browser = Browser()
    monkeypatch.setenv("SMS_URL", receiver.url)
    monkeypatch.setenv("SMS_BODY", '{"to": "{to}", "text": "{text}", "back": "{callback}"}')
    settings.SMS, settings.WEBPUSH = sms.gateway(), True
    for channel, keys in (("sms", {}), ("webpush", browser.keys), ("webhook", {"secret": new_secret()})):
        Contact.objects.create(user=ramiro, channel=channel, address=receiver.url, keys=keys)

    def file(**changes):
        monitor = make.monitor("marisol", bolivia)
        monitor.first_name, monitor.last_name, monitor.code = "Marisol", "Mamani", "M-4711"
        monitor.save()
        make.report(monitor, words="El sargento Quispe me amenazó en Sopocachi.", **changes)
        return {channel: _sent(channel, receiver, box, browser) for channel in outbox.CHANNELS}

    return file


def _sent(channel, receiver, box, browser):
    delivery = Delivery.objects.order_by("queued_at").first()
    Delivery.objects.filter(pk=delivery.pk).update(channel=channel, state="pending", next_try_at="2020-01-01T00:00Z")
    receiver.got.clear()
    assert outbox.send(delivery.pk) is True
    if channel == "email":
        return box.texts[-1]
    (got,) = receiver.got
    body = str(browser.open(got.body)) if channel == "webpush" else got.body.decode()
    return f"{got.path} {got.headers} {body}"


@pytest.mark.parametrize("danger", [{}, {"in_danger_now": True}])
def test_no_channel_says_who_reported_or_what_they_wrote(told, danger):
    messages = told(**danger)
    assert set(messages) == {"email", "sms", "webpush", "webhook"}
    for channel, text in messages.items():
        assert "/a/" in text, channel
        assert [secret for secret in PLANTED if secret.lower() in text.lower()] == [], channel
