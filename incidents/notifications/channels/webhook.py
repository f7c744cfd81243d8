"""Alerts for programs: the facts as JSON, signed as the Standard Webhooks convention has it.

The id is the delivery's and the same at every attempt, so that a receiver can drop what it has.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time

from incidents.notifications.channels.base import Accepted, ChannelFault, Message
from incidents.notifications.channels.http import Request, exchange, judge

PREFIX = "whsec_"
SECRET_BYTES = 32


class WebhookChannel:
    def is_configured(self) -> bool:
        return True

    def send(self, message: Message) -> Accepted:
        facts = {"id": message.delivery, "subject": message.subject, "link": message.link, **message.facts}
        body = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
        signed = signature(message.delivery, int(time.time()), body, str(message.keys.get("secret", "")))
        judge(exchange(Request(message.address, body, headers={"Content-Type": "application/json", **signed})))
        return Accepted(delivered=True)


def signature(message_id: str, at: int, body: bytes, secret: str) -> dict[str, str]:
    """The headers by which a receiver knows that it was us, and when; `at` in Unix seconds."""
    mark = hmac.digest(_key(secret), f"{message_id}.{at}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(mark).decode()}",
    }


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise ChannelFault("this webhook has no signing secret", permanent=True)
    return key
