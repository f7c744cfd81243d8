"""The keys of a deployment: made when first needed, kept in files that only their owner reads.

A mission's intake key (age, X25519) opens what its phones have sealed; the receipt key (Ed25519) signs what the
server has received. Whoever loses the intake keys loses every queued report that was sealed to them, so a key is on
disk before its public half is told to anyone, and an older one is kept beside the newer.
"""

import secrets
from functools import lru_cache

import pyrage
from django.conf import settings
from nacl.signing import SigningKey

from incidents.keyfile import kept
from incidents.models import Mission

RECEIPT_KEY = "receipt.key"
WORD_KEY = "words.key"
RECORD_KEY = "record.key"


def intake_recipient(mission: Mission) -> str:
    """The public half that phones seal to, as `age1…`; of several keys the newest."""
    return str(intake_identities(mission)[-1].to_public())


def intake_identities(mission: Mission) -> list[pyrage.x25519.Identity]:
    """The private halves, oldest first. A line of the file is a key; lines beginning with # are not."""
    text = kept(f"intake-{mission.pk}.age", lambda: str(pyrage.x25519.Identity.generate()))
    lines = (line.strip() for line in text.splitlines())
    return [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]


def receipt_key() -> SigningKey:
    return SigningKey(bytes.fromhex(kept(RECEIPT_KEY, lambda: secrets.token_hex(32)).strip()))


def word_key() -> bytes:
    """What monitors' own words are hashed with. Without it none of them is known any more."""
    return bytes.fromhex(kept(WORD_KEY, lambda: secrets.token_hex(32)).strip())


def record_key() -> bytes:
    """What the record is sealed with. Without it no seal can be checked; hashes and roots written down still can."""
    return _record_key(str(settings.KEYS_DIR))


@lru_cache(maxsize=8)
def _record_key(_folder: str) -> bytes:
    """Read once: it is never replaced, and each entry asks for it twice."""
    return bytes.fromhex(kept(RECORD_KEY, lambda: secrets.token_hex(32)).strip())
