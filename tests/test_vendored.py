"""Files that others made and we carry along: each is the one that its package was known to hold."""

import hashlib
import json

import pytest

from tests.stack import ROOT

PACKAGES = json.loads((ROOT / "vendor" / "npm.json").read_text())
FILES = {name: sha256 for package in PACKAGES for name, sha256 in package["files"].items()}


@pytest.mark.parametrize("name", FILES)
def test_a_vendored_file_is_what_it_was(name):
    assert hashlib.sha256((ROOT / name).read_bytes()).hexdigest() == FILES[name]


def test_every_vendored_package_says_what_it_is():
    for package in PACKAGES:
        assert set(package) == {"name", "version", "licence", "sha256", "files"}
        assert len(package["sha256"]) == 64
        assert "://" not in json.dumps(package)


def test_no_vendored_file_is_missing_from_the_list():
    there = {str(file.relative_to(ROOT)) for file in ROOT.glob("**/vendor/*.js") if ".venv" not in file.parts}
    assert there <= set(FILES)
