"""The overview's numbers as rows to be shown: each with its words, its bar and the address of the list that it counts.

What is counted comes from the models; how it is drawn from the charts. Asks nothing of the database itself.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from incidents.admin import overview_words as words
from incidents.admin.overview_charts import STACK, Piece, stack
from incidents.admin.timeline import label
from incidents.models.overview import Key, Standing, along
from incidents.models.response import Answers, Took
from incidents.taxonomy import Category, Perpetrator, Severity, Verification
from incidents.workflow import Status

# As the list's filters have it.
NO_DEPARTMENT = "none"


@dataclass(frozen=True)
class Cell:
    text: Any
    link: str = ""


@dataclass(frozen=True)
class Row:
    label: str
    count: int
    link: str = ""
    share: str = ""
    pieces: list[Piece] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)


@dataclass(frozen=True)
class Links:
    """Addresses of the lists, with the filters under which they show what was counted."""

    shared: Mapping[str, str]

    def to(self, **filters: Any) -> str:
        """Of any status, unless it is asked for: unasked, the list shows what is open."""
        return self.of("incident", **{"status": "all", **filters})

    def of(self, name: str, **filters: Any) -> str:
        """Another list; what is asked for as nothing is left out."""
        asked = {key: value for key, value in {**filters, **self.shared}.items() if value}
        there = reverse(f"admin:incidents_{name}_changelist")
        return f"{there}?{urlencode(asked)}" if asked else there


@dataclass(frozen=True)
class Tile:
    """A number on its own; `is_grave` where somebody should look at it now, if it is not nought."""

    label: str
    count: int
    link: str
    compared: str = ""
    is_grave: bool = False


def severity_label(code: str) -> str:
    return str(Severity(code).label) if code else _("Not graded yet")


def by_department(
    there: Counter[Key], names: Mapping[int | None, str], kinds: Sequence[str], links: Links
) -> list[Row]:
    """Departments with what happened there by severity; those without anything too, for nothing is a finding."""
    cells = along(there, 0, 1)
    totals = along(there, 0)
    every = {**{one: 0 for one in names if one is not None}, **totals}
    most, total = max(totals.values(), default=0), sum(totals.values())
    rows = []
    for one in sorted(every, key=lambda one: (-every[one], names.get(one, ""))):
        asked = {"department": one or NO_DEPARTMENT}
        counts = [(kind, cells[one, kind]) for kind in kinds]
        row = Row(
            label=names.get(one, "–"),
            count=every[one],
            link=links.to(**asked) if every[one] else "",
            share=words.share(every[one], total),
            pieces=stack([(kind or "ungraded", count) for kind, count in counts], most),
            cells=[_cell(count, links.to(**asked, severity=kind) if kind else "") for kind, count in counts],
        )
        rows.append(row)
    return rows


def _cell(count: int, link: str = "") -> Cell:
    return Cell(count or "–", link if count else "")


def by_code(counts: Mapping[str, int], choices: Any, parameter: str, links: Links, total: int) -> list[Row]:
    """Codes with how many incidents have each, most first; what does not occur is left out."""
    most = max(counts.values(), default=0)
    return [
        Row(
            label=label(choices, code),
            count=count,
            link=links.to(**{parameter: code}),
            share=words.share(count, total),
            pieces=stack([("plain", count)], most),
        )
        for code, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    ]


def categories(counts: Mapping[str, int], links: Links, total: int) -> list[Row]:
    return by_code(counts, Category, "category", links, total)


def forces(counts: Mapping[str, int], links: Links, total: int) -> list[Row]:
    return by_code(counts, Perpetrator, "perpetrator", links, total)


def statuses(counts: Mapping[str, int], links: Links, total: int) -> list[Row]:
    """In the order in which an incident passes through them."""
    rows = {row.link: row for row in by_code(counts, Status, "status", links, total)}
    return [rows[link] for code in Status.values if (link := links.to(status=code)) in rows]


def verifications(counts: Mapping[str, int], links: Links, total: int) -> list[Row]:
    rows = {row.link: row for row in by_code(counts, Verification, "verification", links, total)}
    return [rows[link] for code in Verification.values if (link := links.to(verification=code)) in rows]


def over_time(parts: Counter[Key], kinds: Sequence[str], names: Mapping[int, str]) -> list[Row]:
    """Each part of the time in which something happened, by severity."""
    totals = along(parts, 0)
    return [
        Row(label=names[part], count=totals[part], cells=[_cell(parts[part, kind]) for kind in kinds])
        for part in sorted(totals)
    ]


def hands(standing: Iterable[Standing], me: int, links: Links) -> list[Row]:
    rows = list(standing)
    most, total = max((one.open for one in rows), default=0), sum(one.open for one in rows)
    return [
        Row(
            label=one.code or _("Nobody"),
            count=one.open,
            link=_to_hands(one, me, links),
            share=words.share(one.open, total),
            pieces=stack([("grave", one.grave), ("plain", one.open - one.grave)], most),
            cells=[Cell(one.grave or "–"), Cell(one.overdue or "–")],
        )
        for one in rows
    ]


def _to_hands(one: Standing, me: int, links: Links) -> str:
    return links.to(status="open", assigned="me" if one.person == me else one.person or "nobody")


def told(counts: Mapping[str, Any], time: str, links: Links) -> list[Cell]:
    """What was sent and has arrived in the period, what waits and failed now, of one channel."""
    asked = [("sent", "went", time), ("arrived", "arrived", time), ("waiting", "waiting", "")]
    asked += [("failed", "failed", ""), ("unseen", "unseen", "")]
    return [
        _cell(counts[name], links.of("delivery", state=state, channel=counts["channel"], time=span))
        for name, state, span in asked
    ]


@dataclass(frozen=True)
class Clock:
    """The answers of one severity, and how long they took."""

    severity: str
    answers: Answers
    share: str
    pieces: list[Piece]
    taken: tuple[str, str]
    read: tuple[str, str]


def clocks(answers: Mapping[str, Answers], taken: Mapping[str, Took], read: Mapping[str, Took]) -> list[Clock]:
    found = []
    for severity in (one for one in STACK if one in answers):
        row = answers[severity]
        parts = [("in-time", row.in_time), ("late", row.late), ("overdue", row.overdue), ("running", row.running)]
        found.append(
            Clock(
                severity,
                row,
                words.share(row.in_time, row.due),
                stack(parts, row.due + row.running),
                _lengths(taken.get(severity)),
                _lengths(read.get(severity)),
            )
        )
    return found


def clock_kinds() -> list[tuple[str, str]]:
    return [
        ("in-time", _("in time")),
        ("late", _("too late")),
        ("overdue", _("overdue now")),
        ("running", _("still has time")),
    ]


def _lengths(took: Took | None) -> tuple[str, str]:
    return (words.length(took.half), words.length(took.most)) if took else ("–", "–")


@dataclass(frozen=True)
class Area:
    """A department's monitors, and whether somebody answers for it now."""

    name: str
    cover: Any
    is_manned: bool | None
    pieces: list[Piece]


def areas(names: Mapping[int | None, str], manned: Mapping[int, bool], covered: Any) -> list[Area]:
    found = []
    for one, name in names.items():
        cover = covered.get(one)
        if one is None and cover is None:
            continue
        parts = [("heard", cover.active), ("silent", cover.silent)] if cover else []
        found.append(Area(name, cover, manned.get(one) if one else None, stack(parts, cover.monitors if cover else 0)))
    return found
