"""E-mail against a real mail server that refuses, puts off, and goes away in the middle."""

import pytest
from aiosmtpd.controller import Controller

from incidents.models import Delivery
from incidents.notifications import outbox
from tests import make
from tests.notifications.conftest import meaning
from tests.services import free_port


class MailServer:
    """Answers each step as `answers` says, by its name; `leaves` at one: closes the line there without a word."""

    def __init__(self):
        self.answers, self.leaves, self.taken = {}, "", 0

    def _at(self, step, server):
        if self.leaves == step:
            server.transport.abort()
        return self.answers.get(step, "250 OK")

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return self._at("MAIL", server)

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        return self._at("RCPT", server)

    async def handle_DATA(self, server, session, envelope):
        answer = self._at("DATA", server)
        self.taken += answer.startswith("250")
        return answer


@pytest.fixture
def server(settings):
    box = MailServer()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield box
    controller.stop()


@pytest.fixture
def delivery(marisol, ramiro):
    make.report(marisol)
    return Delivery.objects.get()


ANSWERS = [
    ("RCPT", "450 greylisted, come back", "for now"),
    ("RCPT", "550 no such person", "permanent"),
    ("DATA", "451 later", "for now"),
    ("DATA", "554 not wanted", "permanent"),
    ("MAIL", "421 too many connections", "for now"),
    ("MAIL", "550 not you", "for now"),
]


@pytest.mark.parametrize(("step", "answer", "means"), ANSWERS)
def test_each_answer_is_for_now_or_for_good(server, delivery, step, answer, means):
    server.answers = {step: answer}
    assert outbox.send(delivery.pk) is False
    assert meaning(delivery) == means
    assert answer[:3] in delivery.last_error
    assert not delivery.possible_duplicate


def test_who_was_greylisted_comes_back_and_is_taken(server, delivery):
    server.answers = {"RCPT": "450 greylisted, come back"}
    outbox.send(delivery.pk)
    server.answers = {}
    Delivery.objects.update(next_try_at="2020-01-01T00:00Z")
    assert outbox.send(delivery.pk) is True
    assert [bool(one.fault) for one in delivery.tries.all()] == [True, False]


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_leaves_in_the_middle_may_have_taken_it(server, delivery, step):
    server.leaves = step
    assert outbox.send(delivery.pk) is False
    assert meaning(delivery) == "for now"
    assert delivery.possible_duplicate


def test_a_server_that_is_not_there_has_taken_nothing(settings, delivery):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    outbox.send(delivery.pk)
    assert meaning(delivery) == "for now"
    assert not delivery.possible_duplicate
