"""A second text under a known id: kept beside the first, and what it adds counts at once."""

import uuid

import pytest

from incidents.actions.assess import assess
from incidents.actions.review import mark_read, verify
from incidents.actions.submit import Origin, submit
from incidents.models import Release, Report, Revision
from incidents.models.report import ImmutableTestimony
from tests import make


@pytest.fixture
def first(marisol, ramiro):
    return make.report(marisol, report_id=uuid.uuid4(), consent="public", perpetrators=["crowd"], timing="happened")


def send_again(first, *, triaged=True, **changes):
    origin = Origin(mission=first.mission, channel=Report.Channel.WEB, reporter=first.reporter)
    done = submit(make.statement(first.mission, **changes), report_id=first.pk, origin=origin)
    done.report.assessment.refresh_from_db()
    if triaged:
        assess(done.report.assessment.pk)
    first.incident.refresh_from_db()
    return first.incident


def test_danger_in_the_second_text_is_told_as_danger(first):
    incident = send_again(first, in_danger_now="on")
    assert incident.in_danger_now
    assert incident.deliveries.filter(kind="danger").exists()


def test_a_graver_second_text_makes_the_incident_graver(first):
    assert first.incident.severity == "moderate"
    assert send_again(first, categories=["killing"]).severity == "critical"


def test_an_accusation_in_the_second_text_counts(first):
    incident = send_again(first, perpetrators=["police"])
    assert set(incident.accusations.values_list("code", flat=True)) == {"crowd", "police"}


def test_a_second_text_has_not_been_read(first, ramiro):
    mark_read(first.incident_id, actor=ramiro)
    send_again(first, words="They are at the door.")
    first.refresh_from_db()
    assert first.read_at is None


def test_a_narrower_consent_in_the_second_text_withdraws_the_release(first, ramiro):
    verify(first.incident_id, "confirmed", actor=ramiro)
    assert Release.objects.filter(withdrawn_at=None).exists()
    send_again(first, consent="internal")
    assert not Release.objects.filter(withdrawn_at=None).exists()


@pytest.mark.parametrize("attempt", ["save", "update", "delete", "delete many"])
def test_the_second_text_is_testimony_too(first, attempt):
    send_again(first, words="They are at the door.")
    row = Revision.objects.get()
    tries = {
        "save": row.save,
        "update": lambda: Revision.objects.update(body=""),
        "delete": row.delete,
        "delete many": Revision.objects.all().delete,
    }
    with pytest.raises(ImmutableTestimony):
        tries[attempt]()
