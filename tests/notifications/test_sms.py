"""SMS against a real gateway on loopback: the shapes and error codes of providers."""

import base64
import json

import pytest

from incidents.models import Boundary, Contact, Delivery
from incidents.notifications import links, outbox
from incidents.notifications.messages import SHORT
from observer import sms as settings_of_sms
from tests.notifications.conftest import FAILURES, NUMBER, callback, meaning

BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)


def test_a_gateway_described_by_hand_gets_json(gateway, texted):
    receiver = gateway(SMS_BODY='{"n": "{to}", "t": "{text}", "r": ["{id}"]}', SMS_HEADERS='{"X-Api-Key": "k"}')
    assert outbox.send(texted.pk) is True
    (got,) = receiver.got
    assert (got.json["n"], got.json["r"]) == (NUMBER, [str(texted.pk)])
    assert (got.headers["content-type"], got.headers["x-api-key"]) == ("application/json", "k")
    texted.refresh_from_db()
    assert (texted.state, texted.delivered_at) == ("done", None)


def test_a_gateway_described_by_hand_gets_a_form(gateway, texted):
    receiver = gateway(SMS_BODY="to={to}&text={text}&from={from}&dlr={callback}", SMS_USER="u", SMS_PASSWORD="p")
    outbox.send(texted.pk)
    (got,) = receiver.got
    assert (got.form["to"], got.form["from"]) == (NUMBER, "Observer")
    assert got.form["dlr"] == "https://observer.example" + callback(texted)
    assert got.headers["authorization"] == "Basic " + base64.b64encode(b"u:p").decode()


def test_a_gateway_may_take_all_in_its_address(gateway, texted, receiver):
    gateway(SMS_METHOD="GET", SMS_URL=f"{receiver.url}?to={{to}}&text={{text}}")
    outbox.send(texted.pk)
    (got,) = receiver.got
    assert (got.method, got.body) == ("GET", b"")
    assert got.path.startswith("/hook?to=%2B59170000001&text=")


def test_the_text_fits_one_message_of_the_alphabet_every_phone_knows(gateway, texted):
    Boundary.objects.update(names={"es": "[Ñandú] {~} ^ | \\ ` € " * 9})
    receiver = gateway(SMS_BODY='{"to": "{to}", "text": "{text}"}')
    outbox.send(texted.pk)
    text = receiver.got[0].json["text"]
    assert len(text) <= SHORT
    assert set(text) <= BASIC
    assert f"/a/{links.token(texted.pk)}/" in text


@pytest.mark.parametrize(("behaviour", "means"), FAILURES.items())
def test_each_way_of_failing_is_for_now_or_for_good(gateway, fail, texted, behaviour, means):
    gateway(SMS_BODY="{to} {text}")
    fail(behaviour)
    assert outbox.send(texted.pk) is False
    # 410 of a gateway is about the gateway, not about the number.
    assert meaning(texted) == means.replace("gone", "permanent")


def test_twilio_gets_its_own_shape(twilio, texted):
    outbox.send(texted.pk)
    (got,) = twilio.got
    assert (got.form["To"], got.form["From"]) == (NUMBER, "Observer")
    assert got.form["StatusCallback"].endswith(callback(texted))
    assert got.headers["authorization"] == "Basic " + base64.b64encode(b"AC1:token").decode()
    texted.refresh_from_db()
    assert (texted.state, texted.reference) == ("done", "SM1")


TWILIO = [
    ("400", 21211, "gone"),
    ("400", 21610, "gone"),
    ("400", 21614, "gone"),
    ("400", 21408, "permanent"),
    ("401", 20003, "permanent"),
    ("400", 21611, "for now"),
    ("429", 20429, "for now"),
    ("500", 20500, "for now"),
]


@pytest.mark.parametrize(("status", "code", "means"), TWILIO)
def test_twilios_codes_are_for_now_or_for_good(twilio, texted, status, code, means):
    twilio.behaviour, twilio.answer = status, json.dumps({"code": code, "message": f"about {NUMBER}"}).encode()
    outbox.send(texted.pk)
    assert meaning(texted) == means
    assert str(code) in texted.last_error
    assert NUMBER not in texted.last_error


def test_vonage_gets_its_own_shape(vonage, texted):
    outbox.send(texted.pk)
    form = vonage.got[0].form
    assert (form["to"], form["api_key"], form["client-ref"]) == ("59170000001", "key", str(texted.pk))
    assert form["callback"].endswith(callback(texted))
    texted.refresh_from_db()
    assert (texted.state, texted.reference) == ("done", "V1")


VONAGE = [("1", "for now"), ("5", "for now"), ("4", "permanent"), ("9", "permanent"), ("7", "gone"), ("99", "for now")]


@pytest.mark.parametrize(("status", "means"), VONAGE)
def test_an_error_within_vonages_200_is_an_error(vonage, texted, status, means):
    vonage.answer = json.dumps({"messages": [{"status": status, "error-text": NUMBER}]}).encode()
    assert outbox.send(texted.pk) is False
    assert meaning(texted) == means


@pytest.mark.parametrize("answer", [b"", b"[]", b"{}", b'{"messages": []}', b'{"messages": ["x"]}', b"\xff" * 9])
def test_an_answer_of_vonage_that_says_nothing_is_no_yes(vonage, texted, answer):
    vonage.answer = answer
    assert outbox.send(texted.pk) is False
    assert meaning(texted) == "for now"


def test_a_reference_that_no_database_holds_is_left_out(twilio, texted):
    twilio.answer = b'{"sid": "SM\\u0000\\ud800"}'
    assert outbox.send(texted.pk) is True
    assert Delivery.objects.get().reference == ""


def test_without_a_gateway_the_delivery_says_so(settings, texted):
    settings.SMS = {}
    assert outbox.send(texted.pk) is False
    assert meaning(texted) == "permanent"
    assert "switched off" in texted.last_error


WRONG = [
    ({"SMS_PRESET": "pigeon"}, "SMS_PRESET"),
    ({"SMS_PRESET": "twilio"}, "SMS_USER"),
    ({"SMS_URL": "gateway", "SMS_BODY": "{to}{text}"}, "SMS_URL"),
    ({"SMS_URL": "https://gw.example/", "SMS_BODY": "{to}"}, "SMS_BODY"),
    ({"SMS_URL": "https://gw.example/?{to}{text}", "SMS_METHOD": "BREW"}, "SMS_METHOD"),
    ({"SMS_URL": "https://gw.example/?{to}{text}", "SMS_HEADERS": "X: y"}, "SMS_HEADERS"),
    ({"SMS_URL": "https://gw.example/?{to}{text}", "SMS_HEADERS": '{"X": 1}'}, "SMS_HEADERS"),
]


@pytest.mark.parametrize(("given", "named"), WRONG)
def test_a_wrong_setting_is_named(monkeypatch, given, named):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        settings_of_sms.gateway()
    assert named in str(ended.value)


def test_an_unsubscribed_number_is_not_written_to_again(twilio, texted):
    twilio.behaviour, twilio.answer = "400", b'{"code": 21610}'
    outbox.send(texted.pk)
    assert not Contact.objects.usable().exists()
