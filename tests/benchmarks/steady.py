"""R1, a heavy hour made steady: `python -m tests.benchmarks.steady [--rate 50 --seconds 600 --engine postgresql]`.

Targets: every report acknowledged, 95 in 100 within 500 ms, triaged within a minute of its receipt, all reconciled.
"""

import argparse
import sys

from tests.chaos import figures
from tests.chaos.reckoning import unfinished
from tests.chaos.run import Run
from tests.chaos.world import load, world

ANSWER_S, LAG_S = 0.5, 60


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rate", type=float, default=50)
    arguments.add_argument("--seconds", type=float, default=600)
    arguments.add_argument("--seed", type=int, default=7)
    arguments.add_argument("--engine", choices=("sqlite", "postgresql"), default="postgresql")
    given = arguments.parse_args()
    with world(given.engine, phones=100, disk_mb=4_000) as made:
        return measure(Run(made, given.seed), given)


def measure(run: Run, given: argparse.Namespace) -> int:
    count = int(given.rate * given.seconds)
    print(f"engine {given.engine} · {given.rate:g} reports/s for {given.seconds:g} s · before: {load()}", flush=True)
    before = run.world.processor_s()
    run.file(count, seconds=given.seconds, files=0.02)
    left = unfinished(run.world)
    print(f"  after: {load()} · then left: triage, deliveries, files {left}", flush=True)
    found = run.settle(3_600)
    waits, lags = run.crowd.promises.waits(), figures.triage_lags(run)
    print(found.table())
    print(figures.processor(before, run.world.processor_s(), count))
    print(figures.line("report answered", waits))
    print(figures.line("receipt to triage", lags))
    met = figures.share(waits, 95) <= ANSWER_S and figures.share(lags, 95) <= LAG_S
    print(f"  target {'met' if met else 'MISSED'}: answered p95 {ANSWER_S} s, triaged p95 {LAG_S} s")
    return 0 if met and not found.faults() and found.acknowledged == count else 1


if __name__ == "__main__":
    sys.exit(main())
