"""Testimony on the page of an incident: later texts, revoked phones, answers that could not be read, who is safe."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from incidents.actions.record import note
from incidents.actions.submit import Origin, submit
from incidents.models import Device, Incident, Report, Revision
from tests import make


def address(incident, name="change"):
    return reverse(f"admin:incidents_incident_{name}", args=[incident.pk])


def told(client, incident):
    return client.get(address(incident)).content.decode()


def sent(monitor, report_id=None, device=None, **changes):
    """A report, or a later text under the same id."""
    origin = Origin(
        mission=monitor.memberships.get().mission, channel=Report.Channel.WEB, reporter=monitor, device=device
    )
    return submit(make.statement(**changes), report_id=report_id or uuid.uuid4(), origin=origin).report


def test_a_later_text_is_read_out_like_the_report(as_ramiro, marisol, departments):
    first = sent(marisol)
    assert "arrived later" not in told(as_ramiro, first.incident)
    sent(
        marisol,
        first.pk,
        words="They <b>took</b> him.\nTwo cars.",
        categories=["arrest_detention"],
        perpetrators=["armed_forces"],
        harms=["detained"],
        in_danger_now="on",
        consent="internal",
        latitude="-17.78",
        longitude="-63.18",
    )
    page = told(as_ramiro, first.incident)
    later = page.split("A different text arrived later under the same id")[1].split("</section>")[0]
    assert "They &lt;b&gt;took&lt;/b&gt; him.\nTwo cars.</blockquote>" in later
    assert '<blockquote class="words" dir="auto"' in later
    for words in ("Danger now", "Arrest or detention", "Armed forces", "Detained", "Only the mission", "-17.78"):
        assert words in later
    assert "<dt>Received</dt>" in later
    assert "wrote down names" in page.split("A different text")[0]


def test_a_later_text_names_its_place_and_no_danger_that_was_not_stated(as_ramiro, bolivia, marisol, departments):
    make.place(bolivia, department=departments["BO-L"])
    first = sent(marisol)
    body = make.statement(bolivia, place="sopocachi", location_source="area", latitude="", longitude="").body()
    Revision.objects.create(report=first, body=body, body_sha256="0" * 64)
    later = told(as_ramiro, first.incident).split("A different text")[1].split("</section>")[0]
    assert "Sopocachi" in later
    assert "Danger now" not in later


@pytest.mark.parametrize("body", ["", "[]", '{"occurred_at": "2020-99-99", "set_aside": 1, "place": null}'])
def test_a_later_text_of_another_make_does_not_close_the_page(as_ramiro, marisol, departments, body):
    first = sent(marisol)
    Revision.objects.create(report=first, body=body, body_sha256="0" * 64)
    assert "A different text" in told(as_ramiro, first.incident)


@pytest.mark.parametrize(("minutes", "is_marked"), [(-5, True), (5, False), (None, False)])
def test_a_report_from_a_revoked_phone_is_marked(as_ramiro, marisol, departments, minutes, is_marked):
    revoked_at = None if minutes is None else timezone.now() + timedelta(minutes=minutes)
    phone = Device.objects.create(monitor=marisol, token_hash="0" * 64, revoked_at=revoked_at)
    page = told(as_ramiro, sent(marisol, device=phone).incident)
    assert ("Sent from a phone that had been revoked" in page) is is_marked


def test_answers_that_could_not_be_read_are_shown_as_they_came(as_ramiro, marisol, departments):
    report = sent(marisol, in_danger_now="on", occurred_at="2020-02-31 <i>noon</i>")
    page = told(as_ramiro, report.incident)
    unread = page.split("Answers that could not be read")[1].split("</dl>")[0]
    assert "<dt>occurred_at</dt>" in unread
    assert '<dd dir="auto">2020-02-31 &lt;i&gt;noon&lt;/i&gt;</dd>' in unread


def test_nothing_is_said_of_answers_where_all_could_be_read(as_ramiro, marisol, departments):
    assert "could not be read" not in told(as_ramiro, sent(marisol, in_danger_now="on").incident)


def test_nobody_is_told_that_an_untriaged_report_was_read(as_ramiro, marisol, departments):
    report = sent(marisol)
    assert "unread" in told(as_ramiro, report.incident)
    assert Report.objects.get(pk=report.pk).read_at is None
    Incident.objects.filter(pk=report.incident_id).update(status="triaged")
    told(as_ramiro, report.incident)
    assert Report.objects.get(pk=report.pk).read_at is not None


def test_the_reporter_is_said_to_be_safe_with_a_reason(as_ramiro, ramiro, marisol, departments):
    incident = make.incident(marisol, in_danger_now="on")
    assert "The reporter is safe…" in told(as_ramiro, incident)
    refused = as_ramiro.post(address(incident, "safe"), {"reason": " "})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.content.decode()
    assert Incident.objects.get(pk=incident.pk).in_danger_now
    assert as_ramiro.post(address(incident, "safe"), {"reason": "She called from home."}).status_code == 302
    assert not Incident.objects.get(pk=incident.pk).in_danger_now
    page = told(as_ramiro, incident)
    assert "The reporter is safe…" not in page
    assert "No longer in danger" in page
    assert incident.timeline.get(event="danger.ended").actor == ramiro


def test_saying_that_someone_is_safe_who_was_in_no_danger_is_refused_in_words(as_ramiro, marisol, departments):
    answer = as_ramiro.post(address(make.incident(marisol), "safe"), {"reason": "She called."})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_that_nobody_could_be_told_stands_in_the_timeline(as_ramiro, marisol, departments):
    incident = make.incident(marisol)
    note(incident, "nobody.told", actor=None)
    note(incident, "assessment.failed", actor=None, attempts=3)
    page = told(as_ramiro, incident)
    assert "Nobody could be told" in page
    assert "Automatic triage keeps failing" in page
