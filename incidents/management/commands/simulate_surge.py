"""Try the watch for rises on a made-up mission: false alarms on quiet days, and how soon a real rise is noticed."""

import json
import math
import random
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from incidents.triage import surge
from incidents.triage.baseline import DAY_H, Key, Level
from incidents.triage.quiet_days import Injected, MadeUp, delay, quiet

DAYS_BEFORE = 60
# How long a rise is followed before it counts as not noticed, by its size.
FOLLOWED_DAYS = {2.0: 28, 10.0: 14}
# Cells by their place in the order of how often they are reported from.
CELLS = {"busiest cell": 0, "20th cell": 19, "150th cell": 149}
SURE = 0.95


def above(least: float) -> Callable[[str], float]:
    def check(text: str) -> float:
        try:
            number = float(text)
        except ValueError as fault:
            raise ArgumentTypeError(f"{text} is no number") from fault
        if not least < number < 1_000_000:
            raise ArgumentTypeError(f"must be more than {least:g}")
        return number

    return check


class Command(BaseCommand):
    help = "Simulate quiet days and rises in reports, and print how the watch does. Touches no database."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=above(0), default=1_000, help="quiet days (default 1000)")
        parser.add_argument("--rate", type=above(0), default=1.0, help="false alarms a week that are set (default 1)")
        parser.add_argument("--reports", type=above(0), default=30.0, help="reports a day (default 30)")
        parser.add_argument("--trials", type=above(0), default=40, help="rises tried of each kind (default 40)")
        parser.add_argument("--seed", type=int, default=20201018)
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        days, rate, reports, seed = int(options["days"]), options["rate"], options["reports"], options["seed"]
        told = {"method": surge.VERSION, "seed": seed, "days": days, "set_per_week": rate, "reports_per_day": reports}
        told["false_alarms"] = false_alarms(days, rate, reports, seed)
        if not options["json"]:
            self._say_quiet(told)
        told["delays"] = delays(int(options["trials"]), rate, reports, seed, hide_bar=options["json"])
        if options["json"]:
            self.stdout.write(json.dumps(told))
        else:
            self._say_delays(told["delays"])

    def _say_quiet(self, told: dict[str, Any]) -> None:
        found = told["false_alarms"]
        low, high = found["interval"]
        verdict = "consistent with what is set" if found["consistent"] else "NOT consistent with what is set"
        if high < found["expected"]:
            verdict = "fewer than set: the promise is kept, rises are noticed later than they might be"
        self.stdout.write(
            f"{told['days']} quiet days, {told['reports_per_day']:g} reports a day, "
            f"{told['set_per_week']:g} false alarms a week set, seed {told['seed']}\n"
            f"  false alarms: {found['observed']} observed, {found['expected']:.1f} set; "
            f"exact {SURE:.0%} Poisson interval of the observed {low:.1f} to {high:.1f}: {verdict}\n"
            f"  by level: {', '.join(f'{level} {count}' for level, count in found['by_level'].items())}\n"
        )

    def _say_delays(self, rows: list[dict[str, Any]]) -> None:
        self.stdout.write(
            f"  {'where it rises':<20}{'usual a day':>12}{'times':>7}{'median':>12}{'90 %':>12}{'found':>8}"
        )
        for row in rows:
            self.stdout.write(
                f"  {row['where']:<20}{row['usual_per_day']:>12.2f}{row['times']:>7g}"
                f"{_spoken(row['median_h'], row['times']):>12}{_spoken(row['p90_h'], row['times']):>12}"
                f"{row['found']:>8.0%}"
            )


def false_alarms(days: int, rate: float, reports: float, seed: int) -> dict[str, Any]:
    rises = quiet(MadeUp(reports, seed), days, rate)
    expected, (low, high) = rate * days / 7, interval(len(rises))
    levels = {level.value: sum(rise.key.level == level for rise in rises) for level in Level}
    return {
        "observed": len(rises),
        "expected": expected,
        "interval": [low, high],
        "consistent": low <= expected <= high,
        "by_level": levels,
    }


def delays(trials: int, rate: float, reports: float, seed: int, *, hide_bar: bool) -> list[dict[str, Any]]:
    """Of a doubling and a tenfold rise, in the whole mission, in a department, in cells of all sizes."""
    places = ("whole mission", "largest department", *CELLS)
    bar = tqdm(total=trials * len(places) * 2, unit="rise", disable=hide_bar or not sys.stderr.isatty())
    rows = []
    with bar:
        for where in places:
            for times, followed in FOLLOWED_DAYS.items():
                rows.append(_row(where, times, followed, range(seed, seed + trials), rate, reports, bar))
    return rows


def _row(
    where: str, times: float, followed: int, seeds: range, rate: float, reports: float, bar: Any
) -> dict[str, Any]:
    waited, usual = [], 0.0
    for seed in seeds:
        mission = MadeUp(reports, seed)
        key = _key(where, mission)
        usual += reports * mission.share(key) / len(seeds)
        # At any hour of the day: a rise does not wait for the morning.
        start = DAY_H * (DAYS_BEFORE + random.Random(seed).random())  # noqa: S311 - a trial to be repeated, no secret
        found = delay(mission, Injected(key, start, times), DAYS_BEFORE + followed, rate)
        waited.append(math.inf if found is None else found)
        bar.update()
    waited.sort()
    return {
        "where": where,
        "usual_per_day": usual,
        "times": times,
        "median_h": _quantile(waited, 0.5),
        "p90_h": _quantile(waited, 0.9),
        "found": sum(map(math.isfinite, waited)) / len(waited),
    }


def _key(where: str, mission: MadeUp) -> Key:
    if where == "whole mission":
        return Key(Level.MISSION)
    if where == "largest department":
        return Key(Level.DEPARTMENT, 1)
    return Key(Level.CELL, *mission.busiest_first[CELLS[where]])


def _quantile(waited: list[float], share: float) -> float | None:
    """None where so many were not noticed in the time they were followed."""
    value = waited[min(len(waited) - 1, math.ceil(share * len(waited)) - 1)]
    return value if math.isfinite(value) else None


def _spoken(hours: float | None, times: float) -> str:
    if hours is None:
        return f"> {FOLLOWED_DAYS[times]} d"
    return f"{hours:.1f} h" if hours < 2 * DAY_H else f"{hours / DAY_H:.1f} d"


def interval(count: int) -> tuple[float, float]:
    """The exact interval of a Poisson mean by its count (Garwood 1936), by bisection."""
    tail = (1 - SURE) / 2
    low = 0.0 if count == 0 else _solve(lambda mean: 1 - _at_most(count - 1, mean) < tail, count)
    return low, _solve(lambda mean: _at_most(count, mean) > tail, count)


def _at_most(count: int, mean: float) -> float:
    return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1))


def _solve(is_below: Callable[[float], bool], count: int) -> float:
    low, high = 1e-9, 2.0 * count + 20
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return low
