"""The link that says "I am safe" without signing in: names a check-in, cannot be guessed, opens nothing else."""

import base64
import binascii

from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "incidents.seals.safe_link"
NUMBER, SIGNED = 8, 12


def token(check_in_id: int) -> str:
    number = check_in_id.to_bytes(NUMBER, "big")
    return base64.urlsafe_b64encode(number + _mark(number)).decode().rstrip("=")


def read(given: str) -> int | None:
    """The check-in that a token stands for; None for one that we did not make."""
    try:
        found = base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    number, mark = found[:NUMBER], found[NUMBER:]
    return int.from_bytes(number, "big") if constant_time_compare(mark, _mark(number)) else None


def _mark(number: bytes) -> bytes:
    return salted_hmac(SALT, number, algorithm="sha256").digest()[:SIGNED]
