"""The long form's three parts, each in a world of its own: kills (R3), the broker (R5), the disk (R6).

Each prints what it did and what came of it, and says whether its targets were met.
"""

import argparse
import time

from tests.chaos import figures
from tests.chaos.phones import GOOD
from tests.chaos.reckoning import unfinished, wait_until_drained
from tests.chaos.run import Run
from tests.chaos.storm import ALL
from tests.chaos.world import load
from tests.services import wait_until

TELL_EVERY_S = 15
SLOWER_BY = 1.2
FULL_ANSWER_S = 1.0


def kills(run: Run, given: argparse.Namespace) -> bool:
    """R3: whatever runs is killed at random moments; nothing acknowledged is lost, all drained in two minutes."""
    seconds = given.reports / given.rate
    print(f"R3 · {given.reports} reports and {given.kills} kills in {seconds:.0f} s", flush=True)
    storm = run.storm(given.reports, given.kills, seconds=seconds, faults=ALL)
    print(f"  filed · beside kills {dict(storm.happened)} · left {unfinished(run.world)} · {load()}", flush=True)
    found = run.settle(tell=_teller())
    print(found.table())
    return not found.faults() and found.drained_s is not None


def broker(run: Run, given: argparse.Namespace) -> bool:
    """R5: a broker that is dead, hung, flushed or full makes no request slower; the backlog of the longest drains."""
    print(f"R5 · {given.rate:g} reports/s, the broker hung for {given.broker_seconds:g} s", flush=True)
    short = max(10.0, given.broker_seconds / 10)
    before = _waits(run, given.rate, short)
    print(figures.line("without", before), flush=True)
    good = True
    for how, seconds in (("dead", short), ("flushed", short), ("full", short), ("hung", given.broker_seconds)):
        run.world.impede(how)
        try:
            waits = _waits(run, given.rate, seconds)
        finally:
            run.world.relieve(how)
        if how != "hung":
            _drain(run)  # or what one way left behind would slow down the next
        allowed = figures.share(before, 95) * SLOWER_BY
        good = good and figures.share(waits, 95) <= allowed
        print(figures.line(how, waits) + f" · p95 allowed {allowed:.3f} s", flush=True)
    run.world.init.last_kill = time.time()
    print(f"  backlog {unfinished(run.world)} · {load()}", flush=True)
    found = run.settle(300, tell=_teller())
    print(found.table().replace("the last kill", "the broker's return"))
    return good and not found.faults() and found.drained_s is not None


def _drain(run: Run) -> None:
    """Until triage, deliveries and files have caught up; for as long as that may last after a broker came back."""
    run.world.init.last_kill = time.time()
    wait_until_drained(run.world, 300, tell=_teller())


def _waits(run: Run, rate: float, seconds: float) -> list[float]:
    since = len(run.crowd.promises.attempts)
    run.file(int(rate * seconds), seconds=seconds, files=0)
    return sorted(took for _at, took, status in run.crowd.promises.attempts[since:] if status in GOOD)


def disk(run: Run, given: argparse.Namespace) -> bool:
    """R6: a full disk is said within a second; phones keep what they have and deliver it when there is room."""
    print(f"R6 · {given.disk_reports} reports while the disk is full", flush=True)
    run.file(50, seconds=5)
    since = len(run.crowd.promises.attempts)
    run.world.fill_disk()
    filing = run.begin_to_file(given.disk_reports, seconds=10, files=0.2)
    try:
        wait_until(lambda: run.crowd.promises.answers[507], what="an answer of 507")
        time.sleep(10)
    finally:
        run.world.make_room()
    filing.join()
    refused = sorted(took for _at, took, status in run.crowd.promises.attempts[since:] if status in (503, 507))
    print(f"  answers {dict(run.crowd.promises.answers)}")
    print(figures.line("refused", refused), flush=True)
    found = run.settle(tell=_teller())
    print(found.table())
    in_time = figures.share(refused, 95) <= FULL_ANSWER_S
    return in_time and not run.crowd.promises.answers[500] and not found.faults()


def _teller():
    """Says how much is left, now and then."""
    told = [time.monotonic()]

    def tell(left: tuple) -> None:
        if time.monotonic() - told[0] >= TELL_EVERY_S:
            told[0] = time.monotonic()
            print(f"  left: triage {left[0]}, deliveries {left[1]}, files {left[2]} · {load()}", flush=True)

    return tell
