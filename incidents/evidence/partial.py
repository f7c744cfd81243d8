"""Files that arrive in pieces, over days and broken lines: what is there so far, and no more than may be kept.

The size of the partial file is the offset, so that nothing can disagree with it. Bytes are taken in slices, each under
a lock that is never held while waiting for the network: a connection that hangs keeps nobody from trying again.
"""

import fcntl
import hashlib
import os
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

ARRIVING = "arriving"
SLICE = 2_048


class WrongOffset(Exception):
    """The piece does not begin where the file ends; `offset` is where it does."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


def path_of(report_id: uuid.UUID, name: str) -> Path:
    """Where the file lies until it is whole; `name` is a hash in hex."""
    return Path(settings.EVIDENCE_DIR) / ARRIVING / str(report_id) / name


def offset_of(report_id: uuid.UUID, name: str) -> int:
    try:
        return path_of(report_id, name).stat().st_size
    except FileNotFoundError:
        return 0


def append(report_id: uuid.UUID, name: str, offset: int, slices: Iterable[bytes]) -> int:
    """Add what comes to the end of the file; the offset afterwards, on disk. Raises WrongOffset and OSError.

    When `slices` breaks off with an error, what came before it stays.
    """
    path = path_of(report_id, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _check(descriptor, offset)
        try:
            for piece in slices:
                offset = _add(descriptor, offset, piece)
        finally:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return offset


def _check(descriptor: int, offset: int) -> None:
    there = os.fstat(descriptor).st_size
    if there != offset:
        raise WrongOffset(there)


def _add(descriptor: int, offset: int, piece: bytes) -> int:
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        _check(descriptor, offset)
        written = 0
        while written < len(piece):
            written += os.pwrite(descriptor, piece[written:], offset + written)
        return offset + written
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def is_whole(report_id: uuid.UUID, name: str) -> bool:
    """Whether the bytes are those that the name stands for."""
    with path_of(report_id, name).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == name


def discard(report_id: uuid.UUID, name: str) -> None:
    path = path_of(report_id, name)
    path.unlink(missing_ok=True)
    try:
        path.parent.rmdir()
    except OSError:
        return  # others are still arriving
