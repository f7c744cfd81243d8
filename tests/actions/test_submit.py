"""Receiving: once, whole, and never changed afterwards."""

import uuid

import pytest

from incidents.actions.submit import Origin, Outcome, submit
from incidents.models import Incident, Report
from incidents.models.report import ImmutableTestimony
from tests import make


def send(marisol, bolivia, report_id, **changes):
    origin = Origin(mission=bolivia, channel=Report.Channel.WEB, reporter=marisol)
    return submit(make.statement(bolivia, **changes), report_id=report_id, origin=origin)


def test_a_report_sent_ten_times_is_one_report(marisol, bolivia):
    report_id = uuid.uuid4()
    outcomes = [send(marisol, bolivia, report_id).outcome for _ in range(10)]
    assert outcomes == [Outcome.NEW] + [Outcome.SAME] * 9
    assert Report.objects.count() == Incident.objects.count() == 1


def test_a_different_body_under_the_same_id_is_kept_beside_the_first(marisol, bolivia):
    report_id = uuid.uuid4()
    first = send(marisol, bolivia, report_id).report
    again = send(marisol, bolivia, report_id, words="Now there are four of them.")
    assert again.outcome is Outcome.REVISED
    assert Report.objects.get(pk=first.pk).words == first.words
    assert "four of them" in first.revisions.get().body


def test_anothers_id_neither_changes_theirs_nor_loses_ours(marisol, bolivia):
    report_id = uuid.uuid4()
    send(marisol, bolivia, report_id)
    other = make.monitor("jorge", bolivia)
    mine = send(other, bolivia, report_id, words="Mine.").report
    assert mine.pk != report_id
    assert mine.words == "Mine."
    assert send(other, bolivia, report_id, words="Mine.").outcome is Outcome.SAME


def test_a_report_opens_an_incident_that_awaits_triage(marisol, bolivia):
    report = send(marisol, bolivia, uuid.uuid4(), in_danger_now="on").report
    assert report.incident.status == "received"
    assert report.incident.in_danger_now
    assert report.assessment.state == "pending"
    assert report.incident.timeline.get().event == "report.received"


@pytest.mark.parametrize("attempt", ["save", "update", "delete", "delete many"])
def test_testimony_can_be_neither_changed_nor_removed(marisol, bolivia, attempt):
    report = send(marisol, bolivia, uuid.uuid4()).report
    report.words = "Nothing happened."
    tries = {
        "save": report.save,
        "update": lambda: Report.objects.update(words="Nothing happened."),
        "delete": report.delete,
        "delete many": Report.objects.all().delete,
    }
    with pytest.raises(ImmutableTestimony):
        tries[attempt]()
