"""The whole suite, once on each engine, both at once: `python -m tests.run [pytest arguments]`.

Names in one line what this machine lacks; tests that need it are then skipped. With OBSERVER_TEST_REQUIRE=1
(as in CI) a lack is a failure instead.
"""

import os
import subprocess
import sys
import tempfile
from typing import IO

from tests import services


def main() -> int:
    lacking = services.lacking()
    if lacking:
        print(f"Not on this machine, so their tests are skipped: {', '.join(lacking)}.", flush=True)
        if services.REQUIRED:
            print("OBSERVER_TEST_REQUIRE is set: that is a failure.")
            return 1
    if "PostgreSQL" in lacking:
        return begin("sqlite").wait()
    with tempfile.TemporaryFile("w+") as said:
        other = begin("postgresql", said)
        here = begin("sqlite").wait()
        print("The same on PostgreSQL:", flush=True)
        there = other.wait()
        said.seek(0)
        print(said.read(), flush=True)
    return max(here, there)


def begin(engine: str, output: IO[str] | None = None) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *sys.argv[1:]]
    environment = {**os.environ, "OBSERVER_TEST_ENGINE": engine, "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT if output else None)


if __name__ == "__main__":
    sys.exit(main())
