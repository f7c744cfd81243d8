"""The whole suite, once on each engine, in parts beside each other: `python -m tests.run [pytest arguments]`.

Names in one line what this machine lacks; tests that need it are then skipped. With OBSERVER_TEST_REQUIRE=1
(as in CI) a lack is a failure instead. Told anything for pytest, it makes one part of each engine.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from tests import services

CHAOS = ("tests/chaos",)
# These start the product's own processes, and wait for them; none needs the test database, which is slow to make.
STARTED = (
    "tests/evidence/test_worker.py",
    "tests/intake/test_answers.py",
    "tests/intake/test_at_once.py",
    "tests/intake/test_budgets.py",
    "tests/intake/test_danger.py",
    "tests/intake/test_files_in_a_browser.py",
    "tests/intake/test_full_phone.py",
    "tests/intake/test_killed.py",
    "tests/intake/test_offline.py",
    "tests/intake/test_safe_in_a_browser.py",
    "tests/intake/test_slow_line.py",
    "tests/intake/test_taken_phone.py",
    "tests/intake/test_waiting_in_a_browser.py",
    "tests/intake/test_where.py",
    "tests/test_browser.py",
    "tests/test_flood.py",
    "tests/test_journey.py",
)
# By what pytest is told, the longest first. Whatever the others do not name is in the first.
PARTS = {
    "in its own process": [f"--ignore={path}" for path in (*CHAOS, *STARTED)],
    "with processes of the product's": [*STARTED],
    "chaos": [*CHAOS],
}


def main() -> int:
    lacking = services.lacking()
    if lacking:
        print(f"Not on this machine, so their tests are skipped: {', '.join(lacking)}.", flush=True)
        if services.REQUIRED:
            print("OBSERVER_TEST_REQUIRE is set: that is a failure.")
            return 1
    engines = ["sqlite"] if "PostgreSQL" in lacking else ["postgresql", "sqlite"]
    parts = {"as asked": sys.argv[1:]} if sys.argv[1:] else PARTS
    # One more than can compute at once, for there is always one that waits.
    with ThreadPoolExecutor((os.cpu_count() or 1) + 1) as lanes:
        ends = [lanes.submit(run, name, engine, told) for name, told in parts.items() for engine in engines]
        try:
            return int(any(end.result() for end in ends))
        except KeyboardInterrupt:
            lanes.shutdown(cancel_futures=True)
            raise


def run(name: str, engine: str, told: list[str]) -> int:
    """One part; what it says is shown when it has ended."""
    begun = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *told]
    environment = {**os.environ, "OBSERVER_TEST_ENGINE": engine, "PYTHONUNBUFFERED": "1"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(f"\n{engine}, {name}, {time.monotonic() - begun:.0f} s:\n{done.stdout}", flush=True)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
