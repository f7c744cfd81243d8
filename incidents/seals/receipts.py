"""Receipts: the server's signed word that it holds a report. Anyone with the public key can check one.

Ed25519 (RFC 8032) by PyNaCl, over the lines above the signature, joined by line feeds, without one at the end.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC

from nacl.exceptions import BadSignatureError

from incidents.models import Report
from incidents.seals.keys import receipt_key

LONGEST = 2_000


@dataclass(frozen=True)
class Checked:
    """What a receipt proves: this reference, this statement."""

    reference: str
    statement_sha256: str


def receipt_for(report: Report) -> str:
    signed = "\n".join(
        (
            "Receipt 1",
            f"Reference: {report.reference}",
            f"Received: {report.received_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            f"SHA-256: {report.body_sha256}",
            f"Key: {key_id()}",
        )
    )
    signature = receipt_key().sign(signed.encode()).signature
    return f"{signed}\nSignature: {_written(signature)}\n"


def public_key() -> str:
    """The 32 bytes of the public key, base64url."""
    return _written(bytes(receipt_key().verify_key))


def key_id() -> str:
    return hashlib.sha256(bytes(receipt_key().verify_key)).hexdigest()[:16]


def check(text: str) -> Checked | None:
    """What the receipt proves, if its signature is ours; spaces and line ends may have changed on its way."""
    lines = [line.strip() for line in text[:LONGEST].splitlines() if line.strip()]
    signed, _sign, signature = "\n".join(lines).partition("\nSignature: ")
    try:
        receipt_key().verify_key.verify(signed.encode(), _read(signature))
    except (BadSignatureError, ValueError, UnicodeEncodeError):
        return None
    named = dict(line.split(": ", 1) for line in signed.split("\n")[1:])
    return Checked(named["Reference"], named["SHA-256"])


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _read(text: str) -> bytes:
    """Raises ValueError, as its own subclass binascii.Error, for what is no base64."""
    compact = "".join(text.split())
    return base64.b64decode(compact + "=" * (-len(compact) % 4), altchars=b"-_", validate=True)
