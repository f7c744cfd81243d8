"""Triage again: nothing changes twice, what changed is written once, and nobody is told of old news."""

import pytest

from incidents.actions.assess import assess, reassess
from incidents.actions.merge import merge
from incidents.actions.regrade import grade_by
from incidents.actions.review import move, regrade, verify
from incidents.grading import DEFAULT_RULES, Rule
from incidents.models import (
    Assessment,
    Boundary,
    Delivery,
    DuplicateWeight,
    Incident,
    Release,
    SeverityRule,
    Suggestion,
    TimelineEntry,
)
from incidents.roles import Role
from tests import make


def everything():
    """All that triage could write, row by row."""
    models = (Incident, TimelineEntry, Delivery, Release, Suggestion)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_a_second_time_writes_nothing(marisol, ramiro):
    incident = make.incident(marisol)
    verify(incident.pk, "likely", actor=ramiro)
    before = everything()
    assert reassess(incident.pk) == (False, [])
    assert everything() == before


def test_a_second_time_writes_nothing_where_a_twin_is_suggested(marisol, bolivia, ramiro):
    incident = make.incident(marisol)
    make.incident(make.monitor("nilda", bolivia))
    reassess(incident.pk)
    before = everything()
    assert Suggestion.objects.exists()
    assert reassess(incident.pk) == (False, [])
    assert everything() == before


def test_other_weights_of_duplicates_are_named_once(marisol, bolivia):
    incident = make.incident(marisol)
    DuplicateWeight.objects.create(mission=bolivia, agreement="reporter.other", bits=4.9)
    reassess(incident.pk)
    reassess(incident.pk)
    assert incident.timeline.get(event="incident.reassessed").detail["duplicates"].startswith("duplicates-1+")


def test_what_was_merged_into_another_is_left_alone(marisol, bolivia, ramiro):
    kept, emptied = make.incident(marisol), make.incident(make.monitor("nilda", bolivia))
    merge(kept.pk, emptied.pk, actor=ramiro)
    Incident.objects.filter(pk=emptied.pk).update(severity="", severity_computed="", status="received")
    before = everything()
    assert reassess(emptied.pk) == (False, [])
    assert everything() == before


def test_an_untriaged_incident_is_triaged_and_its_own_turn_then_adds_nothing(marisol, ramiro):
    report = make.report(marisol, triaged=False)
    changed, queued = reassess(report.incident_id)
    assert (changed, len(queued)) == (True, 1)
    before = everything()
    assert assess(report.assessment.pk) == []
    assert everything() == before
    assert Assessment.objects.get().state == "done"


def test_new_boundaries_move_an_incident_and_tell_those_it_moves_to(marisol, bolivia, ramiro):
    Boundary.objects.all().delete()
    incident = make.incident(marisol)
    there = make.departments(bolivia)
    ana = make.person("ana", Role.COORDINATOR, bolivia, there["BO-L"])
    assert reassess(incident.pk)[0]
    entry = incident.timeline.get(event="incident.reassessed")
    assert (entry.actor, entry.detail["department"]) == (None, "BO-L")
    assert set(incident.deliveries.values_list("recipient", flat=True)) == {ramiro.pk, ana.pk}


def test_who_joined_since_is_not_told_of_everything_old(marisol, bolivia, ramiro):
    incident = make.incident(marisol)
    make.person("elena", Role.COORDINATOR, bolivia, everywhere=True)
    SeverityRule.objects.replace(bolivia, [Rule("category", "intimidation", level="minor")])
    assert reassess(incident.pk) == (True, [])


@pytest.mark.parametrize("status", ["invalidated", "triaged"])
def test_only_what_concerns_the_desk_is_told(marisol, ramiro, status):
    incident = make.incident(marisol)
    Delivery.objects.all().delete()
    if status == "invalidated":
        move(incident.pk, "invalidate", actor=ramiro, reason="A test")
    assert len(reassess(incident.pk)[1]) == (0 if status == "invalidated" else 1)


def test_somebody_newly_in_danger_is_told_of_though_the_incident_is_closed(marisol, ramiro):
    incident = make.incident(marisol)
    move(incident.pk, "invalidate", actor=ramiro, reason="A test")
    Incident.objects.update(in_danger_now=True)
    assert len(reassess(incident.pk)[1]) == 1


def test_an_override_stands_and_the_computed_severity_is_kept_beside_it(marisol, bolivia, ramiro):
    incident = make.incident(marisol)
    regrade(incident.pk, "minor", actor=ramiro, reason="Known to us")
    SeverityRule.objects.replace(bolivia, [Rule("category", "intimidation", level="critical")])
    reassess(incident.pk)
    incident.refresh_from_db()
    assert (incident.severity, incident.severity_computed) == ("minor", "critical")


def test_the_timeline_names_the_method_and_the_table_it_ran_on(marisol, bolivia):
    incident = make.incident(marisol)
    first = incident.timeline.get(event="incident.triaged").detail["method"]
    SeverityRule.objects.replace(bolivia, [Rule("category", "intimidation", level="critical")])
    reassess(incident.pk)
    second = incident.timeline.get(event="incident.reassessed").detail["method"]
    assert first.startswith("severity-2:")
    assert second.startswith("severity-2:")
    assert first != second


def test_another_table_makes_due_what_it_changes_and_nothing_else(marisol, bolivia, ramiro):
    make.incident(marisol)
    arrest = make.report(marisol, categories=["arrest_detention"], timing="happened")
    softer = [rule for rule in DEFAULT_RULES if rule.code != "arrest_detention"]
    assert grade_by(bolivia, tuple(softer)) == 1
    assert Assessment.objects.get(state="pending").report == arrest
    assess(arrest.assessment.pk)
    assert Incident.objects.get(pk=arrest.incident_id).severity == "minor"


def test_every_mission_begins_with_a_table_and_an_emptied_one_falls_back_to_it(bolivia):
    assert SeverityRule.objects.table(bolivia.pk) == DEFAULT_RULES
    assert bolivia.severity_rules.count() == len(DEFAULT_RULES)
    bolivia.severity_rules.all().delete()
    assert SeverityRule.objects.table(bolivia.pk) == DEFAULT_RULES


def test_a_triage_asks_the_database_as_often_however_much_is_there(marisol, bolivia, ramiro, departments):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost():
        report = make.report(marisol, triaged=False)
        with CaptureQueriesContext(connection) as asked:
            assess(report.assessment.pk)
        return len(asked)

    make.incident(marisol)  # something to compare with
    few = cost()
    for number in range(30):
        make.place(bolivia, f"s{number}", kind="polling_station")
        make.incident(marisol)
    assert cost() == few <= 35
