"""Getting ready: what a mission lacks is named, in few questions; a test goes to oneself by the same ledger."""

from datetime import date, time, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from incidents.models import Delivery, Device
from incidents.notifications import outbox
from incidents.roles import Role
from tests import make


@pytest.fixture
def ready(as_sofia, bolivia, departments):
    def look():
        page = as_sofia.get(reverse("admin:incidents_mission_ready", args=[bolivia.pk]))
        return {item.code: item for item in page.context["items"]}

    return look


def words(item):
    return " ".join(item.words)


def test_what_is_missing_is_named(ready, ana, marisol):
    items = ready()
    assert "No coordinator for: Santa Cruz." in words(items["coordinators"])
    assert "0 of 1 has a phone" in words(items["monitors"])
    assert {items[code].state for code in ("hours", "places", "monitors")} == {"todo"}


def test_what_is_there_is_said_to_be(ready, ana, marisol, bolivia, ramiro):
    day = timezone.localdate() + timedelta(days=3)
    bolivia.election_day, bolivia.polls_open, bolivia.polls_close = day, time(8), time(17)
    bolivia.save()
    make.place(bolivia, kind="polling_station")
    Device.objects.create(monitor=marisol, token_hash="0" * 64)
    make.turn(ana, starts_in=timedelta(days=1), hours=24 * 6)
    items = ready()
    done = ("hours", "boundaries", "places", "monitors", "coordinators", "rota", "rules", "keys")
    assert {code: items[code].state for code in done} == dict.fromkeys(done, "done")


def test_hours_of_the_election_day_without_anybody_on_call_are_named(ready, ana, bolivia):
    bolivia.election_day = date(2050, 10, 18)
    bolivia.save()
    assert "nobody is on call 00:00–00:00" in words(ready()["rota"])


def test_the_page_takes_as_many_queries_for_many_people_as_for_few(
    as_sofia, bolivia, departments, django_assert_max_num_queries
):
    for number in range(30):
        make.monitor(f"m-{number}", bolivia)
    for number in range(10):
        make.person(f"c-{number}", Role.COORDINATOR, bolivia, departments["BO-L"])
    with django_assert_max_num_queries(24):
        assert as_sofia.get(reverse("admin:incidents_mission_ready", args=[bolivia.pk])).status_code == 200


def test_the_set_up_leads_to_the_mission_whose_election_comes_last(as_sofia, sofia, bolivia):
    later = make.mission("later", election_day=date(2050, 1, 1))
    sofia.memberships.create(mission=later)
    answer = as_sofia.get(reverse("admin:incidents_mission_ready_any"))
    assert answer["Location"] == reverse("admin:incidents_mission_ready", args=[later.pk])


def test_a_test_goes_to_oneself_over_the_ledger_and_is_told_of_on_the_page(as_ana, ana, bolivia, ready, settings):
    there = reverse("admin:alerts")
    as_ana.post(there, {"part": "test"})
    as_ana.post(there, {"part": "test"})  # once a minute
    delivery = Delivery.objects.get(kind="test")
    assert outbox.send(delivery.pk)
    assert mail.outbox[0].subject == "Test: your alerts arrive here"
    assert mail.outbox[0].to == [ana.email]
    assert "Sent" in as_ana.get(f"{there}#tests").text
    assert "C-1" not in words(ready()["channels"])


def test_a_test_is_nobody_elses_to_see_and_has_nothing_to_answer(as_ana, as_ramiro, ana, bolivia):
    as_ana.post(reverse("admin:alerts"), {"part": "test"})
    delivery = Delivery.objects.get(kind="test")
    there = reverse("admin:incidents_delivery_change", args=[delivery.pk])
    assert as_ramiro.get(there).status_code == 404
    assert as_ana.get(there).status_code == 200
    assert "/a/" not in outbox.messages.compose(delivery).text
