"""What a mission is used to: how its reports spread over the hours of a day, and how often each cell is reported from.

A cell is a department, a perpetrator and a category; a department as a whole and the mission as a whole are watched
beside the cells. Old days fade with a half-life, so that the usual follows the mission. Pure; times are hours on the
mission's own clock, 0 being a midnight.
"""

import math
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

DAY_H, WEEK_H = 24.0, 168.0
HALF_LIFE_DAYS = 28.0
FADE = 0.5 ** (1 / HALF_LIFE_DAYS)
# One report a day, known from one day: what an empty mission expects.
FIRST_REPORTS, FIRST_HOURS = 1.0, 24.0
# Reports that each hour of the day is lent, so that a night without any is not thought to be silent for ever.
LENT_PER_HOUR = 4.0


class Level(StrEnum):
    CELL = "cell"
    DEPARTMENT = "department"
    MISSION = "mission"


class Key(NamedTuple):
    """What is watched. `department` None is: outside of all, or not known."""

    level: Level
    department: int | None = None
    perpetrator: str = ""
    category: str = ""


def keys_of(department: int | None, perpetrators: tuple[str, ...], category: str) -> list[Key]:
    """Everything that one report counts towards."""
    cells = [Key(Level.CELL, department, code, category) for code in perpetrators or ("unknown",)]
    whole = [] if department is None else [Key(Level.DEPARTMENT, department)]
    return [*cells, *whole, Key(Level.MISSION)]


class Clock:
    """Exposure: hours weighed by how busy that hour of the day is used to be, 24 to a day."""

    def __init__(self, hourly: list[float]) -> None:
        lent = [count + LENT_PER_HOUR for count in hourly]
        smooth = [(lent[hour - 1] + 2 * lent[hour] + lent[(hour + 1) % 24]) / 4 for hour in range(24)]
        total = sum(smooth)
        self._until = [0.0]
        for weight in smooth:
            self._until.append(self._until[-1] + DAY_H * weight / total)

    def between(self, start: float, end: float) -> float:
        return self._at(end) - self._at(start)

    def _at(self, moment: float) -> float:
        day, hour = divmod(moment, DAY_H)
        whole = int(hour)
        step = self._until[whole + 1] - self._until[whole]
        return DAY_H * day + self._until[whole] + step * (hour - whole)


@dataclass
class Baseline:
    """The mission's counts, fading day by day; asked for what a key is expected to bring in an hour of exposure."""

    hourly: list[float] = field(default_factory=lambda: [0.0] * 24)
    departments: Counter = field(default_factory=Counter)
    pairs: Counter = field(default_factory=Counter)
    perpetrators: Counter = field(default_factory=Counter)
    categories: Counter = field(default_factory=Counter)
    reports: float = 0.0
    hits: float = 0.0
    hours: float = 0.0

    def learn(self, at: float, keys: list[Key]) -> None:
        self.hourly[int(at % DAY_H)] += 1
        self.reports += 1
        self.hits += len(keys)
        for key in keys:
            if key.level == Level.CELL:
                self.departments[key.department] += 1
                self.pairs[key.perpetrator, key.category] += 1
                self.perpetrators[key.perpetrator] += 1
                self.categories[key.category] += 1

    def end_day(self) -> None:
        self.hours = FADE * (self.hours + DAY_H)
        self.reports, self.hits = FADE * self.reports, FADE * self.hits
        self.hourly = [FADE * count for count in self.hourly]
        for counts in (self.departments, self.pairs, self.perpetrators, self.categories):
            for code in counts:
                counts[code] *= FADE

    @property
    def clock(self) -> Clock:
        return Clock(self.hourly)

    @property
    def hits_per_week(self) -> float:
        """How often a report is counted towards a key, in a usual week."""
        return WEEK_H * (self.hits + 3 * FIRST_REPORTS) / (self.hours + FIRST_HOURS)

    def rate(self, key: Key) -> float:
        """What the mission as a whole makes likely for this key, per hour: its share of what is usual everywhere."""
        reports = (self.reports + FIRST_REPORTS) / (self.hours + FIRST_HOURS)
        if key.level == Level.MISSION:
            return reports
        department = _share(self.departments, key.department)
        if key.level == Level.DEPARTMENT:
            return reports * department
        return self._pair_rate(key.perpetrator, key.category) * department

    def _pair_rate(self, perpetrator: str, category: str) -> float:
        """Of a perpetrator and a category anywhere: as observed, drawn towards the product of their shares."""
        counted = sum(self.pairs.values())
        cells = (counted + FIRST_REPORTS) / (self.hours + FIRST_HOURS)
        usual = cells * _share(self.perpetrators, perpetrator) * _share(self.categories, category)
        return (self.pairs[perpetrator, category] + SHAPE) / (self.hours + SHAPE / usual)


# How firmly a cell is drawn towards the mission's rate: as if that had been seen for half a report's time.
SHAPE = 0.5


def _share(counts: Counter, code: object) -> float:
    """Of one code among all, with one report lent to each code and to one not seen yet."""
    return (counts[code] + 1) / (math.fsum(counts.values()) + len(counts) + 1)
