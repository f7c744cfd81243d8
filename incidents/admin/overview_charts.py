"""The geometry of the overview's charts. Numbers in, the pieces of an SVG out; knows no words but those it is handed.

Across, lengths are percent, so that a chart fills what there is while its letters keep their size; upwards they are px.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from incidents.taxonomy import Severity

# From the ground up: the gravest stand on the line, where they are easiest to compare. "" is not graded yet.
STACK = (*Severity.values, "")
HEIGHT, HEAD, PLOT = 168, 18, 124
SHARE_OF_WIDTH = 0.76
MOST_LABELLED, MOST_LABELLED_NARROW, MOST_TICKS = 26, 12, 8
STEPS = (1, 2, 3, 4, 6, 8, 12, 24, 48)
LAST_TICK = 93.0
HOUR, DAY, MONTH = timedelta(hours=1), timedelta(days=1), timedelta(days=28)

# Counts by number of the part of time, and severity.
Parts = Mapping[tuple[int, str], int]


@dataclass(frozen=True)
class Piece:
    """A rectangle; `kind` is its severity or another word that the style sheet knows."""

    kind: str
    x: str
    width: str
    y: float = 0
    height: float = 0


@dataclass(frozen=True)
class Label:
    text: str
    x: str
    y: float = 0
    is_rare: bool = False


@dataclass(frozen=True)
class Columns:
    pieces: list[Piece]
    values: list[Label]
    ticks: list[Label]
    height: int = HEIGHT
    ground: int = HEAD + PLOT
    feet: int = HEIGHT - 6


def percent(value: float) -> str:
    return f"{value:.2f}%"


def stack(counts: Sequence[tuple[str, int]], most: int) -> list[Piece]:
    """One bar of several pieces, of which a bar of `most` fills the width."""
    pieces, reached = [], 0.0
    for kind, count in counts:
        width = 100 * count / most if most else 0
        if width:
            pieces.append(Piece(kind, percent(reached), percent(width)))
        reached += width
    return pieces


def columns(parts: Parts, edges: Sequence[datetime], width: timedelta, zone: ZoneInfo) -> Columns:
    """Stacked columns over time."""
    number = len(edges) - 1
    totals = [sum(parts.get((part, kind), 0) for kind in STACK) for part in range(number)]
    most, room = max(totals, default=0), 100 / max(number, 1)
    pieces = []
    for part in range(number):
        ground = float(HEAD + PLOT)
        for kind in STACK:
            height = PLOT * parts.get((part, kind), 0) / most if most else 0
            if height:
                ground -= height
                x, across = room * (part + (1 - SHARE_OF_WIDTH) / 2), room * SHARE_OF_WIDTH
                pieces.append(
                    Piece(kind or "ungraded", percent(x), percent(across), round(ground, 2), round(height, 2))
                )
    return Columns(pieces, _values(totals, most, room), _ticks(edges, width, zone, room))


def _values(totals: list[int], most: int, room: float) -> list[Label]:
    """The number over each column where there is room, else over the highest alone."""
    found, peak = [], totals.index(most) if most else -1
    for part, total in enumerate(totals):
        if total and (part == peak or len(totals) <= MOST_LABELLED):
            above = HEAD + PLOT - PLOT * total / most - 5
            rare = part != peak and len(totals) > MOST_LABELLED_NARROW
            found.append(Label(str(total), percent(room * (part + 0.5)), round(above, 2), rare))
    return found


def _ticks(edges: Sequence[datetime], width: timedelta, zone: ZoneInfo, room: float) -> list[Label]:
    """The clock below the line, on round hours or every so many days."""
    number = len(edges) - 1
    step = next((step for step in STEPS if number / step <= MOST_TICKS), STEPS[-1])
    found = []
    for part, edge in enumerate(edges[:-1]):
        local = edge.astimezone(zone)
        place = part if width >= DAY else round((local.hour * HOUR + local.minute * HOUR / 60) / width)
        if place % step == 0 and room * part <= LAST_TICK:
            found.append((local, room * part))
    return [Label(_clock(local, width), percent(x), is_rare=count % 2 == 1) for count, (local, x) in enumerate(found)]


def _clock(local: datetime, width: timedelta) -> str:
    if width >= MONTH:
        return date_format(local, "M Y")
    if width >= DAY or (local.hour, local.minute) == (0, 0):
        return date_format(local, "j M")
    return f"{local:%H:%M}"
