"""From answer to alert: `python -m tests.benchmarks.alerts [--rate 20 --seconds 60 --engine postgresql]`.

Reports come in evenly; of each alert, how long after its report was answered the mail server had taken it. Targets:
with PostgreSQL and Redis p50 0.5 s and p95 2 s; on the embedded default p95 3 s. Ends with a reconciliation.
"""

import argparse
import sys

from tests.chaos import figures
from tests.chaos.run import Run
from tests.chaos.world import load, world

P50_S, P95_S = {"postgresql": 0.5, "sqlite": 3.0}, {"postgresql": 2.0, "sqlite": 3.0}


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rate", type=float, default=20)
    arguments.add_argument("--seconds", type=float, default=60)
    arguments.add_argument("--seed", type=int, default=7)
    arguments.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    given = arguments.parse_args()
    return max(measure(engine, given) for engine in given.engine or ("sqlite", "postgresql"))


def measure(engine: str, given: argparse.Namespace) -> int:
    with world(engine) as made:
        run = Run(made, given.seed)
        print(f"engine {engine} · {given.rate:g} reports/s for {given.seconds:g} s · before: {load()}", flush=True)
        before = made.processor_s()
        run.file(int(given.rate * given.seconds), seconds=given.seconds, files=0)
        print(f"  after: {load()}")
        found = run.settle(600)
        used = figures.processor(before, made.processor_s(), len(run.filings))
        delays, parts = figures.alert_delays(run), figures.stages(run)
    print(used)
    print(figures.line("report answered", run.crowd.promises.waits()))
    print(figures.line("answer to alert", delays))
    for name, values in parts.items():
        print(figures.line(f"  {name}", values))
    print(f"  {len(delays)} alerts · {found.faults() or 'reconciled'}")
    met = figures.share(delays, 50) <= P50_S[engine] and figures.share(delays, 95) <= P95_S[engine]
    print(f"  target {'met' if met else 'MISSED'}: p50 {P50_S[engine]} s, p95 {P95_S[engine]} s")
    return 0 if met and not found.faults() else 1


if __name__ == "__main__":
    sys.exit(main())
