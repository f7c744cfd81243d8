"""What a check of the record can find, each in words for a person. No names, and nothing of what was reported."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Found(TextChoices):
    CHANGED = "changed", gettext_lazy("the entry was changed after it was written")
    REMOVED = "removed", gettext_lazy("the entry was removed")
    INSERTED = "inserted", gettext_lazy("an entry was inserted that nobody wrote here")
    REORDERED = "reordered", gettext_lazy("the entry was moved to another place")
    BACKDATED = "backdated", gettext_lazy("the entry was changed and says an earlier time than the one before it")
    FORGED = "forged", gettext_lazy("the seal is wrong: this server did not write the entry as it stands")
    TAIL = "tail", gettext_lazy("the last entries were cut off, from this one on")
    HEAD = "head", gettext_lazy("the count and head of the entries were changed")
    HEAD_GONE = "head_gone", gettext_lazy("the count and head of the entries were removed")
    REGROWN = "regrown", gettext_lazy("the count and head were removed once; entries may have been cut off before that")
    WHOLE = "whole", gettext_lazy("all entries were removed together, though a root holds them")
    ROOT_ENTRY = "root_entry", gettext_lazy("the entry is not the one that the root of a day holds")
    ROOT = "root", gettext_lazy("the root does not fit what it was made of")
    ROOT_FORGED = "root_forged", gettext_lazy("the seal is wrong: this server did not make the root as it stands")
    ROOT_GONE = "root_gone", gettext_lazy("a root was removed, or put in another place")
    STAMP = "stamp", gettext_lazy("the time stamp does not fit the root")
    UNKNOWN_ROOT = "unknown_root", gettext_lazy("the root that was written down is none of this record")
    ROW_CHANGED = "row_changed", gettext_lazy("what it tells of was changed")
    ROW_GONE = "row_gone", gettext_lazy("what it tells of was removed")
    ROW_INSERTED = "row_inserted", gettext_lazy("there is one that no entry tells of")
    FILED = "filed", gettext_lazy("it is filed where no entry says")
    FILE_GONE = "file_gone", gettext_lazy("the file is missing")
    FILE_DIFFERS = "file_differs", gettext_lazy("the file is not the one that was received")


@dataclass(frozen=True)
class Fault:
    """`chain` is a chain's name, `about` the kind and the id of a row, or a root."""

    found: Found
    chain: str = ""
    seq: int = 0
    at: datetime | None = None
    about: str = ""

    def __str__(self) -> str:
        parts = [_where(self.chain), _("entry %(seq)d") % {"seq": self.seq} if self.seq else ""]
        parts += [f"{self.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if self.at else "", self.about]
        return f"{', '.join(part for part in parts if part)}: {self.found.label}"


def _where(chain: str) -> str:
    """Incidents by their short id, as everywhere at the desk."""
    kind, _space, name = chain.partition(" ")
    if kind == "timeline":
        return _("incident %(id)s") % {"id": name[:8]}
    if kind == "logbook":
        return _("logbook of mission %(id)s") % {"id": name} if name != "0" else _("logbook of no mission")
    return chain
