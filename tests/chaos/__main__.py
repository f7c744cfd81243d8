"""The long form: `python -m tests.chaos [--reports 10000 --kills 200 --seed 7 --engine postgresql --only kills]`.

Reports are filed while whatever runs is killed, while the broker is away, and while the disk is full; at the end of
each part every acknowledged report is looked for. A shorter run says how much shorter it was.
"""

import argparse
import signal
import sys
import time

from tests.chaos import parts
from tests.chaos.run import Run
from tests.chaos.world import load, world

# The most that lies on the small disk: a few kilobytes for each report, and the photos.
DISK_MB = {"kills": 2_000, "broker": 2_000, "disk": 192}


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that whatever was started is ended
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--reports", type=int, default=10_000)
    arguments.add_argument("--kills", type=int, default=200)
    arguments.add_argument("--rate", type=float, default=12, help="reports a second")
    arguments.add_argument("--broker-seconds", type=float, default=600, help="how long the broker hangs")
    arguments.add_argument("--disk-reports", type=int, default=300)
    arguments.add_argument("--seed", type=int, default=int(time.time()))
    arguments.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    arguments.add_argument("--only", choices=tuple(DISK_MB), action="append")
    arguments.add_argument("--settings", default="observer.settings", help="tests.chaos.naive is the control")
    given = arguments.parse_args()
    outcomes = {
        f"{engine} {part}": one(engine, part, given)
        for engine in given.engine or ("sqlite", "postgresql")
        for part in given.only or DISK_MB
    }
    print("\n" + "\n".join(f"  {name:24} {'held' if good else 'FAILED'}" for name, good in outcomes.items()))
    return 0 if all(outcomes.values()) else 1


def one(engine: str, part: str, given: argparse.Namespace) -> bool:
    with world(engine, settings=given.settings, disk_mb=DISK_MB[part]) as made:
        print(f"\nengine {engine} · seed {given.seed} · {load()}", flush=True)
        return getattr(parts, part)(Run(made, given.seed), given)


if __name__ == "__main__":
    sys.exit(main())
