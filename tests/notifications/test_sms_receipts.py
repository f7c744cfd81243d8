"""What a gateway says later of an SMS: delivered, or not, in each provider's words, and by nobody but the gateway."""

import json

import pytest
from django.urls import reverse

from incidents.models import Delivery
from incidents.notifications import links, outbox
from tests.notifications.conftest import callback, meaning


def test_a_receipt_marks_the_delivery_as_delivered(twilio, texted, client):
    outbox.send(texted.pk)
    assert client.post(callback(texted), {"MessageStatus": "sent", "MessageSid": "SM1"}).status_code == 204
    assert Delivery.objects.get().delivered_at is None
    assert client.post(callback(texted), {"MessageStatus": "delivered", "MessageSid": "SM1"}).status_code == 204
    assert Delivery.objects.get().delivered_at


@pytest.mark.parametrize(("code", "means"), [("30003", "for now"), ("30005", "permanent"), ("30008", "for now")])
def test_what_was_not_delivered_is_sent_again_or_given_up_with_the_reason(twilio, texted, client, code, means):
    outbox.send(texted.pk)
    client.post(callback(texted), {"MessageStatus": "undelivered", "MessageSid": "SM1", "ErrorCode": code})
    assert meaning(texted) == means
    assert code in texted.last_error
    assert code in texted.tries.get().fault
    assert texted.sent_at is None


def test_a_phone_that_is_never_reached_is_given_up(twilio, texted, client):
    for _time in range(5):
        Delivery.objects.update(next_try_at="2020-01-01T00:00Z")
        assert outbox.send(texted.pk) is True
        client.post(callback(texted), {"MessageStatus": "undelivered", "ErrorCode": "30003"})
    assert (meaning(texted), len(twilio.got)) == ("permanent", 5)


def test_a_receipt_of_an_earlier_attempt_does_not_undo_a_later_one(twilio, texted, client):
    outbox.send(texted.pk)
    client.post(callback(texted), {"MessageStatus": "undelivered", "MessageSid": "SM0", "ErrorCode": "30003"})
    assert meaning(texted) == "done"


def test_a_receipt_that_comes_while_the_message_is_handed_over_is_asked_for_again(twilio, texted, client):
    Delivery.objects.claim(texted.pk)
    assert client.post(callback(texted), {"MessageStatus": "undelivered"}).status_code == 409
    assert client.post(callback(texted), {"MessageStatus": "delivered"}).status_code == 204
    Delivery.objects.update(lease_until="2020-01-01T00:00Z")
    outbox.send(texted.pk)
    assert Delivery.objects.get().delivered_at


@pytest.mark.parametrize("way", ["get", "form", "json"])
def test_vonages_receipts_come_in_any_shape(vonage, texted, client, way):
    outbox.send(texted.pk)
    told = {"messageId": "V1", "status": "expired", "err-code": "2"}
    if way == "json":
        client.post(callback(texted), json.dumps({**told, "err-code": 2}), "application/json")
    else:
        (client.get if way == "get" else client.post)(callback(texted), told)
    assert meaning(texted) == "for now"
    assert "expired" in texted.last_error


def test_the_answer_link_is_no_good_for_receipts_nor_the_other_way_round(twilio, texted, client):
    wrong = reverse("sms_receipt", args=[links.token(texted.pk)])
    assert client.post(wrong, {"MessageStatus": "delivered"}).status_code == 404
    assert client.get(reverse("answer", args=[links.token(texted.pk, salt=links.RECEIPT)])).status_code == 404
    assert Delivery.objects.get().delivered_at is None


STRANGE = [
    ('{"status": "\\u0000", "messageId": "\\ud800"}', "application/json"),
    ("[" * 50_000, "application/json"),
    ('{"status": 1e400}', "application/json"),
    ("\xff\xfe", "application/json"),
    ("status=failed&messageId=%00&err-code=%F0%9F", "application/x-www-form-urlencoded"),
    ("x", "multipart/form-data"),
]


@pytest.mark.parametrize(("body", "kind"), STRANGE)
def test_strange_receipts_end_nothing(vonage, texted, client, body, kind):
    outbox.send(texted.pk)
    answer = client.generic("POST", callback(texted), body, kind)
    assert answer.status_code in (204, 400)
