"""A flood in full: `python -m tests.benchmarks.flood [--turned 20 --flood 10000 --honest 50 --reports 200 ...]`.

Turned phones send ten thousand reports in ten minutes while honest monitors send two hundred. Target: every honest
report triaged, 95 in 100 within a minute, none of them held; the flood stored, held apart, and dismissed by one click
for each phone. The engine is that of OBSERVER_TEST_ENGINE.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from tests import engine, flood
from tests.services import wait_until
from tests.stack import Stack, build

SEED = int(os.environ.get("SEED", "20201018"))
TARGET_S = 60


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    for name, usual in (("turned", 20), ("flood", 10_000), ("honest", 50), ("reports", 200)):
        arguments.add_argument(f"--{name}", type=int, default=usual)
    arguments.add_argument("--minutes", type=float, default=10)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stack = build(Path(folder))
        stack.start()
        try:
            return measure(stack, given)
        finally:
            stack.stop()
            engine.end()


def measure(stack: Stack, given: argparse.Namespace) -> int:
    print(f"engine {engine.ENGINE} · seed {SEED} · {given.flood} reports of {given.turned} turned phones", flush=True)
    sent = flood.storm(
        stack,
        turned=given.turned,
        flood=given.flood,
        honest=given.honest,
        reports=given.reports,
        seconds=60 * given.minutes,
        seed=SEED,
    )
    print(f"  acknowledged: flood {len(sent.flood)} · honest {len(sent.honest)} · refused {len(sent.refused)}")
    wait_until(lambda: _done(stack, sent.honest), 600, what="triage of the honest reports", every=1)
    begun = time.monotonic()
    wait_until(lambda: _done(stack, sent.flood), 3_600, what="triage of the flood", every=5)
    drained = time.monotonic() - begun
    return reconcile(stack, sent, drained)


def _done(stack: Stack, ids: dict) -> bool:
    fates = flood.fates(stack)
    return all(fates[report][1] == "done" for report in ids)


def reconcile(stack: Stack, sent: flood.Sent, drained: float) -> int:
    fates = flood.fates(stack)
    waited = sorted(fates[report][2] for report in sent.honest)
    held = sum(fates[report][0] != "" for report in sent.honest)
    apart = sum(fates[report][0] != "" for report in sent.flood)
    lost = len((set(sent.flood) | set(sent.honest)) - set(fates))
    p95 = waited[len(waited) * 95 // 100]
    print(f"  honest: {len(waited)} triaged, p50 {waited[len(waited) // 2]:.1f} s, p95 {p95:.1f} s, {held} held")
    print(f"  flood: {apart} of {len(sent.flood)} held apart, triaged {drained:.0f} s after the last honest report")
    told = stack.rows("SELECT kind, count(*) FROM incidents_delivery GROUP BY kind ORDER BY kind")
    print(f"  alerts: {' · '.join(f'{kind} {count}' for kind, count in told)}")
    dismissed, took = dismiss(stack)
    print(f"  dismissed by one click for each phone: {dismissed} in {took:.0f} s · lost {lost}")
    return 1 if lost or held or sent.refused or p95 > TARGET_S else 0


def dismiss(stack: Stack) -> tuple[int, float]:
    """Ask for each phone as the desk does, and wait for the worker."""
    script = (
        "from incidents.models import *;from incidents.actions import clear\n"
        "who=User.objects.get(username='nacional')\n"
        "for d in Device.objects.filter(pk__in=Incident.objects.held().values('reports__device')):\n"
        " clear.ask(actor=who,verb='dismiss',device=d,by_invitation=False,reason='Turned.')\n"
    )
    begun = time.monotonic()
    stack.manage("shell", "--verbosity", "0", "-c", script)
    left = "SELECT count(*) FROM incidents_clearing WHERE state <> 'done'"
    wait_until(lambda: stack.rows(left)[0][0] == 0, 3_600, what="the clearing", every=2)
    return stack.rows("SELECT sum(cleared) FROM incidents_clearing")[0][0], time.monotonic() - begun


if __name__ == "__main__":
    sys.exit(main())
