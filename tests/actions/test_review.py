"""What coordinators do: each verb leaves its trace, and refuses what it may not do."""

import pytest

from incidents.actions import review
from incidents.models.timeline import TimelineEntry, TimelineIsAppendOnly
from incidents.workflow import MoveNotAllowed
from tests import make


@pytest.fixture
def incident(marisol):
    return make.incident(marisol, in_danger_now="on")


def events(incident):
    return list(incident.timeline.values_list("event", flat=True))


def test_a_move_is_written_with_who_when_and_why(incident, ramiro):
    review.move(incident.pk, "invalidate", actor=ramiro, reason="entered twice")
    entry = incident.timeline.get(event="incident.invalidated")
    assert (entry.actor, entry.reason, entry.detail["before"]) == (ramiro, "entered twice", "triaged")


def test_a_refused_move_changes_and_writes_nothing(incident, ramiro):
    before = events(incident)
    with pytest.raises(MoveNotAllowed):
        review.move(incident.pk, "close", actor=ramiro, outcome="person_safe")
    incident.refresh_from_db()
    assert (incident.status, events(incident)) == ("triaged", before)


def test_closing_keeps_its_outcome_until_it_is_reopened(incident, ramiro):
    for step in ("acknowledge", "start"):
        review.move(incident.pk, step, actor=ramiro)
    review.move(incident.pk, "resolve", actor=ramiro, reason="spoke to her")
    assert review.move(incident.pk, "close", actor=ramiro, outcome="person_safe").outcome == "person_safe"
    assert review.move(incident.pk, "reopen", actor=ramiro, reason="taken again").outcome == ""


def test_an_override_keeps_the_computed_severity_and_survives_triage(incident, ramiro):
    review.regrade(incident.pk, "minor", actor=ramiro, reason="a misunderstanding")
    incident.refresh_from_db()
    assert (incident.severity, incident.severity_computed) == ("minor", "major")
    assert review.regrade(incident.pk, "", actor=ramiro, reason="it was not").severity == "major"


def test_danger_ends_at_a_persons_word_and_with_a_reason(incident, ramiro):
    with pytest.raises(MoveNotAllowed):
        review.stand_down(incident.pk, actor=ramiro, reason=" ")
    assert review.stand_down(incident.pk, actor=ramiro, reason="called her").in_danger_now is False
    assert "danger.ended" in events(incident)
    with pytest.raises(MoveNotAllowed):
        review.stand_down(incident.pk, actor=ramiro, reason="again")


def test_an_incident_is_assigned_only_to_who_may_see_it(incident, ramiro, bolivia, departments):
    elsewhere = make.person("elena", "coordinator", bolivia, departments["BO-S"])
    with pytest.raises(MoveNotAllowed):
        review.assign(incident.pk, elsewhere, actor=ramiro)
    assert review.assign(incident.pk, ramiro, actor=ramiro).assigned_to == ramiro


@pytest.mark.parametrize("level", ["refuted", "not_a_violation"])
def test_denying_a_report_needs_a_reason(incident, ramiro, level):
    with pytest.raises(MoveNotAllowed):
        review.verify(incident.pk, level, actor=ramiro)
    assert review.verify(incident.pk, level, actor=ramiro, reason="two calls").verification == level


def test_a_report_is_read_once(incident, ramiro):
    assert review.mark_read(incident.pk, actor=ramiro) == 1
    assert review.mark_read(incident.pk, actor=ramiro) == 0


@pytest.mark.parametrize("attempt", ["save", "update", "delete", "update beneath"])
def test_the_timeline_is_only_added_to(incident, attempt):
    entry = incident.timeline.first()
    tries = {
        "save": entry.save,
        "update": lambda: TimelineEntry.objects.update(reason="tampered"),
        "delete": entry.delete,
        "update beneath": lambda: TimelineEntry._base_manager.update(reason="tampered"),
    }
    with pytest.raises(TimelineIsAppendOnly):
        tries[attempt]()
