"""Settings from the environment, each by one name, each also from a file (`NAME_FILE`) so that secrets stay out of it.

A setting that is missing or wrong ends the program with one line that says what to set.
"""

import os
import secrets
import sys
from pathlib import Path
from typing import NoReturn

# Every variable the product reads: what docker-compose.yml may set, and what docs/settings.md explains.
NAMES: set[str] = set()


def stop(message: str) -> NoReturn:
    """End the program with one line on standard error."""
    sys.exit(f"observer: {message}")


def text(name: str, default: str = "") -> str:
    """The value of NAME, else the content of the file that NAME_FILE names, else the default."""
    NAMES.update((name, f"{name}_FILE"))
    value = os.environ.get(name, "")
    path = os.environ.get(f"{name}_FILE", "")
    if value or not path:
        return value or default
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as fault:
        stop(f"{name}_FILE: cannot read {path} ({fault.strerror}). Set it to a readable file, or set {name}.")


def kept_secret(path: Path) -> str:
    """A random secret that is made on first use and kept in a file only its owner reads."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    secret = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret)
    return secret


def flag(name: str, default: bool = False) -> bool:
    value = text(name).lower()
    if value not in ("", "0", "1", "no", "yes", "false", "true"):
        stop(f"{name} must be 1 or 0, not {value!r}.")
    return value in ("1", "yes", "true") if value else default


def number(name: str, default: int) -> int:
    value = text(name)
    try:
        return int(value) if value else default
    except ValueError:
        stop(f"{name} must be a whole number, not {value!r}.")


def several(name: str, default: str = "") -> list[str]:
    """A list separated by commas."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]
