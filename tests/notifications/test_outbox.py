"""The outbox against a real mail server on loopback: accepted, refused, silent, interrupted."""

import asyncio
import email
from email import policy

import pytest
from aiosmtpd.controller import Controller

from incidents.models import Boundary, Delivery
from incidents.notifications import outbox
from tests import make
from tests.services import free_port


class Postbox:
    """Keeps what it accepts; answers `reply` to recipients where one is set, and can break off or never let go."""

    def __init__(self):
        self.messages, self.reply = [], ""
        self.breaks_off = self.stays = False

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.reply:
            return self.reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.messages.append(email.message_from_bytes(envelope.content, policy=policy.default))
        if self.breaks_off:
            server.transport.abort()
        return "250 OK"

    async def handle_QUIT(self, server, session, envelope):
        if self.stays:
            await asyncio.sleep(2)
        return "221 Bye"


@pytest.fixture
def postbox(settings):
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield box
    controller.stop()


@pytest.fixture
def delivery(marisol, ramiro):
    make.report(marisol, words="El sargento Quispe me amenazó.")
    return Delivery.objects.get()


def test_an_accepted_message_is_sent_once(postbox, delivery):
    assert outbox.send(delivery.pk) is True
    assert outbox.send(delivery.pk) is False
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("done", 1)
    assert delivery.sent_at
    assert len(postbox.messages) == 1


def test_the_message_links_to_the_desk_and_names_nobody(postbox, delivery):
    outbox.send(delivery.pk)
    (message,) = postbox.messages
    whole = message.as_string() + message.get_content()
    assert f"/admin/incidents/incident/{delivery.incident_id}/change/" in message.get_content()
    assert not any(secret in whole for secret in ("Quispe", "marisol", "sargento", "ramiro,"))
    assert message["To"] == "ramiro@desk.example"


def test_a_name_stands_in_the_subject_as_it_is_written(postbox, delivery):
    Boundary.objects.update(names={"es": "Côte d'Ivoire & <Nord>"})
    outbox.send(delivery.pk)
    assert postbox.messages[0]["Subject"].endswith("Côte d'Ivoire & <Nord>")


def test_the_message_id_stays_the_same_over_attempts(postbox, delivery):
    postbox.reply = "451 later"
    outbox.send(delivery.pk)
    postbox.reply = ""
    Delivery.objects.update(next_try_at="2020-01-01T00:00Z")
    outbox.send(delivery.pk)
    assert postbox.messages[0]["Message-ID"] == f"<{delivery.pk}@localhost>"


@pytest.mark.parametrize(("reply", "state"), [("451 later", "pending"), ("550 no such person", "parked")])
def test_a_refusal_is_kept_with_its_reason(postbox, delivery, reply, state):
    postbox.reply = reply
    assert outbox.send(delivery.pk) is False
    delivery.refresh_from_db()
    assert (delivery.state, delivery.sent_at) == (state, None)
    assert reply[:3] in delivery.last_error


def test_a_mail_server_that_is_not_there_puts_the_delivery_off(settings, delivery):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    assert outbox.send(delivery.pk) is False
    delivery.refresh_from_db()
    assert delivery.state == "pending"
    assert delivery.next_try_at > delivery.queued_at
    assert "not reached" in delivery.last_error


def test_an_interrupted_attempt_is_marked_as_a_possible_duplicate(postbox, delivery):
    Delivery.objects.claim(delivery.pk)
    Delivery.objects.update(lease_until="2020-01-01T00:00Z")
    assert outbox.send(delivery.pk) is True
    delivery.refresh_from_db()
    assert delivery.possible_duplicate
    assert "Puede que ya haya recibido" in postbox.messages[0].get_content()


def test_who_may_no_longer_see_it_is_not_told(postbox, delivery):
    delivery.recipient.is_active = False
    delivery.recipient.save()
    assert outbox.send(delivery.pk) is False
    delivery.refresh_from_db()
    assert (delivery.state, postbox.messages) == ("parked", [])


def test_two_workers_send_one_message(postbox, delivery):
    assert Delivery.objects.claim(delivery.pk)
    assert outbox.send(delivery.pk) is False
    assert postbox.messages == []


def test_a_server_that_breaks_off_before_it_answers_may_have_taken_it(postbox, delivery):
    postbox.breaks_off = True
    assert outbox.send(delivery.pk) is False
    delivery.refresh_from_db()
    assert (delivery.state, delivery.possible_duplicate) == ("pending", True)
    postbox.breaks_off = False
    Delivery.objects.update(next_try_at="2020-01-01T00:00Z")
    assert outbox.send(delivery.pk) is True
    assert "Puede que ya haya recibido" in postbox.messages[-1].get_content()


def test_a_refusal_makes_no_possible_duplicate(postbox, delivery):
    postbox.reply = "451 later"
    outbox.send(delivery.pk)
    delivery.refresh_from_db()
    assert not delivery.possible_duplicate


def test_a_server_that_does_not_say_goodbye_has_taken_it_all_the_same(settings, postbox, delivery):
    settings.EMAIL_TIMEOUT = 0.5
    postbox.stays = True
    assert outbox.send(delivery.pk) is True
    assert len(postbox.messages) == 1
