"""The ledger of alerts: found by state, channel, kind and incident; one delivery with its attempts; failures seen."""

import pytest
from django.urls import reverse
from django.utils import timezone

from incidents.models import Attempt, Delivery
from incidents.models.shown import Shown
from tests import make

LIST = reverse("admin:incidents_delivery_changelist")
INCIDENTS = reverse("admin:incidents_incident_changelist")

STATES = {
    "queued": {"state": "pending"},
    "retrying": {"state": "pending", "attempts": 2, "last_error": "timed out"},
    "sending": {"state": "working", "attempts": 1},
    "sent": {"state": "done", "attempts": 1},
    "delivered": {"state": "done", "attempts": 1, "delivered_at": timezone.now()},
    "acknowledged": {"state": "done", "attempts": 1, "acknowledged_at": timezone.now()},
    "failed": {"state": "parked", "attempts": 60, "last_error": "mailbox full"},
    "settled": {"state": "parked", "last_error": "merged", "failure_seen_at": timezone.now()},
}


def page(delivery, name="change"):
    return reverse(f"admin:incidents_delivery_{name}", args=[delivery.pk])


def listed(answer):
    return {row.pk for row in answer.context["cl"].result_list}


@pytest.fixture
def told(marisol, ana, departments):
    return make.incident(marisol).deliveries.get(recipient=ana)


@pytest.fixture
def failed(told):
    Delivery.objects.filter(pk=told.pk).update(**STATES["failed"])
    return Delivery.objects.get(pk=told.pk)


@pytest.mark.parametrize("state", Shown.values)
def test_each_state_is_found_by_its_name(as_ana, ana, told, state):
    rows = {}
    for number, (name, changes) in enumerate(STATES.items(), start=1):
        given = {"incident": told.incident, "recipient": ana, "kind": "overdue", "round": number}
        rows[name] = Delivery.objects.create(**given, **changes)
    found = as_ana.get(LIST, {"state": state, "kind": "overdue"})
    assert listed(found) == {rows[state].pk}
    assert rows[state].shown == state
    assert str(Shown(state).label) in found.content.decode()


def test_the_ledger_is_narrowed_by_channel_and_incident(as_ana, ana, marisol, told):
    other = make.incident(marisol)
    text = Delivery.objects.create(incident=other, recipient=ana, kind="new_incident", channel="sms")
    assert listed(as_ana.get(LIST, {"channel": "sms"})) == {text.pk}
    assert listed(as_ana.get(LIST, {"incident": told.incident_id})) == {told.pk}
    incident = as_ana.get(reverse("admin:incidents_incident_change", args=[other.pk])).content.decode()
    assert f"{LIST}?incident={other.pk}" in incident


@pytest.mark.parametrize("query", ["incident=x", "incident=%00", "state=%00", "channel=x", "kind=%ED%A0%80"])
def test_a_strange_filter_finds_nothing(as_ana, told, query):
    assert listed(as_ana.get(f"{LIST}?{query}")) == set()


def test_the_page_shows_every_attempt_and_which_was_stopped(as_ana, failed):
    now = timezone.now()
    Attempt.objects.create(delivery=failed, number=1, began_at=now, ended_at=now, fault="mailbox full")
    Attempt.objects.create(delivery=failed, number=2, began_at=now, fault="interrupted")
    Delivery.objects.filter(pk=failed.pk).update(possible_duplicate=True)
    shown = as_ana.get(page(failed)).content.decode()
    assert "mailbox full" in shown
    assert "stopped in the middle" in shown
    assert "May arrive twice" in shown


def test_the_page_tells_when_it_is_tried_next(as_ana, told):
    Delivery.objects.filter(pk=told.pk).update(next_try_at=timezone.now() + make.timedelta(minutes=8, seconds=30))
    assert "in 8 min" in as_ana.get(page(told)).content.decode()


def test_a_failed_one_is_tried_again_from_its_page(as_ana, failed, bells):
    assert "Try again" in as_ana.get(page(failed)).content.decode()
    as_ana.get(page(failed, "retry"))
    assert Delivery.objects.get(pk=failed.pk).state == "parked"
    as_ana.post(page(failed, "retry"))
    assert Delivery.objects.get(pk=failed.pk).state == "pending"
    assert ("incidents.tasks.send_delivery", str(failed.pk)) in bells


def test_only_a_program_is_offered_to_be_told_again(as_ana, told):
    Delivery.objects.filter(pk=told.pk).update(state="done")
    assert "Send again" not in as_ana.get(page(told)).content.decode()
    Delivery.objects.filter(pk=told.pk).update(channel="webhook")
    assert "Send again" in as_ana.get(page(told)).content.decode()


def test_the_desk_warns_of_failures_until_somebody_has_looked(as_ana, failed):
    warned = as_ana.get(INCIDENTS).content.decode()
    assert "1 alert could not be delivered" in warned
    assert listed(as_ana.get(LIST, {"state": "unseen"})) == {failed.pk}
    as_ana.post(page(failed, "seen"))
    assert as_ana.get(INCIDENTS).context["undelivered"] == 0
    assert listed(as_ana.get(LIST, {"state": "failed"})) == {failed.pk}


def test_several_are_marked_as_seen_at_once_and_a_retry_warns_anew(as_ana, failed):
    as_ana.post(LIST, {"action": "seen", "_selected_action": [failed.pk]})
    assert Delivery.objects.get(pk=failed.pk).failure_seen_at
    as_ana.post(page(failed, "retry"))
    assert Delivery.objects.get(pk=failed.pk).failure_seen_at is None


def test_failures_about_what_one_may_not_see_are_not_counted(as_ana, as_ramiro, ramiro, marisol, departments):
    south = {"latitude": str(make.SANTA_CRUZ[0]), "longitude": str(make.SANTA_CRUZ[1])}
    hidden = make.incident(marisol, **south).deliveries.get()
    Delivery.objects.update(**STATES["failed"])
    assert as_ramiro.get(INCIDENTS).context["undelivered"] == 1
    assert as_ana.get(INCIDENTS).context["undelivered"] == 0
    assert [as_ana.post(page(hidden, name)).status_code for name in ("retry", "seen")] == [404, 404]


def test_who_was_told_is_grouped_by_person_with_their_answer(as_ana, ana, ramiro, marisol):
    incident = make.incident(marisol)
    Delivery.objects.create(incident=incident, recipient=ana, kind="overdue", channel="sms", round=1)
    as_ana.post(reverse("admin:incidents_incident_answer", args=[incident.pk]))
    told = as_ana.get(reverse("admin:incidents_incident_change", args=[incident.pk])).context["told"]
    assert [(person.code, len(person.deliveries)) for person in told] == [("C-1", 2), ("C-2", 1)]
    assert [bool(person.acknowledged_at) for person in told] == [True, False]
