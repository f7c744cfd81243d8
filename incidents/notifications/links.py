"""The signed links of a delivery: one answers it without signing in, by the other a gateway says what became of it.

None can be guessed, and one is not good for the other.

Short, for it travels in SMS: 16 bytes of id and 12 of HMAC-SHA256.
"""

import base64
import binascii
import uuid

from django.utils.crypto import constant_time_compare, salted_hmac

ANSWER = "incidents.notifications.links"
RECEIPT = "incidents.notifications.receipts"
SIGNED = 12


def token(delivery_id: uuid.UUID, *, salt: str = ANSWER) -> str:
    return base64.urlsafe_b64encode(delivery_id.bytes + _mark(delivery_id, salt)).decode().rstrip("=")


def read(given: str, *, salt: str = ANSWER) -> uuid.UUID | None:
    """The delivery that a token stands for; None for one that we did not make."""
    try:
        found = base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True)
        delivery_id = uuid.UUID(bytes=found[:16])
    except (binascii.Error, ValueError):
        return None
    return delivery_id if constant_time_compare(given, token(delivery_id, salt=salt)) else None


def _mark(delivery_id: uuid.UUID, salt: str) -> bytes:
    return salted_hmac(salt, delivery_id.hex, algorithm="sha256").digest()[:SIGNED]
