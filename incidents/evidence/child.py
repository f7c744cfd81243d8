"""Running a program that a hostile file may bring down, so that it brings down nothing else."""

import subprocess
import sys
from pathlib import Path
from typing import IO

from incidents.evidence import confine

ROOT = Path(__file__).resolve().parents[2]
REBUILD = "incidents.evidence.rebuild"
WALL_S = 30
# Nothing of our own environment: no passwords, no settings.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1", "LANG": "C.UTF-8"}


def rebuilt(source: Path, working: Path, thumbnail: Path) -> bool:
    """Our own program makes both copies of a photo; it bounds itself before it opens the file."""
    return _ends_well([sys.executable, "-m", REBUILD, str(source), str(working), str(thumbnail)], WALL_S)


def bounded(folder: Path, program: str, *arguments: str, wall_s: int = WALL_S, output: IO[bytes] | None = None) -> bool:
    """Another program, put into the same bounds from outside; True where it ended well. It may write into `folder`."""
    command = [sys.executable, "-IS", str(confine.__file__), str(folder), program, *arguments]
    return _ends_well(command, wall_s, output)


def _ends_well(command: list[str], wall_s: int, output: IO[bytes] | None = None) -> bool:
    """What it says on its error channel is not kept: it could be endless, and could hold words of the file."""
    try:
        done = subprocess.run(  # noqa: S603 - our own program; what it is given are paths that we made
            command,
            cwd=ROOT,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=output or subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=wall_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
