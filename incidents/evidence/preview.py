"""Working copies of photos, made by a limited process of its own so that a hostile file can hurt nothing else."""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from incidents.evidence import storage

MEMORY_LIMIT = 1 << 30
CPU_LIMIT_S = 20
WALL_LIMIT_S = 30
CHUNK = 1 << 16


def make_preview(sha256: str) -> str | None:
    """The hash of the stored working copy of an original, or None where the file can't be read as a photo."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "preview.jpg"
        if not _rebuild(storage.path_of(storage.ORIGINALS, sha256), target):
            return None
        return storage.keep(_chunks(target), storage.PREVIEWS).sha256


def _rebuild(source: Path, target: Path) -> bool:
    command = [sys.executable, "-m", "incidents.evidence.rebuild", str(source), str(target)]
    root = Path(__file__).resolve().parents[2]
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the path is a hash we made
            command,
            cwd=root,
            env={"PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=WALL_LIMIT_S,
            preexec_fn=_limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0 and target.exists()


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT_S, CPU_LIMIT_S))


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
