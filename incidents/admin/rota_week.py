"""A week of the rota as it is drawn: each day with its turns, by the mission's clock, and when nobody is on call.

Arithmetic over rows that were fetched; asks nothing of the database.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from incidents.models import OnCall

DAY = timedelta(days=1)
WEEK = 7
MINUTES = 1_440


@dataclass(frozen=True)
class Line:
    """A turn on one day. `start` and `length` are minutes of the day, for the bar."""

    turn: OnCall
    begins: datetime
    ends: datetime
    start: int
    length: int
    is_now: bool
    is_over: bool
    from_before: bool
    to_after: bool


@dataclass(frozen=True)
class Day:
    date: date
    lines: list[Line]
    is_today: bool
    is_election: bool
    # The minute of the day that it is, today.
    minute: int | None


@dataclass(frozen=True)
class Gap:
    begins: datetime
    ends: datetime


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def days(turns: Iterable[OnCall], monday: date, zone: ZoneInfo, now: datetime, election_day: date) -> list[Day]:
    """The seven days from `monday` on; a turn over midnight stands on each day that it touches."""
    rows = list(turns)
    local = now.astimezone(zone)
    found = []
    for day in (monday + timedelta(days=number) for number in range(WEEK)):
        is_today = day == local.date()
        lines = [line for turn in rows if (line := _line(turn, day, zone, now))]
        minute = local.hour * 60 + local.minute if is_today else None
        found.append(Day(day, lines, is_today, day == election_day, minute))
    return found


def _line(turn: OnCall, day: date, zone: ZoneInfo, now: datetime) -> Line | None:
    first, last = midnight(day, zone), midnight(day + DAY, zone)
    # Compared as moments: across a change of the clocks two local times of one zone compare wrongly.
    begins, ends = turn.starts_at.astimezone(zone), turn.ends_at.astimezone(zone)
    if not (turn.starts_at < _utc(last) and turn.ends_at > _utc(first)):
        return None
    from_before, to_after = turn.starts_at < _utc(first), turn.ends_at > _utc(last)
    start = 0 if from_before else begins.hour * 60 + begins.minute
    end = MINUTES if to_after or turn.ends_at == _utc(last) else ends.hour * 60 + ends.minute
    return Line(
        turn,
        begins,
        ends,
        start,
        max(1, end - start),
        is_now=turn.starts_at <= now < turn.ends_at,
        is_over=turn.ends_at <= now,
        from_before=from_before,
        to_after=to_after,
    )


def _utc(local: datetime) -> datetime:
    return local.astimezone(ZoneInfo("UTC"))


def gaps(turns: Iterable[OnCall], day: date, zone: ZoneInfo, now: datetime) -> list[Gap]:
    """When nobody is on call on a day, of what still lies ahead."""
    reached, last = max(_utc(midnight(day, zone)), now), _utc(midnight(day + DAY, zone))
    found = []
    for turn in sorted(turns, key=lambda turn: turn.starts_at):
        if turn.starts_at >= last or reached >= last:
            break
        if turn.starts_at > reached:
            found.append(Gap(reached.astimezone(zone), turn.starts_at.astimezone(zone)))
        reached = max(reached, turn.ends_at)
    if reached < last:
        found.append(Gap(reached.astimezone(zone), last.astimezone(zone)))
    return found
