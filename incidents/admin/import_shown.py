"""What a sheet would do, as a page shows it: what is refused first, then what would be taken away, then the rest."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from incidents.actions.bulk import Bulk, Outcome, Result, Weighed

SHOWN_ROWS = 200
OPEN_UP_TO = 25

LABELS: dict[Result, Any] = {
    Result.REFUSED: gettext_lazy("refused"),
    Result.NEW: gettext_lazy("new"),
    Result.CHANGED: gettext_lazy("changed"),
    Result.SAME: gettext_lazy("unchanged"),
}


@dataclass(frozen=True)
class Line:
    row: int
    label: str
    # Which column, and what is wrong with it or changed in it.
    parts: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Section:
    code: str
    title: str
    lines: list[Line]
    more: int
    is_open: bool


def sections(weighed: Weighed, bulk: Bulk) -> list[Section]:
    names = {column.key: column.name(get_language() or "") for column in bulk.columns}
    rest = [one for one in weighed.outcomes if not one.takes_away]
    by_result = {result: [one for one in rest if one.result is result] for result in LABELS}
    titled: list[tuple[str, str, list[Outcome]]] = [
        ("refused", _("Refused: mend these rows"), by_result[Result.REFUSED]),
        ("taken", _("Takes departments away"), weighed.takes_away),
        ("changed", _("Changed"), by_result[Result.CHANGED]),
        ("new", _("New"), by_result[Result.NEW]),
        ("same", _("Unchanged"), by_result[Result.SAME]),
    ]
    return [_section(code, title, rows, names) for code, title, rows in titled if rows]


def _section(code: str, title: str, rows: list[Outcome], names: dict[str, str]) -> Section:
    always = code in ("refused", "taken")
    lines = [Line(one.row, one.label, _parts(one, names)) for one in rows[:SHOWN_ROWS]]
    is_open = always or (len(rows) <= OPEN_UP_TO and code != "same")
    return Section(code, f"{title} ({len(rows)})", lines, max(0, len(rows) - SHOWN_ROWS), is_open)


def _parts(one: Outcome, names: dict[str, str]) -> list[tuple[str, str, str]]:
    """Column, before, after; a fault and a remark stand where "after" does."""
    faults = [(names.get(fault.key, ""), "", fault.words) for fault in one.faults]
    changes = [(names.get(change.key, change.key), change.before, change.after) for change in one.changes]
    remark = [("", "", one.plan)] if isinstance(one.plan, str) and one.plan and not faults else []
    return [*faults, *changes, *remark]


def said(weighed: Weighed) -> str:
    """What was done, in one line."""
    new, changed, same = (weighed.tally[result] for result in (Result.NEW, Result.CHANGED, Result.SAME))
    parts = [
        ngettext("%(count)s new", "%(count)s new", new) % {"count": new},
        ngettext("%(count)s changed", "%(count)s changed", changed) % {"count": changed},
        ngettext("%(count)s unchanged", "%(count)s unchanged", same) % {"count": same},
    ]
    return _("Done: %(what)s.") % {"what": ", ".join(parts)}
