"""A worker that hears nothing from its broker takes the line for lost. `tests/chaos` kills the broker under it."""

import time

import pytest
from celery.worker import state

from observer import watchdog
from observer.celery import app


def silent_for(seconds):
    watchdog._heard["at"] = time.monotonic() - seconds


def test_silence_is_taken_for_a_lost_line():
    silent_for(watchdog.SILENCE_S + 1)
    with pytest.raises(ConnectionResetError):  # the loop connects again at this, and at nothing else
        watchdog.look()


def test_a_worker_at_work_is_given_longer(monkeypatch):
    monkeypatch.setattr(state, "active_requests", {"one"})
    silent_for(watchdog.SILENCE_S + 1)
    assert watchdog.look() is None


def test_a_message_ends_the_silence():
    silent_for(watchdog.SILENCE_S + 1)
    watchdog.note_message()
    assert watchdog.look() is None


def test_every_worker_has_one():
    assert watchdog.Watchdog in app.steps["consumer"]
