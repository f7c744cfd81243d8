"""The gate in front of every door: what it takes, what it refuses, and what it never refuses."""

from datetime import UTC, datetime

import pytest

from incidents.statement import StatementForm
from tests import make

BOUNDS = {"earliest": datetime(2019, 10, 18, tzinfo=UTC), "latest": datetime(2026, 12, 1, tzinfo=UTC)}


def checked(**changes):
    form = StatementForm(make.fields(**changes), **BOUNDS)
    form.is_valid()
    return form


FAULTS = [
    ("occurred_at", "1999-01-01 10:00"),
    ("occurred_at", "soon"),
    ("words", "x" * 10_001),
    ("words", "half a \ud800 character"),
    ("words", "nothing\0here"),
    ("latitude", "95"),
    ("latitude", "1e400"),
    ("longitude", ""),
    ("place", "no-such-place"),
    ("victim_count", "-1"),
    ("categories", ["no_such_category"]),
    ("consent", "everyone"),
]


@pytest.mark.parametrize(("field", "value"), FAULTS)
def test_a_faulty_answer_is_refused_beside_its_field(field, value):
    assert field in checked(**{field: value}).errors


@pytest.mark.parametrize(("field", "value"), FAULTS)
def test_somebody_in_danger_is_never_refused_over_it(field, value):
    form = checked(**{field: value}, in_danger_now="on")
    assert form.is_valid(), form.errors
    statement = form.statement()
    assert statement.in_danger_now
    assert field in statement.set_aside
    statement.body().encode()


def test_words_too_long_from_somebody_in_danger_are_kept_whole():
    statement = checked(words="x" * 10_001, in_danger_now="on").statement()
    assert len(statement.words) == 10_000
    assert len(statement.set_aside["words"]) == 10_001


@pytest.mark.parametrize("clock", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "nonsense", ""])
def test_a_clock_that_cannot_be_read_is_left_out(clock):
    assert checked(captured_at=clock).statement().captured_at is None


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_the_edges_of_time_are_refused(when):
    assert "occurred_at" in checked(occurred_at=when).errors
