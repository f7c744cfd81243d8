"""The timeline as it is read on the page: newest day first, each entry with its sign, what repeats folded together.

Also which entries their reader may take back. What an entry says in words is `timeline`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from incidents.actions.undo import undoable
from incidents.admin import timeline
from incidents.models import Incident, Merge, TimelineEntry
from incidents.workflow import MOVES

# A reason longer than this is folded; so are days older than the newest, once there is much to read.
LONG_REASON, MUCH = 240, 12

# The shape beside an entry, by its event or what its event begins with.
_SIGNS = {
    **{move.event: "move" for move in MOVES.values() if not move.by_machine},
    "incident.verified": "check",
    "incident.kept_back": "hand",
    "incident.let_go": "move",
    "incident.assigned": "person",
    "incident.taken_over": "hand",
    "incident.merged": "merge",
    "incident.restored": "merge",
    "reports.": "merge",
    "suggestion.": "merge",
    "evidence.downloaded": "eye",
    "identity.": "eye",
    "release.written": "move",
    "release.withdrawn": "back",
    "report.": "report",
    "evidence.": "file",
    "question.": "talk",
    "reply.": "talk",
    "severity.": "severity",
    "summary.": "pen",
    "danger.": "danger",
    "nobody.": "bell",
    "delivery.": "bell",
    "alert.answered": "hand",
    "alert.": "bell",
}


@dataclass
class Entry:
    entry: TimelineEntry
    sentence: str
    # Where it is taken back, and what is posted there; empty where the reader may not.
    undo: dict[str, Any] = field(default_factory=dict)
    # What else the same person did of the same kind in the same minute, where no reason was given.
    more: list[str] = field(default_factory=list)

    @property
    def sign(self) -> str:
        event = self.entry.event
        if event.endswith(".undone"):
            return "back"
        return _SIGNS.get(event) or _SIGNS.get(event.partition(".")[0] + ".", "machine")

    @property
    def is_long(self) -> bool:
        return len(self.entry.reason) > LONG_REASON


@dataclass(frozen=True)
class Day:
    label: str
    entries: list[Entry]
    is_folded: bool


def entries(incident: Incident, rows: Iterable[TimelineEntry], user: Any, merges: Iterable[Merge]) -> list[Entry]:
    """In the order of time, each with its undo where `user` may take it back."""
    rows = list(rows)
    found = [Entry(row, timeline.sentence(row)) for row in rows]
    mine = {row.pk for row in undoable(incident, rows, user)}
    standing = {str(merge.emptied): merge.pk for merge in merges}
    for line in reversed(found):
        if line.entry.pk in mine:
            line.undo = {"step": "undo", "name": "entry", "value": line.entry.pk}
        elif line.entry.event == "reports.taken_over" and line.entry.incident_id == incident.pk:
            merge = standing.pop(str(line.entry.detail.get("other")), None)
            if merge:
                line.undo = {"step": "unmerge", "name": "merge", "value": merge}
    return found


def days(lines: list[Entry], zone: Any) -> list[Day]:
    """Newest first, the day of an entry by the mission's clock."""
    newest_first = list(reversed(_folded(lines)))
    today = timezone.localdate(timezone=zone)
    found: list[Day] = []
    shown = 0
    for day, group in groupby(newest_first, key=lambda line: timezone.localdate(line.entry.at, zone)):
        members = list(group)
        found.append(Day(_named(day, today), members, is_folded=bool(found) and shown >= MUCH))
        shown += len(members)
    return found


def _folded(lines: list[Entry]) -> list[Entry]:
    """What somebody did again and again within one minute is one line: reading six reports is."""
    found: list[Entry] = []
    for line in lines:
        before = found[-1] if found else None
        if before and not line.undo and not before.undo and _is_same(before.entry, line.entry):
            before.more.append(line.sentence)
        else:
            found.append(line)
    return found


def _is_same(one: TimelineEntry, other: TimelineEntry) -> bool:
    is_same = (one.event, one.actor_id, _minute(one.at)) == (other.event, other.actor_id, _minute(other.at))
    return is_same and not one.reason and not other.reason


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _named(day: date, today: date) -> str:
    if day == today:
        return _("Today")
    if (today - day).days == 1:
        return _("Yesterday")
    return date_format(day, "j F" if day.year == today.year else "j F Y")
