"""What machines that watch are told."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from incidents.models import Assessment
from tests import make


@pytest.fixture
def broker(settings, tmp_path):
    """A broker's folders of this test's own."""
    folder = tmp_path / "queue"
    folder.mkdir()
    options = {"data_folder_in": str(folder), "data_folder_out": str(folder), "control_folder": str(tmp_path)}
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = options
    return folder


def test_the_process_is_alive_whatever_else_is_not(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_ready_when_everything_answers(client, db, broker):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "database": "ok", "broker": "ok", "oldest_pending_s": 0.0}
    assert list(broker.iterdir()) == []


def test_not_ready_without_the_brokers_folder(client, db, broker):
    broker.rmdir()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert (answer.json()["broker"], answer.json()["database"]) == ("does not answer", "ok")


def test_not_ready_with_a_broker_that_refuses(client, db, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 1, "socket_connect_timeout": 1}
    assert client.get("/readyz").json()["broker"] == "does not answer"


@pytest.mark.parametrize(("age_s", "status"), [(60, 200), (180, 503)])
def test_not_ready_when_nobody_does_the_work(client, marisol, broker, age_s, status):
    make.report(marisol, triaged=False)
    Assessment.objects.update(next_try_at=timezone.now() - timedelta(seconds=age_s))
    answer = client.get("/readyz")
    assert answer.status_code == status
    assert answer.json()["oldest_pending_s"] == pytest.approx(age_s, abs=5)


def test_not_ready_without_a_database(client, broker, monkeypatch):
    def refuse(rows):
        raise OperationalError("gone")

    monkeypatch.setattr("incidents.models.work.WorkQuerySet.oldest_due_age_s", refuse)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "does not answer")


def test_neither_tells_anything_but_states(client, marisol, broker):
    make.report(marisol, triaged=False)
    assert set(client.get("/readyz").json()) == {"ready", "database", "broker", "oldest_pending_s"}
    assert client.post("/healthz").status_code == 405
