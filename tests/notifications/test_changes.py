"""Partners' programs hear that releases have changed: signed, gathered, and nothing of what was released."""

import itertools
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from incidents.actions import publish
from incidents.actions.deliver import retry
from incidents.actions.review import verify
from incidents.models import ApiKey, Delivery, Incident, Mission, Publication
from incidents.notifications import outbox
from incidents.notifications.channels.webhook import signature
from incidents.roles import Role
from tests import make
from tests.api.cast import released
from tests.conftest import signed_in
from tests.notifications.conftest import due, hook, told


def test_a_partners_program_is_told_where_to_ask_and_nothing_else(settings, secret, receiver, as_tariq, marisol, ana):
    released(marisol, ana, summary="Voters of zanahoria were turned away.")
    delivery = told().get()
    assert timedelta(seconds=5) < delivery.next_try_at - timezone.now() <= timedelta(seconds=10)
    due()
    assert outbox.send(delivery.pk) is True
    (got,) = receiver.got
    assert signature(str(delivery.pk), int(got.headers["webhook-timestamp"]), got.body, secret).items() <= (
        got.headers.items()
    )
    change = Mission.objects.get().release_change
    body = got.json
    link = body.pop("link")
    facts = {"kind": "releases.changed", "mission": "bolivia-2020", "change": change}
    assert body == {"id": str(delivery.pk), "subject": "Releases have changed", **facts}
    assert len(as_tariq.get(link.removeprefix(settings.SITE_URL)).json()["items"]) == 1


def test_later_changes_ride_on_what_was_not_sent_yet(secret, receiver, marisol, ana):
    for _ in range(3):
        released(marisol, ana)
    delivery = told().get()
    assert (delivery.after_change, delivery.change) == (0, Mission.objects.get().release_change)
    due()
    outbox.send(delivery.pk)
    released(marisol, ana)
    later = told().last()
    assert told().count() == 2
    assert (later.after_change, later.change) == (delivery.change, Mission.objects.get().release_change)


def test_what_may_have_arrived_is_not_widened_and_its_receiver_not_hurried(secret, receiver, fail, marisol, ana):
    fail("closes half-way")
    released(marisol, ana)
    due()
    outbox.send(told().get().pk)
    assert told().get().possible_duplicate is True
    told().update(next_try_at=timezone.now() + timedelta(minutes=5))
    for _ in range(2):
        released(marisol, ana)
    first, second = told()
    assert (first.change, second.after_change) == (second.after_change, first.change)
    assert second.next_try_at >= first.next_try_at


def test_it_is_tried_again_and_can_be_sent_again_at_the_desk(secret, receiver, as_sofia, sofia, marisol, ana):
    receiver.behaviour = "503"
    released(marisol, ana)
    due()
    outbox.send(told().get().pk)
    assert told().get().state == "pending"
    receiver.behaviour = "204"
    due()
    assert outbox.send(told().get().pk) is True
    assert retry(told().get().pk, actor=sofia)
    assert outbox.send(told().get().pk) is True
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1
    page = as_sofia.get(reverse("admin:incidents_delivery_change", args=[told().get().pk])).content.decode()
    assert "Releases up to change" in page


def test_the_ledger_shows_it_to_the_missions_admins_alone(secret, as_sofia, as_ana, marisol, ana):
    released(marisol, ana)
    olga = signed_in(make.person("olga", Role.MISSION_ADMIN, make.mission("elsewhere"), everywhere=True))
    listed = reverse("admin:incidents_delivery_changelist") + "?kind=releases.changed"
    shown = ["Releases up to change" in client.get(listed).content.decode() for client in (as_sofia, as_ana, olga)]
    assert shown == [True, False, False]


SCOPES = [
    ({"audience": "public"}, {"consent": "partners"}, 0),
    ({"audience": "public"}, {"consent": "public"}, 1),
    ({"departments": ["BO-S"]}, {}, 0),
    ({"departments": ["BO-L", "BO-S"]}, {}, 1),
    ({"revoked_at": timezone.now()}, {}, 0),
    ({"expires_at": timezone.now()}, {}, 0),
    ({"granted_at": None}, {}, 0),
]


@pytest.mark.parametrize(("scope", "report", "count"), SCOPES)
def test_only_what_an_open_key_can_see_is_told(secret, marisol, ana, scope, report, count):
    ApiKey.objects.update(**scope)
    released(marisol, ana, **report)
    assert told().count() == count


def test_a_withdrawal_is_told_to_the_department_that_had_it(secret, marisol, ana):
    ApiKey.objects.update(departments=["BO-L"])
    incident = released(marisol, ana)
    due()
    outbox.send(told().get().pk)
    verify(incident.pk, "unverified", actor=ana, reason="A mistake")
    assert told().count() == 2


@pytest.mark.parametrize("why", ["no program", "closed"])
def test_nobody_is_told_without_a_program_or_of_a_closed_mission(secret, tariq, marisol, ana, why):
    incident = released(marisol, ana)
    told().delete()
    if why == "closed":
        Mission.objects.update(mode="closed")
    else:
        tariq.contacts.update(disabled_at=timezone.now())
    Incident.objects.update(public_summary="Something else.")
    before = Mission.objects.get().release_change
    Publication.objects.ask([incident.pk])
    publish.renew(Publication.objects.get().pk)
    assert (Mission.objects.get().release_change, told().count()) == (before + 1, 0)


def test_who_lost_the_key_meanwhile_is_not_told(secret, receiver, marisol, ana, as_sofia):
    released(marisol, ana)
    as_sofia.post(reverse("admin:incidents_apikey_revoke", args=[ApiKey.objects.get().pk]))
    due()
    assert outbox.send(told().get().pk) is False
    assert (told().get().state, receiver.got) == ("parked", [])


def test_the_desk_sets_a_partners_webhook_and_nothing_else_for_them(as_sofia, as_ana, tariq, receiver):
    page = reverse("admin:incidents_user_alerts", args=[tariq.pk])
    assert hook(as_sofia, tariq, "https://ngo.example/hook").startswith("whsec_")
    assert as_sofia.post(page, {"part": "sms", "address": "+59170000001"}).status_code == 422
    assert [contact.channel for contact in tariq.contacts.all()] == ["webhook"]
    assert "Channels at once" not in as_sofia.get(page).content.decode()
    assert as_ana.get(page).status_code == 403


def test_a_partners_program_can_be_sent_a_test(secret, receiver, as_sofia, tariq):
    as_sofia.post(reverse("admin:incidents_user_alerts", args=[tariq.pk]), {"part": "test"})
    assert outbox.send(Delivery.objects.get(kind="test").pk) is True
    assert receiver.got[0].json["kind"] == "test"
    assert "/admin/" not in receiver.got[0].json["link"]


@pytest.mark.django_db(transaction=True)
def test_a_change_committed_while_its_message_is_sent_is_told_by_this_or_by_another_one(secret, receiver, marisol, ana):
    incidents = [released(marisol, ana) for _ in range(12)]
    over = threading.Event()

    def send():
        try:
            while not over.is_set():
                due()
                for pk in told().filter(state="pending").values_list("pk", flat=True):
                    outbox.send(pk)
        finally:
            connection.close()

    sender = threading.Thread(target=send)
    sender.start()
    for incident in incidents:
        verify(incident.pk, "likely", actor=ana)
    over.set()
    sender.join()
    due()
    for pk in told().filter(state="pending").values_list("pk", flat=True):
        outbox.send(pk)
    spans = sorted((delivery.after_change, delivery.change) for delivery in told())
    gaps = [later[0] - earlier[1] for earlier, later in itertools.pairwise(spans)]
    assert spans[-1][1] == Mission.objects.get().release_change
    assert max(gaps, default=0) <= 0
    assert max(got.json["change"] for got in receiver.got) == spans[-1][1]
