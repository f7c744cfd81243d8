"""Nobody answers: the next person and the second channel, then the whole desk, until a human does."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from incidents.actions import review
from incidents.actions.answer import acknowledge
from incidents.actions.assess import reassess
from incidents.actions.escalate import _pass_on, escalate
from incidents.actions.merge import merge
from incidents.models import Contact, Delivery, Escalation, Incident, OnCall, Report, Subscription
from incidents.models.work import ClaimLost
from tests import make

GRAVE = {"categories": ["killing"], "harms": ["killed"]}


@pytest.fixture
def phone(ramiro):
    return Contact.objects.create(user=ramiro, channel="sms", address="+59170000000")


def pass_on(incident, times=1):
    """As if its deadline had come, so many times."""
    for _ in range(times):
        Escalation.objects.filter(incident=incident).update(next_try_at=timezone.now(), deadline=timezone.now())
        escalate(Escalation.objects.get(incident=incident).pk)
    return Escalation.objects.get(incident=incident)


def told(kind="overdue"):
    rows = Delivery.objects.filter(kind=kind).order_by("round", "recipient__username", "channel")
    return list(rows.values_list("recipient__username", "channel", "round"))


def test_each_severity_has_its_deadline_and_danger_that_of_critical(marisol, ramiro, bolivia):
    minutes = {}
    for changes in ({}, GRAVE, {"in_danger_now": "on"}):
        incident = make.incident(marisol, **changes)
        row = Escalation.objects.get(incident=incident)
        minutes[incident.severity, incident.in_danger_now] = round((row.deadline - row.started_at).total_seconds() / 60)
    expected = {key: bolivia.answer_within(key[0], danger=key[1]).total_seconds() / 60 for key in minutes}
    assert minutes == expected
    assert min(minutes.values()) == 5


def test_the_deadline_passed_the_next_person_and_the_second_channel_are_told(marisol, ramiro, phone, sofia):
    incident = make.incident(marisol)
    assert told("new_incident") == [("ramiro", "email", 0)]
    row = pass_on(incident)
    assert told() == [("ramiro", "sms", 1), ("sofia", "email", 1)]
    assert (row.step, row.state) == (1, "pending")


def test_then_the_whole_desk_over_every_channel_again_and_again(marisol, ramiro, phone, sofia, ana):
    incident = make.incident(marisol)
    pass_on(incident, 3)
    everybody = [("ana", "email"), ("ramiro", "email"), ("ramiro", "sms"), ("sofia", "email")]
    assert [(*line, 2) for line in everybody] + [(*line, 3) for line in everybody] == [
        row for row in told() if row[2] > 1
    ]
    assert incident.timeline.filter(event="alert.escalated").count() == 3


def test_the_waits_between_grow_to_an_hour_and_it_never_ends(marisol, ramiro):
    incident = make.incident(marisol, **GRAVE)
    waits = []
    for _ in range(7):
        row = pass_on(incident)
        waits.append(round((row.next_try_at - timezone.now()).total_seconds() / 60))
    # With nobody further to tell, the first step goes to the whole desk at once.
    assert waits == [5, 10, 20, 40, 60, 60, 60]


def test_the_rota_says_who_is_next(marisol, ramiro, ana, sofia, bolivia):
    Subscription.objects.create(user=ana, mission=bolivia, least_severity="critical")
    Subscription.objects.create(user=sofia, mission=bolivia)
    now = timezone.now()
    for position, person in enumerate([ramiro, sofia], start=1):
        turn = {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(hours=1)}
        OnCall.objects.create(mission=bolivia, user=person, position=position, **turn)
    incident = make.incident(marisol)
    pass_on(incident)
    assert (told("new_incident"), told()) == ([("ramiro", "email", 0)], [("sofia", "email", 1)])


@pytest.mark.parametrize("step", ["acknowledge", "invalidate"])
def test_a_person_stops_the_clock(marisol, ramiro, step):
    incident = make.incident(marisol)
    review.move(incident.pk, step, actor=ramiro, reason="Seen.")
    row = pass_on(incident)
    assert (row.state, row.answered_by, told()) == ("done", ramiro, [])
    assert Delivery.objects.get().acknowledged_at


def test_an_answer_while_a_worker_passes_it_on_wins(marisol, ramiro):
    incident = make.incident(marisol)
    Escalation.objects.update(next_try_at=timezone.now())
    row = Escalation.objects.claim(Escalation.objects.get().pk)
    acknowledge(incident.pk, actor=ramiro)
    with pytest.raises(ClaimLost), transaction.atomic():
        _pass_on(row)
    assert (Escalation.objects.get().answered_by, told()) == (ramiro, [])


def test_a_new_danger_asks_again_though_the_incident_was_acknowledged(marisol, ramiro):
    incident = make.incident(marisol)
    review.move(incident.pk, "acknowledge", actor=ramiro)
    Incident.objects.filter(pk=incident.pk).update(in_danger_now=True)
    reassess(incident.pk)
    assert Escalation.objects.get().is_open
    acknowledge(incident.pk, actor=ramiro)
    assert not Escalation.objects.get().is_open


def test_one_that_becomes_graver_must_be_answered_sooner(marisol, ramiro):
    incident = make.incident(marisol)
    before = Escalation.objects.get().deadline
    Incident.objects.filter(pk=incident.pk).update(in_danger_now=True)
    reassess(incident.pk)
    assert Escalation.objects.get().deadline < before


def test_an_archive_asks_nobody_and_a_late_phone_does(marisol, ramiro):
    past = {"timing": "happened", "occurred_at": (timezone.now() - timedelta(days=3)).isoformat()}
    late = make.incident(marisol, **past)
    assert Escalation.objects.filter(incident=late).exists()
    archived = make.incident(marisol, channel=Report.Channel.IMPORT, **past)
    assert not Escalation.objects.filter(incident=archived).exists()


def test_one_that_nobody_answers_for_days_is_passed_on_still(marisol, ramiro):
    incident = make.incident(marisol)
    Incident.objects.update(opened_at=timezone.now() - timedelta(days=3), occurred_at=None)
    assert pass_on(incident).is_open
    assert told() == [("ramiro", "email", 2)]


def test_what_is_merged_away_asks_no_more(marisol, ramiro):
    older, younger = make.incident(marisol), make.incident(marisol)
    merge(older.pk, younger.pk, actor=ramiro)
    assert pass_on(younger).state == "done"
    assert Escalation.objects.get(incident=older).is_open


def test_a_developing_situation_that_nobody_answers_is_passed_on_once(bolivia, ramiro):
    incidents = [make.incident(make.monitor(f"m{number}", bolivia)) for number in range(4)]
    for incident in incidents:
        pass_on(incident)
    assert told() == [("ramiro", "email", 2)]


def test_two_workers_pass_it_on_once(marisol, ramiro, sofia):
    incident = make.incident(marisol)
    Escalation.objects.update(next_try_at=timezone.now())
    assert Escalation.objects.claim(Escalation.objects.get(incident=incident).pk)
    assert escalate(Escalation.objects.get().pk) == []
    assert told() == []
