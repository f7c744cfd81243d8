"""Webhooks against a real receiver: signed, sent once or again with the same id, and never into a private network."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from incidents.actions.deliver import retry
from incidents.models import Delivery
from incidents.notifications import outbox
from incidents.notifications.channels import http
from incidents.notifications.channels.base import ChannelFault
from incidents.notifications.channels.webhook import new_secret, signature
from tests.notifications.conftest import FAILURES, meaning
from tests.services import free_port, listening, stop, wait_until

DOCS = Path(__file__).parents[2] / "docs" / "alerts.md"


@pytest.fixture
def hooked(receiver, reached):
    return reached("webhook", receiver.url, secret=new_secret())


def test_a_program_gets_the_facts_and_the_signature(receiver, hooked):
    assert outbox.send(hooked.pk) is True
    (got,) = receiver.got
    secret = hooked.recipient.contacts.get().keys["secret"]
    at = int(got.headers["webhook-timestamp"])
    assert signature(str(hooked.pk), at, got.body, secret).items() <= got.headers.items()
    assert (got.json["id"], got.json["incident"]) == (str(hooked.pk), str(hooked.incident_id))
    assert abs(time.time() - at) < 60
    hooked.refresh_from_db()
    assert (hooked.state, hooked.delivered_at is not None) == ("done", True)


def test_the_signature_is_the_one_that_the_convention_gives_as_its_example():
    """The example of the convention's own libraries."""
    headers = signature(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(("behaviour", "means"), FAILURES.items())
def test_each_way_of_failing_is_for_now_or_for_good(fail, hooked, behaviour, means):
    fail(behaviour)
    assert outbox.send(hooked.pk) is False
    assert meaning(hooked) == means
    assert hooked.last_error


def test_a_receiver_that_is_not_there_puts_the_delivery_off(nobody_there, reached):
    delivery = reached("webhook", nobody_there, secret=new_secret())
    assert outbox.send(delivery.pk) is False
    assert meaning(delivery) == "for now"


@pytest.mark.parametrize(("behaviour", "unclear"), [("answers late", True), ("closes half-way", True), ("503", False)])
def test_what_may_have_been_taken_is_marked_as_a_possible_duplicate(fail, hooked, behaviour, unclear):
    fail(behaviour)
    outbox.send(hooked.pk)
    hooked.refresh_from_db()
    assert hooked.possible_duplicate is unclear


def test_a_redirect_is_not_followed(receiver, hooked):
    receiver.behaviour = "redirects"
    outbox.send(hooked.pk)
    assert [got.path for got in receiver.got] == ["/hook"]


def test_an_answer_is_read_no_further_than_its_limit(receiver):
    receiver.behaviour = "pours"
    assert len(http.exchange(http.Request(receiver.url)).body) == http.ANSWER_LIMIT


def test_a_second_attempt_has_the_same_id(receiver, hooked):
    receiver.behaviour = "503"
    outbox.send(hooked.pk)
    receiver.behaviour = "204"
    Delivery.objects.update(next_try_at="2020-01-01T00:00Z")
    assert outbox.send(hooked.pk) is True
    assert {got.headers["webhook-id"] for got in receiver.got} == {str(hooked.pk)}


def test_what_was_sent_can_be_sent_again_by_hand(receiver, hooked, ramiro):
    outbox.send(hooked.pk)
    assert retry(hooked.pk, actor=ramiro) is True
    assert outbox.send(hooked.pk) is True
    first, second = receiver.got
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert (first.json["possible_duplicate"], second.json["possible_duplicate"]) == (False, True)


def test_an_e_mail_that_was_sent_is_not_sent_again_by_hand(hooked, ramiro):
    Delivery.objects.update(channel="email", state="done")
    assert retry(hooked.pk, actor=ramiro) is False


PRIVATE = [
    "https://127.0.0.1/",
    "https://localhost/",
    "https://10.1.2.3/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/",
    "https://[::ffff:192.168.0.1]/",
    "https://[64:ff9b::a00:1]/",
    "https://[fe80::1]/",
    "https://0.0.0.0/",
    "https://100.64.0.1/",
    "https://2130706433/",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_within_a_private_network_is_refused(reached, address):
    delivery = reached("webhook", address, secret=new_secret())
    assert outbox.send(delivery.pk) is False
    assert meaning(delivery) == "permanent"
    assert "private" in delivery.last_error


@pytest.mark.parametrize("address", ["http://8.8.8.8/", "ftp://8.8.8.8/", "file:///etc/passwd", "nonsense", "https://"])
def test_only_https_is_asked(address):
    with pytest.raises(ChannelFault) as refused:
        http.exchange(http.Request(address))
    assert refused.value.permanent


@pytest.mark.parametrize(
    ("address", "public"),
    [("8.8.8.8", True), ("::ffff:8.8.8.8", True), ("2606:4700::1111", True), ("224.0.0.1", False)],
)
def test_a_public_address_is_told_from_others(address, public):
    assert http.is_public(address) is public


def test_a_webhook_without_a_secret_is_not_sent_unsigned(receiver, reached):
    delivery = reached("webhook", receiver.url)
    assert outbox.send(delivery.pk) is False
    assert (meaning(delivery), receiver.got) == ("permanent", [])


def test_the_receiver_in_the_documentation_takes_a_real_delivery_once(settings, reached, ramiro, tmp_path):
    """The program as it stands in docs/alerts.md, run as a process of its own."""
    settings.WEBHOOK_ALLOW_PRIVATE = True
    program = re.search(r"```python\n(.+?)```", DOCS.read_text(), re.DOTALL)[1]
    (tmp_path / "receive.py").write_text(program)
    port = free_port()
    delivery = reached("webhook", f"http://127.0.0.1:{port}/", secret=new_secret())
    surroundings = {
        **os.environ,
        "WEBHOOK_SECRET": ramiro.contacts.get().keys["secret"],
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }
    with (tmp_path / "said").open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "receive.py"], cwd=tmp_path, env=surroundings, stdout=said, stderr=said
        )
        try:
            wait_until(lambda: listening(port), what="the receiver")
            assert outbox.send(delivery.pk) is True
            assert retry(delivery.pk, actor=ramiro)
            assert outbox.send(delivery.pk) is True
            forged = {**signature(str(delivery.pk), int(time.time()), b"{}", new_secret())}
            assert http.exchange(http.Request(f"http://127.0.0.1:{port}/", b"{}", headers=forged)).status == 401
            secret = surroundings["WEBHOOK_SECRET"]
            old = signature("one", int(time.time()) - 3600, b"{}", secret)
            assert http.exchange(http.Request(f"http://127.0.0.1:{port}/", b"{}", headers=old)).status == 401
        finally:
            stop(process)
    assert (tmp_path / "said").read_text().count(str(delivery.incident_id)) == 1


def test_the_shell_line_in_the_documentation_makes_the_same_signature(tmp_path):
    script = re.search(r"```sh\n(.+?)```", DOCS.read_text(), re.DOTALL)[1]
    secret = new_secret()
    (tmp_path / "body").write_bytes(b'{"id":"7","subject":"Peligro"}')
    headers = signature("7", 1700000000, b'{"id":"7","subject":"Peligro"}', secret)
    given = {"WEBHOOK_SECRET": secret, "ID": "7", "TIMESTAMP": "1700000000", "PATH": os.environ["PATH"]}
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=given, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == headers["webhook-signature"]
