"""Files under their own hash, on disk before anybody is told so.

Order: temporary file in the same folder, fsync, rename to the hash, fsync the folder; only then may a row
be committed and an answer given. A file is never overwritten: the same content is the same file.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from incidents.evidence import inspect

ORIGINALS = "originals"
PREVIEWS = "previews"


@dataclass(frozen=True)
class StoredFile:
    sha256: str
    size: int
    media_type: str


def path_of(area: str, sha256: str) -> Path:
    """Where a file of that hash lies; `area` is ORIGINALS or PREVIEWS."""
    return Path(settings.EVIDENCE_DIR) / area / sha256[:2] / sha256


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
        _settle(Path(temporary), path_of(area, digest.hexdigest()))
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return StoredFile(digest.hexdigest(), size, inspect.media_type(head))


def _settle(temporary: Path, final: Path) -> None:
    fresh = not final.parent.exists()
    final.parent.mkdir(exist_ok=True)
    os.rename(temporary, final)
    _sync_folder(final.parent)
    if fresh:
        _sync_folder(final.parent.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
