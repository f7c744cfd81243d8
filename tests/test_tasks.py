"""Bells: ids only, the sweep finds what lost its bell, danger goes first, and nobody waits for a broker."""

import time

import pytest

from incidents import tasks
from incidents.actions.attach import attach
from incidents.evidence import storage
from incidents.models import Assessment, Delivery, Evidence
from tests import make

LONG_AGO = "2020-01-01T00:00Z"


@pytest.fixture
def broker(monkeypatch):
    """What would be published, as (queue, task, id); the journeys have a real broker."""
    published = []

    def keep(task, row_id, urgent):
        published.append((tasks.URGENT if urgent else tasks.ORDINARY, task.name.rpartition(".")[2], row_id))

    monkeypatch.setattr(tasks, "publish", keep)
    return published


def test_the_sweep_rings_for_a_row_that_lost_its_bell(broker, marisol):
    report = make.report(marisol, triaged=False)
    Assessment.objects.update(next_try_at=LONG_AGO)
    assert tasks.sweep() == 1
    assert broker == [("celery", "assess_report", str(report.assessment.pk))]


def test_the_sweep_leaves_alone_what_is_young_or_claimed(broker, marisol):
    report = make.report(marisol, triaged=False)
    assert tasks.sweep() == 0
    Assessment.objects.update(next_try_at=LONG_AGO)
    Assessment.objects.claim(report.assessment.pk)
    assert tasks.sweep() == 0


def test_the_sweep_adds_no_bells_to_a_queue_that_is_full_of_them(broker, marisol, monkeypatch):
    make.report(marisol, triaged=False)
    danger = make.report(marisol, triaged=False, in_danger_now="on")
    Assessment.objects.update(next_try_at=LONG_AGO)
    monkeypatch.setattr(tasks, "room", lambda name: 0 if name == tasks.ORDINARY else tasks.SWEEP_LIMIT)
    assert (tasks.sweep(), broker) == (1, [("urgent", "assess_report", str(danger.assessment.pk))])


def test_the_sweep_takes_danger_first_and_by_the_urgent_queue(broker, marisol):
    make.report(marisol, triaged=False)
    danger = make.report(marisol, triaged=False, in_danger_now="on")
    Assessment.objects.update(next_try_at=LONG_AGO)
    tasks.sweep()
    assert broker[0] == ("urgent", "assess_report", str(danger.assessment.pk))
    assert [queue for queue, *_ in broker] == ["urgent", "celery"]


@pytest.mark.parametrize(("danger", "where"), [({}, "celery"), ({"in_danger_now": "on"}, "urgent")])
def test_the_sweep_rings_for_a_photo_that_nobody_looked_at(broker, marisol, danger, where):
    row = attach(make.report(marisol, **danger), storage.keep([make.photo()]))
    assert tasks.sweep() == 0
    Evidence.objects.update(next_try_at=LONG_AGO)
    assert tasks.sweep() == 1
    assert broker == [(where, "prepare_evidence", str(row.pk))]


def test_triage_rings_for_the_deliveries_it_queued(bells, marisol, ramiro):
    report = make.report(marisol, triaged=False)
    tasks.assess_report(str(report.assessment.pk))
    assert bells == [("incidents.tasks.send_delivery", str(Delivery.objects.get().pk))]


@pytest.mark.parametrize("task", [tasks.send_delivery, tasks.prepare_evidence])
def test_a_task_for_a_row_that_is_gone_does_nothing(db, task):
    assert task("00000000-0000-4000-8000-000000000000") is None


def test_ringing_does_not_wait_for_a_broker_that_hangs(monkeypatch):
    monkeypatch.setattr(tasks, "publish", lambda *_: time.sleep(30))
    bell = tasks._Bell()
    begun = time.monotonic()
    for _ in range(5_000):
        bell.ring(tasks.assess_report, "1", False)
    assert time.monotonic() - begun < 5


def test_a_bell_that_the_broker_refuses_does_not_silence_the_next(monkeypatch):
    taken = []

    def refuse_first(task, row_id, urgent):
        if row_id == "1":
            raise ConnectionError
        taken.append(row_id)

    monkeypatch.setattr(tasks, "publish", refuse_first)
    bell = tasks._Bell()
    bell.ring(tasks.assess_report, "1", False)
    bell.ring(tasks.assess_report, "2", False)
    deadline = time.monotonic() + 5
    while not taken and time.monotonic() < deadline:
        time.sleep(0.01)
    assert taken == ["2"]


def test_workers_listen_to_all_queues():
    from tests.stack import procfile

    assert "urgent,alerts,celery,later" in procfile()["worker"]
