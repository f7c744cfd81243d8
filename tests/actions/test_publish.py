"""What leaves: only with consent and verification, coarse, and withdrawn when that ends."""

import json
from datetime import UTC, datetime

import pytest

from incidents.actions.review import move, regrade, summarise, verify
from incidents.actions.undo import undo
from incidents.models import Release
from incidents.models.release import COLUMNS
from tests import make


def released(audience="partner"):
    return Release.objects.filter(audience=audience, withdrawn_at=None).first()


@pytest.mark.parametrize(
    ("consent", "level", "leaves"),
    [
        ("internal", "confirmed", False),
        ("partners", "unverified", False),
        ("partners", "possible", False),
        ("partners", "likely", True),
        ("partners", "confirmed", True),
        ("public", "confirmed", True),
        ("partners", "refuted", False),
    ],
)
def test_partners_see_what_is_consented_to_and_verified(marisol, ramiro, consent, level, leaves):
    incident = make.incident(marisol, consent=consent)
    if level != "unverified":
        verify(incident.pk, level, actor=ramiro, reason="two calls")
    assert bool(released()) == leaves


@pytest.mark.parametrize("summary", ["", "A monitor was kept out of a polling place."])
def test_the_public_sees_nothing_without_a_summary(marisol, ramiro, summary):
    incident = make.incident(marisol, consent="public")
    verify(incident.pk, "confirmed", actor=ramiro)
    summarise(incident.pk, summary, actor=ramiro)
    assert bool(released("public")) == bool(summary)


def test_a_release_holds_no_words_no_person_and_no_exact_point(marisol, ramiro):
    incident = make.incident(marisol, words="Quispe", latitude="-16.512345", longitude="-68.123456")
    verify(incident.pk, "confirmed", actor=ramiro, reason="Seen by Marisol")
    kept = {name: getattr(released(), name) for name in COLUMNS}
    text = released().feature + json.dumps(kept)
    assert not any(secret in text for secret in ("Quispe", "Marisol", "marisol", "16.512", "68.123", str(incident.pk)))


def test_times_leave_to_the_hour(marisol, ramiro):
    came = datetime(2020, 10, 18, 15, 59, 58, tzinfo=UTC)
    incident = make.incident(marisol, received_at=came, timing="happened", occurred_at="2020-10-18T09:47:11-04:00")
    verify(incident.pk, "confirmed", actor=ramiro)
    assert (released().occurred_at, released().reported_at) == ("2020-10-18T13:00:00Z", "2020-10-18T15:00:00Z")


def test_an_invalidated_incident_leaves_a_tombstone(marisol, ramiro):
    incident = make.incident(marisol)
    verify(incident.pk, "confirmed", actor=ramiro)
    first = released().change
    move(incident.pk, "invalidate", actor=ramiro, reason="entered twice")
    gone = Release.objects.get(audience="partner")
    assert {getattr(gone, name) for name in COLUMNS} == {None}
    assert (gone.feature, bool(gone.withdrawn_at)) == ("", True)
    assert gone.change > first


def test_what_the_desk_does_is_told_at_once(marisol, ramiro):
    incident = make.incident(marisol)
    verify(incident.pk, "confirmed", actor=ramiro)
    move(incident.pk, "acknowledge", actor=ramiro)
    regrade(incident.pk, "critical", actor=ramiro, reason="He was armed.")
    assert (released().status, released().severity) == ("acknowledged", "critical")
    undo(incident.pk, incident.timeline.get(event="severity.overridden").pk, actor=ramiro)
    assert released().severity == incident.severity


def test_the_same_content_is_not_released_again(marisol, ramiro):
    incident = make.incident(marisol)
    verify(incident.pk, "confirmed", actor=ramiro)
    before = released().change
    summarise(incident.pk, "", actor=ramiro)
    assert released().change == before


def test_a_release_reads_the_same_whatever_language_the_coordinator_uses(marisol, ramiro):
    from django.utils.translation import override

    incident = make.incident(marisol)
    with override("es"):
        verify(incident.pk, "confirmed", actor=ramiro)
    assert released().category_label == "Intimidation in elections"
