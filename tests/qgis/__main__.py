"""`make qgis`: a demonstration of its own, and a QGIS without a window that reads its /ogc. Not part of the suite.

Needs a Python that has QGIS's modules (Debian: python3-qgis); another than python3 is named by QGIS_PYTHON.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import engine
from tests.stack import build


def main() -> int:
    python = os.environ.get("QGIS_PYTHON", "python3")
    # Not by the environment that we run in: QGIS brings modules for its system's own Python.
    plain = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    if subprocess.run([python, "-c", "import qgis.core"], env=plain, capture_output=True).returncode:
        print(
            f"{python} has no QGIS. Install it (Debian: apt-get install python3-qgis), or name another: QGIS_PYTHON=…"
        )
        return 2
    with tempfile.TemporaryDirectory(prefix="observer-qgis-") as folder:
        stack = build(Path(folder))
        try:
            stack.start("web")
            script = Path(__file__).with_name("layer.py")
            asked = [python, str(script), f"{stack.base_url}/ogc", stack.demo()["partner"]["key"]]
            return subprocess.run(asked, env=plain, timeout=300).returncode
        finally:
            stack.stop()
            engine.end()


if __name__ == "__main__":
    sys.exit(main())
