"""The long form: `python -m tests.chaos [--reports 10000 --kills 200 --seed 7 --engine postgresql]`.

Files reports while whatever runs is killed, then reconciles every acknowledged report. See also --help.
"""

import argparse
import sys
import time

from tests.chaos.phones import Crowd, plan
from tests.chaos.reckoning import DRAINED_WITHIN_S, reckon, unfinished, wait_until_drained, wait_until_still
from tests.chaos.storm import ALL, Storm
from tests.chaos.world import World, load, world

STILL_S = 10


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--reports", type=int, default=10_000)
    arguments.add_argument("--kills", type=int, default=200)
    arguments.add_argument("--rate", type=float, default=12, help="reports a second")
    arguments.add_argument("--seed", type=int, default=int(time.time()))
    arguments.add_argument("--engine", choices=("sqlite", "postgresql"), default="postgresql")
    arguments.add_argument("--settings", default="observer.settings", help="tests.chaos.naive for the control")
    arguments.add_argument("--logs", action="store_true")
    given = arguments.parse_args()
    with world(given.engine, settings=given.settings, disk_mb=2_000) as made:
        code = run(made, given)
        if given.logs:
            for name in ("web", "worker", "beat"):
                print(f"--- {name}\n{made.stack.log(name)}")
        return code


def run(made: World, given: argparse.Namespace) -> int:
    seconds = given.reports / given.rate
    print(f"engine {given.engine} · seed {given.seed} · {given.reports} reports, {given.kills} kills in {seconds:.0f} s · {load()}", flush=True)
    filings = plan(given.seed, given.reports, seconds=seconds, phones=len(made.secrets))
    crowd = Crowd(made.stack.base_url, made.secrets)
    storm = Storm(made, given.kills, seconds, given.seed, ALL)
    storm.begin()
    crowd.file(filings)
    print(f"  filed, {unfinished(made)} unfinished, {load()}", flush=True)
    storm.end()
    drained = None
    if given.settings.endswith("naive"):
        wait_until_still(made, STILL_S)
    else:
        drained = wait_until_drained(made, DRAINED_WITHIN_S)
    found = reckon(made, filings, crowd.promises, drained)
    print(found.table(), f"\n  faults beside {dict(storm.happened)} restarts {dict(made.init.restarts)} · {load()}")
    return 1 if found.faults() or drained is None else 0


if __name__ == "__main__":
    sys.exit(main())
