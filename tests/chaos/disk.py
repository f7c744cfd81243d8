"""A disk that can be filled: a small tmpfs where we may mount one; else a limit on what our processes may write.

Without a mount the kernel says "file too large" where it would say "no space", so the product answers 503, not 507.
"""

import contextlib
import resource
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

CHUNK = bytes(1 << 20)


@dataclass
class Disk:
    folder: Path
    is_mounted: bool

    @classmethod
    def make(cls, folder: Path, megabytes: int) -> "Disk":
        folder.mkdir(parents=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "observer-chaos", folder]
        done = subprocess.run(command, capture_output=True, check=False)
        return cls(folder, done.returncode == 0)

    def fill(self, pids: Iterable[int]) -> None:
        if not self.is_mounted:
            return self._limit(pids, 1)
        with contextlib.suppress(OSError), (self.folder / "filling").open("wb", buffering=0) as file:
            while True:
                file.write(CHUNK)
        with contextlib.suppress(OSError), (self.folder / "filling").open("ab", buffering=0) as file:
            while True:
                file.write(CHUNK[:512])

    def make_room(self, pids: Iterable[int]) -> None:
        if not self.is_mounted:
            return self._limit(pids, resource.RLIM_INFINITY)
        (self.folder / "filling").unlink()

    def _limit(self, pids: Iterable[int], most: int) -> None:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))

    def remove(self) -> None:
        if self.is_mounted:
            subprocess.run(["umount", "--lazy", self.folder], check=True)
