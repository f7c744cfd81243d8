"""Files that a report announces: they travel after its text, each under the hash of the bytes that travel."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

FILES_LIMIT = 20
_HASH = re.compile(r"[0-9a-f]{64}")
_TYPE = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,60}")


@dataclass(frozen=True)
class AnnouncedFile:
    """`name` is the SHA-256 of the bytes that travel, `sha256` that of the file itself; `size` is in bytes.

    Where the two are the same the file is not sealed. `type` is what the phone believes; nothing rests on it.
    """

    name: str
    sha256: str
    size: int
    type: str = ""


class AnnouncedFiles(forms.Field):
    """A list of objects with `name`, `sha256`, `size` and `type`."""

    def to_python(self, value: Any) -> tuple[AnnouncedFile, ...]:
        files = self.readable(value)
        if value not in (None, "") and (not isinstance(value, list) or len(files) != len(value)):
            raise ValidationError(
                _("Each file needs its name, hash and size, and stands once; at most %(limit)s of them."),
                params={"limit": FILES_LIMIT},
            )
        return files

    def readable(self, value: Any) -> tuple[AnnouncedFile, ...]:
        """Those that can be read; the same name twice counts once."""
        entries = value if isinstance(value, list) else []
        files = {file.name: file for entry in entries[:FILES_LIMIT] if (file := _read(entry))}
        return tuple(files.values())


def _read(entry: Any) -> AnnouncedFile | None:
    if not isinstance(entry, dict):
        return None
    name, sha256, size, kind = (entry.get(key) for key in ("name", "sha256", "size", "type"))
    hashes = all(isinstance(text, str) and _HASH.fullmatch(text) for text in (name, sha256))
    if not hashes or not isinstance(size, int) or isinstance(size, bool) or not 0 < size < 1 << 40:
        return None
    return AnnouncedFile(str(name), str(sha256), size, kind if isinstance(kind, str) and _TYPE.fullmatch(kind) else "")


def announced_in(text: dict[str, Any]) -> Iterator[AnnouncedFile]:
    """The files of a statement that was stored; texts of the first schema had none."""
    for entry in text.get("files", ()):
        yield AnnouncedFile(**entry)
