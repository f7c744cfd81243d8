"""Columns over time as the pieces of an SVG: across in percent, so that it fills what there is; upwards in px."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format

HEAD, PLOT, FOOT = 18, 110, 26
SHARE_OF_WIDTH = 0.76
LEAST_COLUMNS, MOST_COLUMNS, MOST_TICKS = 7, 42, 6
# Of these a tick names month and year, and takes the room of one and a half.
LONG_STEP, MOST_LONG_TICKS = 28, 4
# A day, a week, four weeks, a year: the first that leaves few enough columns.
STEPS = (1, 7, 28, 364, 3_640, 36_400)


@dataclass(frozen=True)
class Column:
    begins: date
    count: int
    x: str
    middle: str
    width: str
    y: float
    height: float
    # Written below it, where there is room.
    tick: str


@dataclass(frozen=True)
class Chart:
    columns: list[Column]
    days: int
    ground: int = HEAD + PLOT
    height: int = HEAD + PLOT + FOOT
    feet: int = HEAD + PLOT + FOOT - 8


def chart(by_day: dict[date, int]) -> Chart | None:
    """None where nothing has a time."""
    if not by_day:
        return None
    first, last = min(by_day), max(by_day)
    days = next(step for step in STEPS if (last - first).days // step < MOST_COLUMNS)
    # Where few days have anything, some of those around them show how few.
    first -= timedelta(days=days * max(0, (LEAST_COLUMNS - 1 - (last - first).days // days) // 2))
    number = max(LEAST_COLUMNS, (last - first).days // days + 1)
    counts = [0] * number
    for day, count in by_day.items():
        counts[(day - first).days // days] += count
    is_long = days >= LONG_STEP
    most, every = max(counts), -(-number // (MOST_LONG_TICKS if is_long else MOST_TICKS))
    form = "M Y" if is_long else "j M"
    return Chart(
        [
            _column(first + timedelta(days=days * part), count, part, number, most, "" if part % every else form)
            for part, count in enumerate(counts)
        ],
        days,
    )


def _column(begins: date, count: int, part: int, number: int, most: int, form: str) -> Column:
    room, height = 100 / number, PLOT * count / most
    return Column(
        begins,
        count,
        x=f"{room * (part + (1 - SHARE_OF_WIDTH) / 2):.2f}%",
        middle=f"{room * (part + 0.5):.2f}%",
        width=f"{room * SHARE_OF_WIDTH:.2f}%",
        y=round(HEAD + PLOT - height, 2),
        height=round(height, 2),
        tick=date_format(begins, form) if form else "",
    )
