"""The store on this machine's disk, or on one that several machines share.

The temporary file lies in the same file system, so that renaming it to its hash is one step that happens or does not;
then the folder is synced, for a name that is only in memory dies with the power.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CHUNK = 1 << 16


@dataclass(frozen=True)
class Folder:
    root: Path

    def path(self, area: str, sha256: str) -> Path:
        return self.root / area / sha256[:2] / sha256

    def settle(self, temporary: Path, area: str, sha256: str) -> None:
        final = self.path(area, sha256)
        fresh = not final.parent.exists()
        final.parent.mkdir(exist_ok=True)
        os.rename(temporary, final)
        _sync(final.parent)
        if fresh:
            _sync(final.parent.parent)

    def size(self, area: str, sha256: str) -> int:
        return self.path(area, sha256).stat().st_size

    def read(self, area: str, sha256: str, start: int, stop: int) -> Iterator[bytes]:
        with self.path(area, sha256).open("rb") as file:
            file.seek(start)
            while chunk := file.read(min(CHUNK, stop - file.tell())):
                yield chunk

    @contextmanager
    def local(self, area: str, sha256: str) -> Iterator[Path]:
        """The file itself: nothing is copied, and who reads it must not write."""
        path = self.path(area, sha256)
        path.stat()
        yield path


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
