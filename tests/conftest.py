"""The cast: one mission, its people, and the doors they use.

Ana watches La Paz and Oruro, Ramiro watches everything, Sofía runs the mission, Marisol monitors, Tariq's NGO pulls.
"""

import pytest
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from incidents.models import ApiKey, User, severity_rule, sitting
from incidents.roles import Role
from tests import engine, make


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory):
    """SQLite in a file, as in production: in memory it would have neither WAL nor a second connection."""
    if engine.ENGINE == "sqlite":
        from django.conf import settings

        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(
            tmp_path_factory.mktemp("db") / "test.sqlite3"
        )


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Nobody has collected static files in a test run; names without hashes will do."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def evidence_folder(settings, tmp_path):
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    settings.KEYS_DIR = tmp_path / "keys"


@pytest.fixture(autouse=True)
def nothing_remembered():
    """What a test rolls back may come again under the same ids; what is committed never does."""
    severity_rule._kept.cache_clear()


@pytest.fixture(autouse=True)
def bells(monkeypatch):
    """What was rung for, as (task name, id): a unit test has no worker, and the row is what counts."""
    from incidents import tasks

    rung = []
    monkeypatch.setattr(tasks, "ring", lambda task, row_id, urgent=False: rung.append((task.name, str(row_id))))
    return rung


@pytest.fixture
def bolivia(db):
    return make.mission()


@pytest.fixture
def departments(bolivia):
    return make.departments(bolivia)


@pytest.fixture
def ana(bolivia, departments):
    """Coordinator of La Paz and Oruro."""
    return make.person("ana", Role.COORDINATOR, bolivia, departments["BO-L"], departments["BO-O"], code="C-1")


@pytest.fixture
def ramiro(bolivia, departments):
    """Coordinator of all departments."""
    return make.person("ramiro", Role.COORDINATOR, bolivia, everywhere=True, code="C-2", language="es")


@pytest.fixture
def sofia(bolivia, departments):
    """Mission admin."""
    return make.person("sofia", Role.MISSION_ADMIN, bolivia, everywhere=True, code="A-1")


@pytest.fixture
def marisol(bolivia, departments):
    """Monitor."""
    return make.monitor("marisol", bolivia)


@pytest.fixture
def tariq(bolivia):
    """Partner; his key is in `tariq.secret`."""
    user = make.person("tariq", Role.PARTNER, bolivia, email="")
    _, user.secret = ApiKey.issue(holder=user, mission=bolivia, is_granted=True)
    return user


class Browser(Client):
    """Signs people in as the desk demands it: with a second factor of theirs, shown a moment ago."""

    def force_login(self, user, backend=None):
        if user.second_factor_id is None:
            user.second_factor = TOTPDevice.objects.create(user=user, name="app")
            User.objects.filter(pk=user.pk).update(second_factor=user.second_factor)
        super().force_login(user, backend)
        session = self.session
        session[sitting.KEY] = sitting.begun(user)
        session.save()


@pytest.fixture
def client():
    return Browser()


def signed_in(user):
    client = Browser()
    client.force_login(user)
    return client


@pytest.fixture
def as_ana(ana):
    return signed_in(ana)


@pytest.fixture
def as_ramiro(ramiro):
    return signed_in(ramiro)


@pytest.fixture
def as_sofia(sofia):
    return signed_in(sofia)


@pytest.fixture
def as_tariq(tariq):
    return Client(headers={"Authorization": f"Bearer {tariq.secret}"})
