"""The whole suite, once on each engine: `python -m tests.run [pytest arguments]`.

Names in one line what this machine lacks; tests that need it are then skipped. With OBSERVER_TEST_REQUIRE=1
(as in CI) a lack is a failure instead.
"""

import os
import subprocess
import sys

from tests import services


def main() -> int:
    lacking = services.lacking()
    if lacking:
        print(f"Not on this machine, so their tests are skipped: {', '.join(lacking)}.", flush=True)
        if services.REQUIRED:
            print("OBSERVER_TEST_REQUIRE is set: that is a failure.")
            return 1
    engines = ["sqlite"] + ([] if "PostgreSQL" in lacking else ["postgresql"])
    return max(run(engine) for engine in engines)


def run(engine: str) -> int:
    command = [sys.executable, "-m", "pytest", "-q", *sys.argv[1:]]
    return subprocess.run(command, env={**os.environ, "OBSERVER_TEST_ENGINE": engine}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
