"""Files under their own hash, durable before anybody is told so; the settings say whether in a folder or a bucket.

Order: temporary file, fsync, then the store makes it durable under its hash; only then may a row be committed and an
answer given. A file is never overwritten: the same content is the same file.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings

from incidents.evidence import inspect
from incidents.evidence.folder import Folder

ORIGINALS = "originals"
PREVIEWS = "previews"


class Store(Protocol):
    """Where files lie. What is not there is FileNotFoundError; every other refusal is some OSError."""

    def settle(self, temporary: Path, area: str, sha256: str) -> None:
        """Make a complete file durable under its hash; the temporary file is gone afterwards."""

    def size(self, area: str, sha256: str) -> int: ...

    def read(self, area: str, sha256: str, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` up to, and without, `stop`."""

    def local(self, area: str, sha256: str) -> AbstractContextManager[Path]:
        """A file to read from this machine's disk, for as long as the context lasts."""


@dataclass(frozen=True)
class StoredFile:
    sha256: str
    size: int
    media_type: str


def store() -> Store:
    if settings.EVIDENCE_S3:
        from incidents.evidence import bucket  # boto3 is large: only where it is used

        return bucket.opened(**settings.EVIDENCE_S3)
    return Folder(Path(settings.EVIDENCE_DIR))


def path_of(area: str, sha256: str) -> Path:
    """Where the folder keeps a file of that hash; `area` is ORIGINALS or PREVIEWS."""
    return Folder(Path(settings.EVIDENCE_DIR)).path(area, sha256)


def keep(chunks: Iterable[bytes], area: str = ORIGINALS) -> StoredFile:
    """Write the bytes durably and say what they are. Raises OSError when the disk refuses."""
    root = Path(settings.EVIDENCE_DIR) / area
    root.mkdir(parents=True, exist_ok=True)
    digest, size, head = hashlib.sha256(), 0, b""
    descriptor, temporary = tempfile.mkstemp(dir=root, prefix=".incoming-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
                head = (head + chunk)[: inspect.SIGNATURE_BYTES] if len(head) < inspect.SIGNATURE_BYTES else head
            file.flush()
            os.fsync(file.fileno())
        store().settle(Path(temporary), area, digest.hexdigest())
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return StoredFile(digest.hexdigest(), size, inspect.media_type(head))
