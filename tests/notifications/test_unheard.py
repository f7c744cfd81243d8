"""A partner's program that refuses to be told: one failure, told to the mission's admins once, and made good later."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from incidents import tasks
from incidents.models import Delivery, LogbookEntry, Mission
from incidents.notifications import outbox
from tests.api.cast import released
from tests.notifications.conftest import due, told


def send():
    due()
    for pk in told().filter(state="pending").values_list("pk", flat=True):
        outbox.send(pk)


def later(minutes):
    told().update(next_try_at=timezone.now() - timedelta(minutes=minutes))


@pytest.fixture
def refused(secret, receiver, marisol, ana):
    """A program that says 400 to the first message."""
    receiver.behaviour = "400"
    released(marisol, ana)
    send()
    return told().get()


def test_changes_that_follow_a_refusal_are_one_failure_and_all_told_in_the_end(
    refused, receiver, marisol, ana, as_sofia
):
    for _ in range(3):
        released(marisol, ana)
        send()
    assert (told().get().state, len(receiver.got)) == ("parked", 1)
    receiver.behaviour = "204"
    as_sofia.post(reverse("admin:incidents_delivery_retry", args=[refused.pk]))
    send()
    assert told().get().state == "done"
    assert receiver.got[-1].json.items() >= {"change": Mission.objects.get().release_change}.items()
    assert receiver.got[-1].json["link"] == receiver.got[0].json["link"]


def test_a_later_change_tries_again_but_not_with_every_one(refused, receiver, marisol, ana):
    receiver.behaviour = "204"
    later(minutes=14)
    released(marisol, ana)
    assert told().get().state == "parked"
    later(minutes=16)
    released(marisol, ana)
    send()
    assert (told().get().state, len(receiver.got)) == ("done", 2)
    released(marisol, ana)
    assert told().count() == 2


def test_what_may_have_arrived_is_not_widened_when_it_was_given_up_either(refused, marisol, ana):
    told().update(possible_duplicate=True)
    change = told().get().change
    released(marisol, ana)
    first, second = told()
    assert (first.change, second.after_change, second.state) == (change, change, "pending")


def test_another_address_is_tried_at_once(refused, receiver, as_sofia, tariq):
    receiver.behaviour = "204"
    as_sofia.post(
        reverse("admin:incidents_user_alerts", args=[tariq.pk]),
        {"part": "webhook", "address": "https://ngo.example/other"},
    )
    tariq.contacts.update(address=receiver.url)
    send()
    assert (told().get().state, len(receiver.got)) == ("done", 2)


def test_the_missions_admins_are_warned_once_and_nobody_else(refused, receiver, sofia, marisol, ana, mailoutbox):
    tasks.sweep()
    later(minutes=16)
    released(marisol, ana)
    send()
    tasks.sweep()
    warning = Delivery.objects.get(kind="undelivered")
    assert (warning.recipient, LogbookEntry.objects.filter(event="program.unheard").count()) == (sofia, 1)
    assert outbox.send(warning.pk) is True
    (mail,) = mailoutbox
    assert mail.subject == "A partner's program can not be reached"
    assert "/admin/incidents/delivery/?kind=releases.changed" in mail.body


@pytest.mark.parametrize("why", ["closed", "no key"])
def test_of_whom_nothing_was_kept_nobody_is_warned(secret, tariq, marisol, ana, why):
    released(marisol, ana)
    if why == "closed":
        Mission.objects.update(mode="closed")
    else:
        tariq.api_keys.update(revoked_at=timezone.now())
    send()
    tasks.sweep()
    assert told().get().state == "parked"
    assert not Delivery.objects.filter(kind="undelivered").exists()
