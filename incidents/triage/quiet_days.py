"""A made-up mission with known rates, on which the watch for rises is tried: quiet days, and rises of known size.

Nine departments, six perpetrators and nine categories, as uneven and sparse as real ones, and a day with busy and
silent hours. The rates are constant, so that whatever is raised on a quiet day is a false alarm. Seeded: the same
seed tries the same days.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from incidents.triage.baseline import DAY_H, Key, Level
from incidents.triage.surge import Rise, Sighting, Watch, detect

DEPARTMENTS = (30, 27, 17, 7, 6, 5, 4, 3, 1)
PERPETRATORS = {"police": 45, "pro_government_group": 20, "armed_forces": 15, "crowd": 12, "vigilante": 6, "unknown": 2}
CATEGORIES = {
    "verbal_threat": 30,
    "intimidation": 25,
    "observer_obstruction": 15,
    "harassment": 10,
    "movement_restriction": 8,
    "arrest_detention": 6,
    "physical_assault": 4,
    "shooting": 1.5,
    "enforced_disappearance": 0.5,
}
# How busy each hour of the day is, from midnight on.
HOURS = (1, 1, 1, 1, 1, 2, 5, 10, 14, 14, 12, 11, 10, 10, 10, 11, 12, 13, 12, 10, 8, 6, 3, 2)
# How far a cell strays from what its department, perpetrator and category make likely (sigma of a lognormal).
UNEVEN = 1.0
MONITORS = 400
SECOND_PERPETRATOR = 0.15


@dataclass(frozen=True)
class Injected:
    """A rise by `times` from `start` on, in all cells that `key` covers."""

    key: Key
    start: float
    times: float

    def covers(self, department: int, perpetrator: str, category: str) -> bool:
        whole = self.key.level == Level.MISSION
        here = self.key.level == Level.DEPARTMENT and self.key.department == department
        return whole or here or self.key == Key(Level.CELL, department, perpetrator, category)


class MadeUp:
    """A mission of so many reports a day, all told."""

    def __init__(self, reports_per_day: float, seed: int) -> None:
        self.rate = reports_per_day
        self.chance = random.Random(seed)  # noqa: S311 - a trial to be repeated, no secret
        cells = list(product(range(1, len(DEPARTMENTS) + 1), PERPETRATORS, CATEGORIES))
        weights = [
            DEPARTMENTS[department - 1]
            * PERPETRATORS[perpetrator]
            * CATEGORIES[category]
            * self.chance.lognormvariate(0, UNEVEN)
            for department, perpetrator, category in cells
        ]
        total = math.fsum(weights)
        self.cells = {cell: weight / total for cell, weight in zip(cells, weights, strict=True)}

    @cached_property
    def busiest_first(self) -> list[tuple[int, str, str]]:
        return sorted(self.cells, key=lambda cell: -self.cells[cell])

    def share(self, key: Key) -> float:
        return math.fsum(share for cell, share in self.cells.items() if Injected(key, 0, 1).covers(*cell))

    def risen(self, injected: Injected) -> set[Key]:
        """Its own key, and the department and mission that hold it where it makes them rise by half or more."""
        extra = self.share(injected.key) * (injected.times - 1)
        holding = [Key(Level.DEPARTMENT, injected.key.department), Key(Level.MISSION)]
        return {injected.key, *(key for key in holding if extra >= self.share(key) / 2 > 0)}

    def days(self, count: int, injected: Injected | None = None) -> Iterator[Sighting]:
        """The reports of that many days from midnight 0 on: the usual ones, and what a rise adds to them."""
        yield from self._reports(self.cells, self.rate, 0, count)
        if injected:
            inside = {cell: share for cell, share in self.cells.items() if injected.covers(*cell)}
            extra = self.rate * math.fsum(inside.values()) * (injected.times - 1)
            added = self._reports(inside, extra, int(injected.start // DAY_H), count)
            yield from (seen for seen in added if seen.at >= injected.start)

    def _reports(
        self, cells: dict[tuple[int, str, str], float], per_day: float, first: int, count: int
    ) -> Iterator[Sighting]:
        keys, weights = list(cells), list(cells.values())
        for day in range(first, count):
            for _ in range(self._poisson(per_day)):
                hour = self.chance.choices(range(24), HOURS)[0] + self.chance.random()
                department, perpetrator, category = self.chance.choices(keys, weights)[0]
                accused = {perpetrator}
                if self.chance.random() < SECOND_PERPETRATOR:
                    accused.add(self.chance.choices(list(PERPETRATORS), list(PERPETRATORS.values()))[0])
                source = self.chance.randrange(MONITORS)
                yield Sighting(DAY_H * day + hour, department, tuple(sorted(accused)), category, source)

    def _poisson(self, mean: float) -> int:
        """Arrivals in one unit of time, counted by their gaps."""
        count, at = 0, self.chance.expovariate(1) if mean else 2.0
        while at < mean:
            count, at = count + 1, at + self.chance.expovariate(1)
        return count


def quiet(mission: MadeUp, days: int, false_alarms_per_week: float) -> list[Rise]:
    """What is raised on days on which nothing rises."""
    return detect(mission.days(days), now=DAY_H * days, false_alarms_per_week=false_alarms_per_week)


def delay(mission: MadeUp, injected: Injected, days: int, false_alarms_per_week: float) -> float | None:
    """Hours from the rise to an alarm of it; None: not within these days.

    Of its own key, or of one that holds it and rises by half or more because of it: others may come by chance.
    """
    raised = mission.risen(injected)
    watch = Watch(false_alarms_per_week)
    for sighting in sorted(mission.days(days, injected), key=lambda seen: seen.at):
        watch.take(sighting)
        last = watch.rises[-1] if watch.rises else None
        if last and last.raised >= injected.start and last.key in raised:
            return last.raised - injected.start
    return None
