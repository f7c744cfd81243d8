"""Fit the weights of `incidents/triage/duplicates/weights.py`: `python -m tests.benchmarks.fit_duplicates FILE`.

Logistic regression over the levels of comparison, with a ridge and with weights that may not fall along a chain, by
Newton's method in numpy. Reads the tuning part only, and prints the table in bits; `--check` prints instead what other
splits and the other country give.
"""

import argparse
import math
import random
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np

from incidents.management import twins
from incidents.management.archive import Row, read
from incidents.triage.duplicates import Table, shipped
from incidents.triage.duplicates.clusters import clusters
from incidents.triage.duplicates.levels import CHAINS
from incidents.triage.duplicates.score import compare
from incidents.triage.duplicates.weights import START, SUGGEST_FROM

RIDGE = 8.0
FOLDS = 5
SEEDS = (1, 2, 3)
THRESHOLDS = [step / 10 for step in range(-30, 11)]
SMOOTH = 7


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("file", type=Path)
    arguments.add_argument("--check", action="store_true")
    given = arguments.parse_args()
    rows = read(given.file)
    if given.check:
        return check(rows)
    tuning = [row for row in rows if twins.is_tuning(row.event)]
    for code, bits in sorted(fit(tuning).items()):
        print(f'    "{code}": {bits:.2f},')


def fit(rows: list[Row]) -> dict[str, float]:
    """The table, its threshold chosen out of fold."""
    return {**fitted(rows), SUGGEST_FROM: threshold(rows, [out_of_fold(rows, seed=seed) for seed in SEEDS])}


def threshold(rows: list[Row], found: list[twins.Suggested]) -> float:
    """The middle of the broadest rise: the best F1 of pairs when the steps on either side count as well."""
    heights = [sum(f1(rows, suggested, bits) for suggested in found) for bits in THRESHOLDS]
    smooth = np.convolve(heights, np.ones(SMOOTH), mode="valid")
    return THRESHOLDS[int(smooth.argmax()) + SMOOTH // 2]


def fitted(rows: list[Row], keep: Callable[[Row, Row], bool] = lambda a, b: True) -> dict[str, float]:
    pairs = [
        ([level.code for level in compare(row.facts, other.facts, context)], row.event == other.event)
        for row, near, context in twins.comparisons(rows)
        for other in near
        if keep(row, other)
    ]
    codes = sorted({code for levels, _ in pairs for code in levels})
    column = {code: number for number, code in enumerate(codes)}
    x = np.zeros((len(pairs), len(codes)))
    for number, (levels, _) in enumerate(pairs):
        x[number, [column[code] for code in levels]] = 1
    start, weights = monotone(x, np.array([same for _, same in pairs], float), codes)
    bits = {code: round(weight / math.log(2), 2) for code, weight in zip(codes, weights, strict=True)}
    return {START: round(start / math.log(2), 2), **bits}


def monotone(x, y, codes):
    """Levels out of order are tied to one weight and all is fitted again, until none is left (pooled violators)."""
    column = {code: number for number, code in enumerate(codes)}
    tie = np.arange(len(codes))
    while True:
        names, place = np.unique(tie, return_inverse=True)
        start, *tied = ridge(x @ np.eye(len(names))[place], y)
        weights = np.array(tied)[place]
        wrong = [(a, b) for a, b in neighbours(column) if tie[a] != tie[b] and weights[b] < weights[a] - 1e-9]
        if not wrong:
            return start, weights
        for a, b in wrong:
            tie[tie == tie[b]] = tie[a]


def neighbours(column: dict[str, int]):
    for field, chain in CHAINS:
        present = [column[code] for level in chain.split() if (code := f"{field}.{level}") in column]
        yield from pairwise(present)


def ridge(x, y):
    """Start and weights in nats. Newton's method, with its step halved while it overshoots."""
    x = np.hstack([np.ones((len(x), 1)), x])
    penalty = np.full(x.shape[1], RIDGE)
    penalty[0] = 1e-3
    weights = np.zeros(x.shape[1])
    weights[0] = np.log(y.mean() / (1 - y.mean()))

    def loss(at):
        z = x @ at
        return (np.logaddexp(0, z) - y * z).sum() + (penalty * at * at).sum() / 2

    now = loss(weights)
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        slope = x.T @ (y - p) - penalty * weights
        curve = (x.T * np.maximum(p * (1 - p), 1e-6)) @ x + np.diag(penalty)
        step, size = np.linalg.solve(curve, slope), 1.0
        while loss(weights + size * step) > now + 1e-9 and size > 1e-3:
            size /= 2
        weights = weights + size * step
        before, now = now, loss(weights)
        if before - now < 1e-4:
            break
    return weights


def out_of_fold(rows: list[Row], *, seed: int) -> twins.Suggested:
    """Every pair of the whole set scored by weights that saw neither of its two events; its density stays as it is."""
    groups = sorted({row.event for row in rows})
    random.Random(seed).shuffle(groups)
    fold = {name: number % FOLDS for number, name in enumerate(groups)}
    of = {row.name: fold[row.event] for row in rows}
    tables = [
        Table(fitted(rows, lambda a, b, left=left: left not in (of[a.name], of[b.name]))) for left in range(FOLDS)
    ]
    scored = [twins.suggest(rows, table) for table in tables]
    found = twins.Suggested()
    for a, b in scored[0].bits:
        found.bits[a, b] = (scored[of[a]].bits[a, b] + scored[of[b]].bits[a, b]) / 2
    found.first = ranked(rows, found.bits)
    return found


def ranked(rows: Iterable[Row], bits: dict[tuple[str, str], float]) -> dict[str, list[str]]:
    order = {row.name: row.order for row in rows}
    near: dict[str, list[tuple[float, str]]] = {name: [] for name in order}
    for (a, b), total in bits.items():
        earlier, later = sorted((a, b), key=order.__getitem__)
        near[later].append((-total, earlier))
    return {name: [other for _, other in sorted(found)[: twins.FIRST]] for name, found in near.items()}


def f1(rows: list[Row], found: twins.Suggested, threshold: float) -> float:
    return float(judged(rows, found, threshold)["pair_f1"])


def judged(rows: list[Row], found: twins.Suggested, threshold: float):
    found.clusters = clusters((row.name for row in rows), found.bits, threshold=threshold)
    return twins.measures(rows, found)


def check(rows: list[Row]) -> None:
    for seed in SEEDS:
        found = out_of_fold(rows, seed=seed)
        show(f"five folds by event, seed {seed}", judged(rows, found, shipped().bits(SUGGEST_FROM)))
    for country in sorted({row.country for row in rows}):
        theirs = [row for row in rows if row.country == country]
        table = Table(fit([row for row in rows if row.country != country]))
        show(f"{country} by weights of the other", twins.measures(theirs, twins.suggest(theirs, table)))


def show(what: str, found) -> None:
    print(f"{what:50} " + "  ".join(f"{name} {value:.3f}" for name, value in found.items() if "_" in name), flush=True)


if __name__ == "__main__":
    main()
