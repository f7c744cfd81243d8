"""Sending: whole, once, and with as little as somebody in danger can manage."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import Client

from incidents.models import Report
from tests import make
from tests.intake.conftest import FORM, send, typed

EVERYTHING = {
    "categories": ["arrest_detention", "physical_assault"],
    "perpetrators": ["police", "unknown"],
    "certainty": "likely",
    "identification": "uniform",
    "perpetrator_detail": "UTOP, plate 2345",
    "victims": ["journalist"],
    "victim_count": "2",
    "harms": ["detained", "injured"],
    "source_relation": "victim",
    "timing": "happened",
    "occurred_at": "2020-10-18T14:30",
    "captured_at": "2020-10-18T19:00:00.250Z",
    "words": "Nos golpearon – a mí y a Inés.",
    "consent": "public",
}


def test_a_report_is_stored_with_all_that_was_said(phone, marisol, bolivia):
    answer = send(phone, **EVERYTHING)
    stored = Report.objects.get()
    assert answer["Location"] == f"/report/{stored.pk}/"
    assert (stored.reporter, stored.mission, stored.channel) == (marisol, bolivia, "web")
    assert stored.device.monitor == marisol
    for field in ("categories", "harms", "source_relation", "timing", "words", "consent"):
        assert getattr(stored, field) == EVERYTHING[field]
    assert stored.victims == [{"code": "journalist", "count": 2}]
    assert {entry["code"] for entry in stored.perpetrators} == {"police", "unknown"}
    assert stored.perpetrators[0]["detail"] == "UTOP, plate 2345"
    assert (stored.latitude, stored.longitude, stored.accuracy_m) == (Decimal("-16.5"), Decimal("-68.15"), 12)


def test_a_time_is_the_time_of_the_mission(phone):
    send(phone, **EVERYTHING)
    assert Report.objects.get().occurred_at == datetime(2020, 10, 18, 18, 30, tzinfo=UTC)


def test_the_language_is_that_of_the_page(phone):
    phone.cookies["django_language"] = "es"
    send(phone, language="en")
    assert Report.objects.get().language == "es"


def test_a_second_tap_is_the_same_report(phone):
    same = typed()
    first, second = phone.post(FORM, same), phone.post(FORM, same)
    assert first["Location"] == second["Location"]
    assert Report.objects.count() == 1
    assert not Report.objects.get().revisions.exists()


@pytest.mark.parametrize("report_id", ["", "1", "not-an-id", "\x00", "0" * 40])
def test_an_unreadable_id_costs_nothing(phone, report_id):
    assert send(phone, report_id=report_id).status_code == 302
    assert Report.objects.count() == 1


def test_danger_alone_is_enough(phone):
    answer = phone.post(FORM, {"in_danger_now": "on"})
    stored = Report.objects.get()
    assert answer.status_code == 302
    assert (stored.in_danger_now, stored.consent, stored.location_source) == (True, "internal", "none")


def test_the_bells_ring_for_what_was_stored(phone, bells, jpeg):
    send(phone, photo=jpeg)
    stored = Report.objects.get()
    assert bells == [
        ("incidents.tasks.assess_report", str(stored.assessment.pk)),
        ("incidents.tasks.prepare_evidence", str(stored.evidence.get().pk)),
    ]


@pytest.mark.parametrize(
    ("given", "source", "located"),
    [
        ({"location_source": "", "latitude": "-16,5", "longitude": "−68.15", "accuracy_m": ""}, "pin", True),
        ({"location_source": "", "accuracy_m": "40"}, "gps", True),
        ({"location_source": "none"}, "none", False),
        ({"location_source": "none", "latitude": "north"}, "none", False),
        ({"location_source": "area", "place": "sopocachi"}, "area", False),
        ({"location_source": "area", "place": "school"}, "polling_station", False),
        ({"location_source": "", "place": "sopocachi", "latitude": "", "longitude": ""}, "area", False),
        ({"location_source": "gps", "latitude": "", "longitude": "", "accuracy_m": ""}, "none", False),
    ],
)
def test_where_is_what_was_chosen_and_nothing_besides(phone, bolivia, given, source, located):
    make.place(bolivia)
    make.place(bolivia, "school", "Unidad Educativa Bolivia", kind="polling_station")
    assert send(phone, **given).status_code == 302
    stored = Report.objects.get()
    assert stored.location_source == source
    assert (stored.latitude is not None) == located
    assert (stored.place is not None) == (source in ("area", "polling_station"))


def test_a_revoked_phones_report_is_not_lost(phone, marisol):
    marisol.devices.update(revoked_at=datetime(2020, 10, 1, tzinfo=UTC))
    assert phone.get(FORM).status_code == 403
    answer = send(phone)
    stored = Report.objects.get()
    assert stored.device.revoked_at
    assert answer.status_code == 200
    assert stored.reference in answer.text
    assert phone.get(f"/report/{stored.pk}/").status_code == 403


def test_a_stranger_can_neither_see_the_form_nor_send(client, bolivia):
    client.cookies["phone"] = "guess"
    answers = client.get(FORM), client.post(FORM, typed())
    assert [answer.status_code for answer in answers] == [403, 403]
    assert "Open the link your coordinator gave you" in answers[0].text
    assert not Report.objects.exists()


def test_somebody_elses_id_reveals_and_changes_nothing(phone, bolivia):
    theirs = make.report(make.monitor("jorge", bolivia), bolivia, words="Theirs.")
    answer = send(phone, report_id=str(theirs.pk), words="Mine.")
    mine = Report.objects.exclude(pk=theirs.pk).get()
    assert answer["Location"] == f"/report/{mine.pk}/"
    assert Report.objects.get(pk=theirs.pk).words == "Theirs."


def test_a_stale_page_gives_the_words_back_ready_to_be_sent(phone, marisol):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = phone.cookies
    report_id = str(uuid.uuid4())
    answer = strict.post(FORM, typed(report_id=report_id, words="Still here."))
    assert answer.status_code == 403
    assert "Still here." in answer.text
    assert report_id in answer.text
    assert not Report.objects.exists()


def test_the_phone_is_seen_at_most_once_a_minute(phone, marisol, django_assert_num_queries):
    long_ago = datetime(2020, 10, 1, tzinfo=UTC)
    marisol.devices.update(last_seen_at=long_ago)
    phone.get("/")
    seen = marisol.devices.get().last_seen_at
    phone.get("/")
    assert seen > long_ago
    assert marisol.devices.get().last_seen_at == seen
