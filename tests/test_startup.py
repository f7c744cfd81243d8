"""Starting: one clear line when something is missing, and a deployment that only sets what is read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from observer import env, gunicorn
from tests.services import free_port
from tests.stack import ROOT, procfile

UNREACHABLE = "postgresql://observer@127.0.0.1:1/observer"


def run(command, tmp_path, **changes):
    environment = {"PATH": os.environ["PATH"], "SECRET_KEY": "x" * 50, "DATA_DIR": str(tmp_path), **changes}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


MIGRATE = [sys.executable, "manage.py", "migrate"]


@pytest.mark.parametrize("command", [MIGRATE, procfile()["web"], procfile()["worker"], procfile()["beat"]])
def test_without_a_secret_key_every_program_says_what_to_set(command, tmp_path):
    done = run(command, tmp_path, SECRET_KEY="")
    assert done.returncode != 0
    assert done.stderr.strip().splitlines() == [
        "observer: SECRET_KEY is not set. Set SECRET_KEY or SECRET_KEY_FILE to 50 random characters or more."
    ]


@pytest.mark.parametrize("command", [MIGRATE, procfile()["web"], procfile()["worker"], procfile()["beat"]])
def test_with_an_unreachable_database_every_program_says_what_to_set(command, tmp_path):
    done = run(command, tmp_path, DATABASE_URL=UNREACHABLE, PORT=str(free_port()))
    assert done.returncode != 0
    # Celery warns root before it asks us.
    assert "Set DATABASE_URL" in done.stderr.strip().splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("DATABASE_URL", "nonsense"), ("EMAIL_PORT", "many"), ("OBSERVER_DEMO", "perhaps"), ("SECRET_KEY_FILE", "/no")],
)
def test_a_wrong_setting_is_named_in_one_line(tmp_path, name, value):
    changes = {name: value} | ({"SECRET_KEY": ""} if name == "SECRET_KEY_FILE" else {})
    done = run([sys.executable, "manage.py", "check"], tmp_path, **changes)
    (line,) = done.stderr.strip().splitlines()
    assert done.returncode != 0
    assert line.startswith(f"observer: {name}")


def test_a_secret_is_read_from_a_file(tmp_path, monkeypatch):
    (tmp_path / "secret").write_text("from a file\n")
    monkeypatch.setenv("SOME_SECRET_FILE", str(tmp_path / "secret"))
    assert env.text("SOME_SECRET") == "from a file"


def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_every_variable_that_compose_sets_is_one_the_settings_read():
    assert gunicorn.bind
    for name in ("web", "worker", "beat", "migrate"):
        assert set(compose()["services"][name]["environment"]) <= env.NAMES


def test_compose_publishes_no_database_and_checks_every_server():
    services = compose()["services"]
    assert set(services) == {"postgres", "redis", "migrate", "web", "worker", "beat"}
    assert [name for name, service in services.items() if "ports" in service] == ["web"]
    assert all("healthcheck" in service for name, service in services.items() if name != "migrate")


def test_composes_secrets_come_from_files():
    assert all(set(secret) == {"file"} for secret in compose()["secrets"].values())
    plain = yaml.safe_dump(compose()["services"]["web"]["environment"]).lower()
    assert "password:" not in plain
    assert "secret_key:" not in plain


def test_the_image_copies_what_exists():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    sources = [word for line in lines if line.startswith("COPY") for word in line.split()[1:-1]]
    assert sources
    assert all(Path(ROOT / source).exists() for source in sources)
