"""A secret of the deployment in a file of its own: made when first needed, on disk before it is used, never replaced.

Knows nothing of what the secret is for.
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from django.conf import settings


def kept(name: str, make: Callable[[], str]) -> str:
    """What the file holds, else a fresh key. Two processes at once: one makes it, both read that one."""
    path = _folder() / name
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        _put(path, f"{make()}\n")
        return path.read_text(encoding="ascii")


def _folder() -> Path:
    folder = Path(settings.KEYS_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


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
