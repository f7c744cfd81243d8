"""Bundles of other people's scripts are those that were looked at: each file has the hash that npm.json names."""

import hashlib
import json

from tests.stack import ROOT

LIST = ROOT / "vendor" / "npm.json"
FOLDER = ROOT / "incidents" / "static" / "incidents" / "vendor"


def listed():
    return {name: sha256 for entry in json.loads(LIST.read_text()) for name, sha256 in entry["files"].items()}


def test_every_vendored_file_has_its_listed_hash():
    found = {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in listed()}
    assert found == listed()


def test_no_vendored_file_is_unlisted():
    assert {str(path.relative_to(ROOT)) for path in FOLDER.iterdir()} == set(listed())


def test_every_package_is_named_with_its_version_licence_and_hash():
    for entry in json.loads(LIST.read_text()):
        assert set(entry) == {"name", "version", "licence", "sha256", "files"}
        assert all(entry.values()), entry["name"]
        assert "://" not in json.dumps(entry)
