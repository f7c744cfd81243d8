"""The house holds: a stray module or an import upward breaks the build."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stack import ROOT


@pytest.fixture
def copy(tmp_path):
    """The product's code without its data, free to be spoilt."""
    for name in ("incidents", "observer"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("static", "data", "locale"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def contracts(folder):
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_the_house_as_it_stands_is_kept(copy):
    assert contracts(copy).returncode == 0


def test_a_stray_module_breaks_the_build(copy):
    (copy / "incidents" / "stray.py").write_text("")
    assert "incidents.stray" in contracts(copy).stdout


@pytest.mark.parametrize(
    ("file", "upward"),
    [
        ("models/mission.py", "from incidents.actions import submit"),
        ("triage/severity.py", "from incidents import tasks"),
        ("geo.py", "from incidents import models"),
        ("actions/submit.py", "from incidents.api import views"),
        ("intake/uploads.py", "from incidents.api import permissions"),
        ("tasks.py", "from observer import settings"),
    ],
)
def test_an_import_upward_or_sideways_breaks_the_build(copy, file, upward):
    path = copy / "incidents" / file
    path.write_text(f"{path.read_text()}\n\ndef spoilt() -> None:\n    {upward}\n")
    done = contracts(copy)
    assert done.returncode == 1
    assert "BROKEN" in done.stdout
