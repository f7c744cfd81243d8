"""Triage: place, severity, status, deliveries; once, and parked rather than lost."""

import pytest

from incidents.actions import appraise as module
from incidents.actions.assess import assess
from incidents.models import Assessment, Delivery, Incident
from tests import make

LONG_AGO = "2020-01-01T00:00Z"


def test_triage_places_grades_and_tells(marisol, ana, ramiro):
    incident = make.incident(marisol)
    assert (incident.status, incident.severity, incident.department.code) == ("triaged", "major", "BO-L")
    assert incident.place_precision == "exact"
    assert {delivery.recipient.code for delivery in incident.deliveries.all()} == {"C-1", "C-2"}


def test_triage_twice_changes_nothing(marisol, ramiro):
    report = make.report(marisol)
    assert assess(report.assessment.pk) == []
    assert Delivery.objects.count() == 1
    assert report.incident.timeline.filter(event="incident.triaged").count() == 1


def test_a_chosen_place_gives_the_department_with_a_locality(marisol, bolivia, departments):
    make.place(bolivia, department=departments["BO-L"])
    incident = make.incident(marisol, place="sopocachi", location_source="area", latitude="", longitude="")
    assert (incident.department.code, incident.place_precision, incident.accuracy_m) == ("BO-L", "locality", 1000)


def test_a_report_without_a_place_is_triaged_and_told_to_all(marisol, ana, ramiro):
    incident = make.incident(marisol, location_source="none", latitude="", longitude="")
    assert incident.department is None
    assert incident.status == "triaged"
    assert incident.deliveries.count() == 2


def test_danger_is_told_as_danger(marisol, ramiro):
    incident = make.incident(marisol, in_danger_now="on")
    assert incident.deliveries.get().kind == "danger"
    assert Incident.objects.ranked().first() == incident


def fail(report, times):
    for _ in range(times):
        Assessment.objects.update(next_try_at=LONG_AGO)
        assess(report.assessment.pk)


def test_a_report_that_breaks_triage_is_told_after_three_attempts_and_tried_on(marisol, ramiro, monkeypatch):
    report = make.report(marisol, triaged=False)

    def broken(facts, rules):
        raise ZeroDivisionError

    monkeypatch.setattr(module.severity, "score", broken)
    fail(report, 3)
    assert not Delivery.objects.exists()
    fail(report, 2)
    assert Delivery.objects.get().recipient == ramiro
    assert report.incident.timeline.filter(event="assessment.failed").count() == 1
    monkeypatch.undo()
    fail(report, 1)
    assert Incident.objects.get().status == "triaged"


def test_a_report_that_ends_every_worker_is_told_and_at_last_parked(marisol, ramiro):
    report = make.report(marisol, triaged=False)
    Assessment.objects.update(attempts=3)
    assert len(assess(report.assessment.pk)) == 1
    Assessment.objects.update(state="working", lease_until=LONG_AGO, attempts=Assessment.LIMIT)
    assert assess(report.assessment.pk) == []
    assert Assessment.objects.get().state == "parked"


def test_that_nobody_could_be_told_is_written_down(marisol):
    incident = make.incident(marisol)
    assert incident.timeline.filter(event="nobody.told").exists()


def test_the_department_is_known_before_triage(marisol, bolivia, departments):
    make.place(bolivia, department=departments["BO-S"])
    chosen = {"place": "sopocachi", "location_source": "area", "latitude": "", "longitude": ""}
    assert make.report(marisol, triaged=False, **chosen).incident.department.code == "BO-S"
    assert make.report(marisol, triaged=False).incident.department.code == "BO-L"


def test_a_position_outside_every_department_leaves_the_chosen_places(marisol, bolivia, departments):
    make.place(bolivia, department=departments["BO-L"])
    incident = make.incident(marisol, place="sopocachi", latitude="0", longitude="0")
    assert incident.department.code == "BO-L"


def test_a_killed_workers_claim_falls_due_again(marisol, ramiro):
    report = make.report(marisol, triaged=False)
    assert Assessment.objects.claim(report.assessment.pk)
    assert assess(report.assessment.pk) == []
    Assessment.objects.update(lease_until="2020-01-01T00:00Z")
    assert len(assess(report.assessment.pk)) == 1


@pytest.mark.parametrize("where", ["SANTA_CRUZ", "LA_PAZ"])
def test_only_those_who_may_see_it_are_told(marisol, ana, where):
    latitude, longitude = getattr(make, where)
    incident = make.incident(marisol, latitude=str(latitude), longitude=str(longitude))
    assert incident.deliveries.filter(recipient=ana).exists() == (where == "LA_PAZ")


def test_where_no_coordinator_may_see_it_the_mission_admin_is_told(marisol, ana, sofia):
    incident = make.incident(marisol, latitude=str(make.SANTA_CRUZ[0]), longitude=str(make.SANTA_CRUZ[1]))
    assert [delivery.recipient for delivery in incident.deliveries.all()] == [sofia]
