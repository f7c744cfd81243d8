"""Opening what phones have sealed: age files (https://age-encryption.org/v1), by pyrage."""

from pathlib import Path

import pyrage

from incidents.models import Mission
from incidents.seals.keys import intake_identities

MAGIC = b"age-encryption.org/"


class CanNotBeOpened(Exception):
    """No age file, one that was changed on its way, or one sealed to a key that this mission does not hold."""


def is_sealed(head: bytes) -> bool:
    return head.startswith(MAGIC)


def unseal(sealed: bytes, missions: list[Mission]) -> bytes:
    """The content. Tries the keys of all `missions`, for a carried envelope does not say whose it is."""
    identities = [identity for mission in missions for identity in intake_identities(mission)]
    try:
        return bytes(pyrage.decrypt(sealed, identities))
    except (pyrage.DecryptError, ValueError) as fault:
        raise CanNotBeOpened from fault


def unseal_file(source: Path, target: Path, missions: list[Mission]) -> None:
    """The same for a file on disk, piece by piece. Raises CanNotBeOpened; `target` is then worthless."""
    identities = [identity for mission in missions for identity in intake_identities(mission)]
    try:
        pyrage.decrypt_file(str(source), str(target), identities)
    except (pyrage.DecryptError, ValueError) as fault:
        raise CanNotBeOpened from fault
    except OSError as fault:
        # A chunk that was changed comes as an error without a number; a disk that refuses has one.
        if fault.errno is not None:
            raise
        raise CanNotBeOpened from fault
