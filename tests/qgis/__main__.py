"""`make qgis`: a demonstration of its own, and a QGIS without a window that reads its /ogc. Not part of the suite.

Needs a Python that has QGIS's modules (Debian: python3-qgis); another than the system's is named by QGIS_PYTHON.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import engine
from tests.stack import build


def main() -> int:
    # Not by the environment that we run in: QGIS brings modules for its system's own Python.
    plain = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    pythons = [os.environ["QGIS_PYTHON"]] if "QGIS_PYTHON" in os.environ else ["python3", "/usr/bin/python3"]
    python = next((one for one in pythons if _has_qgis(one, plain)), None)
    if python is None:
        print(
            f"No QGIS for {' or '.join(pythons)}. Install it (Debian: apt-get install python3-qgis), or name a Python"
        )
        print("that has it: QGIS_PYTHON=…")
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


def _has_qgis(python: str, environment: dict[str, str]) -> bool:
    if not shutil.which(python):
        return False
    return not subprocess.run([python, "-c", "import qgis.core"], env=environment, capture_output=True).returncode


if __name__ == "__main__":
    sys.exit(main())
