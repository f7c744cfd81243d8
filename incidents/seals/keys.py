"""The keys of a deployment: made when first needed, kept in files that only their owner reads.

A mission's intake key (age, X25519) opens what its phones have sealed; the receipt key (Ed25519) signs what the
server has received. Whoever loses the intake keys loses every queued report that was sealed to them, so a key is on
disk before its public half is told to anyone, and an older one is kept beside the newer.
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

import pyrage
from django.conf import settings
from nacl.signing import SigningKey

from incidents.models import Mission

RECEIPT_KEY = "receipt.key"
WORD_KEY = "words.key"


def intake_recipient(mission: Mission) -> str:
    """The public half that phones seal to, as `age1…`; of several keys the newest."""
    return str(intake_identities(mission)[-1].to_public())


def intake_identities(mission: Mission) -> list[pyrage.x25519.Identity]:
    """The private halves, oldest first. A line of the file is a key; lines beginning with # are not."""
    path = _folder() / f"intake-{mission.pk}.age"
    text = _kept(path, lambda: str(pyrage.x25519.Identity.generate()))
    lines = (line.strip() for line in text.splitlines())
    return [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]


def receipt_key() -> SigningKey:
    return SigningKey(bytes.fromhex(_kept(_folder() / RECEIPT_KEY, lambda: secrets.token_hex(32)).strip()))


def word_key() -> bytes:
    """What monitors' own words are hashed with. Without it none of them is known any more."""
    return bytes.fromhex(_kept(_folder() / WORD_KEY, lambda: secrets.token_hex(32)).strip())


def _folder() -> Path:
    folder = Path(settings.KEYS_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _kept(path: Path, make: Callable[[], str]) -> str:
    """What the file holds, else a fresh key. Two processes at once: one makes it, both read that one."""
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        _put(path, f"{make()}\n")
        return path.read_text(encoding="ascii")


def _put(path: Path, text: str) -> None:
    """Whole or not at all, on disk before it is used; never over a key that is there."""
    partial = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(partial, path)
        except FileExistsError:
            return
    finally:
        partial.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
