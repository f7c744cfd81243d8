"""Retiring, bringing back, a phone that is gone: what ends, what stays, and the question that is asked."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from incidents.actions import check_in
from incidents.actions.alarm import sound
from incidents.actions.enrol import invite
from incidents.models import Alarm, CheckIn, Delivery, Device, LogbookEntry, OnCall, Report
from incidents.seals import safe_link
from tests import make
from tests.world import phone_of


def in_an_hour():
    return timezone.now() + timedelta(hours=1)


def page(name, person):
    return reverse(f"admin:incidents_user_{name}", args=[person.pk])


@pytest.fixture
def phone(marisol):
    return phone_of(marisol)


def test_a_retired_monitor_is_expected_no_more_and_opens_nothing(as_sofia, marisol, bolivia, phone):
    report = make.report(marisol)
    check_in.promise(marisol, bolivia, in_an_hour())
    spare = invite(marisol)[1]
    assert as_sofia.post(page("retire", marisol), {"reason": "Her contract ended."}).status_code == 302
    marisol.refresh_from_db()
    assert not marisol.is_active
    assert "Her contract ended." in as_sofia.get(page("change", marisol)).text
    assert Device.objects.get().revoked_at
    assert not CheckIn.objects.running().exists()
    assert phone.get(f"/e/{spare}/").status_code == 410
    assert Report.objects.get(pk=report.pk).reporter == marisol


def test_a_retired_coordinators_session_and_turns_end_for_good(as_sofia, as_ana, ana, bolivia):
    make.turn(ana)
    begun = make.turn(ana, starts_in=-timedelta(hours=1))
    as_sofia.post(page("retire", ana), {"reason": "She left."})
    as_sofia.post(page("retire", ana), {"reason": "She came back."})
    ana.refresh_from_db()
    assert ana.is_active
    assert as_ana.get(reverse("admin:incidents_incident_changelist")).status_code == 302
    assert OnCall.objects.get() == begun
    assert OnCall.objects.get().ends_at <= timezone.now()
    events = LogbookEntry.objects.filter(detail__person=ana.pk).order_by("pk").values_list("event", "reason")
    assert list(events) == [("person.retired", "She left."), ("person.brought_back", "She came back.")]


def test_a_reason_is_asked_and_nobody_retires_themselves(as_sofia, sofia, marisol):
    assert as_sofia.post(page("retire", marisol), {"reason": " "}).status_code == 422
    refused = as_sofia.post(page("retire", sofia), {"reason": "Tired."})
    assert "another mission admin can" in refused.text
    sofia.refresh_from_db()
    marisol.refresh_from_db()
    assert sofia.is_active
    assert marisol.is_active


def test_a_partners_keys_end_with_their_account(as_sofia, as_tariq, tariq):
    as_sofia.post(page("retire", tariq), {"reason": "The agreement ended."})
    assert as_tariq.get("/api/v1/incidents").status_code == 401


@pytest.mark.parametrize(("safe", "alarms"), [("unknown", 1), ("safe", 0)])
def test_a_lost_phone_is_ended_and_the_alarm_is_raised_unless_they_are_safe(
    as_sofia, marisol, ana, phone, safe, alarms
):
    spare = invite(marisol)[1]
    said_safe = f"/s/{safe_link.token(check_in.promise(marisol, marisol.latest_mission, in_an_hour()).pk)}/"
    assert phone.get(said_safe).status_code == 200
    as_sofia.post(page("lost", marisol), {"safe": safe, "reason": "Taken at a checkpoint, says Jorge."})
    assert phone.get(said_safe).status_code == 410
    assert not CheckIn.objects.running().exists()
    assert Device.objects.get().revoked_at
    assert phone.get(f"/e/{spare}/").status_code == 410
    assert Alarm.objects.filter(kind="taken", monitor=marisol).count() == alarms
    assert Delivery.objects.filter(kind="taken", recipient=ana).exists() == bool(alarms)


def test_whether_they_are_safe_must_be_said(as_sofia, marisol, phone):
    answer = as_sofia.post(page("lost", marisol), {"reason": "Taken."})
    assert answer.status_code == 422
    assert "it decides whether the alarm is raised" in answer.text
    assert Device.objects.get().revoked_at is None


def test_the_alarm_of_a_taken_phone_says_not_to_call_it(as_sofia, marisol, bolivia):
    with transaction.atomic():
        alarm, _queued = sound(marisol, bolivia, Alarm.Kind.TAKEN)
    page = as_sofia.get(reverse("admin:incidents_alarm_change", args=[alarm.pk])).text
    assert "Do not call the phone" in page


def test_several_are_retired_with_one_reason_and_phones_revoked_in_the_list(as_sofia, bolivia, sofia):
    people = [make.monitor(f"m-{number}", bolivia) for number in range(3)]
    Device.objects.create(monitor=people[0], token_hash="0" * 64)
    there = reverse("admin:incidents_user_changelist")
    chosen = {"_selected_action": [one.pk for one in (*people, sofia)]}
    as_sofia.post(there, {"action": "revoke_phones", **chosen})
    assert Device.objects.get().revoked_at
    asked = as_sofia.post(there, {"action": "retire_chosen", **chosen})
    assert "Retire 3 people" in asked.text
    as_sofia.post(there, {"action": "retire_chosen", "reason": "The mission is over.", **chosen})
    assert "m-1" not in as_sofia.get(there).text
    assert "m-1" in as_sofia.get(f"{there}?account=retired").text
    assert LogbookEntry.objects.filter(event="person.retired", reason="The mission is over.").count() == 3


def test_the_list_of_people_says_who_has_a_phone_in_few_queries(
    as_sofia, marisol, bolivia, django_assert_max_num_queries
):
    Device.objects.create(monitor=marisol, token_hash="0" * 64)
    invite(make.monitor("nilda", bolivia))
    for number in range(20):
        make.monitor(f"m-{number}", bolivia)
    there = reverse("admin:incidents_user_changelist")
    with django_assert_max_num_queries(12):
        as_sofia.get(there)
    shown = {
        wanted: as_sofia.get(f"{there}?phone={wanted}").context["cl"].result_count for wanted in ("yes", "card", "none")
    }
    assert shown == {"yes": 1, "card": 1, "none": 20}
