"""The moves of an incident, as a table: which from where, and what each needs."""

import pytest

from incidents.workflow import MOVES, MoveNotAllowed, Status, check_move, moves_from

OFFERED = {
    "received": {"acknowledge", "invalidate"},
    "triaged": {"acknowledge", "invalidate"},
    "acknowledged": {"start", "refer", "invalidate"},
    "in_progress": {"refer", "resolve", "invalidate"},
    "referred": {"resolve", "invalidate", "reopen"},
    "resolved": {"close", "reopen"},
    "closed": {"reopen"},
    "invalidated": {"reopen"},
}


@pytest.mark.parametrize("status", Status.values)
def test_a_status_offers_its_moves_and_no_others(status):
    assert {move.code for move in moves_from(status)} == OFFERED[status]


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("code", MOVES)
def test_a_move_from_elsewhere_is_refused(status, code):
    if status in MOVES[code].sources:
        assert check_move(status, code, reason="because", outcome="person_safe").target == MOVES[code].target
    else:
        with pytest.raises(MoveNotAllowed):
            check_move(status, code, reason="because", outcome="person_safe")


@pytest.mark.parametrize(
    ("status", "code"),
    [("acknowledged", "refer"), ("in_progress", "resolve"), ("triaged", "invalidate"), ("closed", "reopen")],
)
def test_a_move_that_needs_a_reason_is_refused_without_one(status, code):
    with pytest.raises(MoveNotAllowed):
        check_move(status, code, reason="  ")


def test_closing_needs_an_outcome():
    with pytest.raises(MoveNotAllowed):
        check_move("resolved", "close", reason="done")


def test_nobody_is_offered_the_machines_move():
    assert all("triage" not in {move.code for move in moves_from(status)} for status in Status.values)
