"""Notifications of a browser, through the push service of whoever made it: encrypted for it, signed by this server.

Off unless a setting turns it on: the push service can't read a message, but learns that this browser gets one from
this server, and when.
"""

import base64
import json
import time
from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from incidents.keyfile import kept
from incidents.notifications.channels.base import Accepted, ChannelFault, Message
from incidents.notifications.channels.http import Request, exchange, judge, read

KEY = "webpush.key"
# How long the push service keeps a message for a browser that is not running, in seconds.
KEPT, KEPT_URGENT = 12 * 3600, 24 * 3600
SIGNED_FOR = 3600
GONE = (404, 410)
ENDPOINT_LIMIT = 1000


class WebPushChannel:
    def is_configured(self) -> bool:
        return bool(settings.WEBPUSH)

    def send(self, message: Message) -> Accepted:
        said = json.dumps({"subject": message.subject, "link": message.link}, ensure_ascii=False)
        headers = {
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_URGENT if message.urgent else KEPT),
            "Urgency": "high" if message.urgent else "normal",
            # A second attempt takes the place of the first where that still waits.
            "Topic": message.delivery.replace("-", ""),
            **_signed(message.address),
        }
        body = _sealed(said, message.address, message.keys)
        judge(exchange(Request(message.address, body, headers=headers)), gone=GONE)
        return Accepted()


def check(endpoint: str, keys: Mapping[str, str]) -> None:
    """Raises ChannelFault where nothing can be sent to this browser."""
    if len(endpoint) > ENDPOINT_LIMIT or set(keys) != {"p256dh", "auth"}:
        raise ChannelFault("the browser's subscription is not understood", permanent=True)
    _signed(endpoint)
    _sealed("{}", endpoint, keys)


def _sealed(text: str, endpoint: str, keys: Mapping[str, str]) -> bytes:
    """The text encrypted for this browser alone (RFC 8291)."""
    from pywebpush import WebPusher  # takes a quarter of a second to import, and most servers never need it

    try:
        return bytes(WebPusher({"endpoint": endpoint, "keys": dict(keys)}).encode(text.encode())["body"])
    except Exception as fault:  # keys that are none make each layer below fail in its own way
        raise ChannelFault("the browser's keys are not understood", permanent=True) from fault


def public_key() -> str:
    """What a browser subscribes to, base64url; its private half is made on first use."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    point = _vapid().public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).decode().rstrip("=")


def _signed(endpoint: str) -> dict[str, str]:
    """Says which server it is (RFC 8292), for one push service and one hour."""
    from py_vapid import VapidException

    url = read(endpoint)
    claims = {"aud": f"{url.scheme}://{url.netloc}", "sub": _contact(), "exp": int(time.time()) + SIGNED_FOR}
    try:
        return dict(_vapid().sign(claims))
    except VapidException as fault:
        raise ChannelFault("the push service's address is not understood", permanent=True) from fault


def _contact() -> str:
    """Whom a push service may ask about this server: a public host, or the sender of its e-mails."""
    site = urlsplit(settings.SITE_URL)
    if site.scheme == "https" and "." in (site.hostname or ""):
        return f"https://{site.hostname}"
    return f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"


def _vapid() -> Any:
    from py_vapid import Vapid02

    return Vapid02.from_raw(kept(KEY, _new_key).strip().encode())


def _new_key() -> str:
    from cryptography.hazmat.primitives.asymmetric import ec

    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).decode().rstrip("=")
