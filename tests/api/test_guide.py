"""The lines of the partners' guide, run as they stand there against a real server."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.cast import released
from tests.services import lacking

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "export.md").read_text()
BLOCKS = re.findall(r"^```(sh|python)\n(.*?)^```", GUIDE, flags=re.MULTILINE | re.DOTALL)
SERVER = "https://observer.example"
PROGRAMS = {"sh": ["sh", "-ec"], "python": [sys.executable, "-c"]}


@pytest.mark.django_db(transaction=True)
def test_each_line_of_the_guide_runs_as_it_stands_there(live_server, tariq, marisol, ana, tmp_path):
    released(marisol, ana)
    environment = {"PATH": os.environ["PATH"], "OBSERVER_KEY": tariq.secret, "NO_PROXY": "*"}
    ran = []
    for language, block in BLOCKS:
        if "import pandas" in block:
            compile(block, "export.md", "exec")  # it is no part of what the tests install
            continue
        if "GDAL" in block and "gdal-bin" in lacking():
            continue  # tests.run has said so
        done = subprocess.run(
            [*PROGRAMS[language], block.replace(SERVER, live_server.url)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, block + done.stdout + done.stderr
        ran.append(done.stdout)
    assert len(ran) >= 7
    assert "1 incidents\n" in ran
    assert "intimidation" in (tmp_path / "observer.json").read_text()
