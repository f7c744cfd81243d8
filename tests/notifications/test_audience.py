"""Who hears, over what, and when: subscriptions, quiet hours, the rota; and never nobody."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from incidents.models import Contact, Delivery, OnCall, Subscription
from tests import make


@pytest.fixture
def subscribe(bolivia):
    def subscribe(person, departments=(), **given):
        row = Subscription.objects.create(user=person, mission=bolivia, **given)
        row.departments.set(departments)
        return row

    return subscribe


def told(**narrow):
    rows = Delivery.objects.filter(**narrow).order_by("recipient__username", "channel")
    return list(rows.values_list("recipient__username", "channel"))


def quiet_now(bolivia):
    """Quiet hours that hold now and end within two hours, by the mission's clock."""
    local = timezone.now().astimezone(bolivia.zone)
    return {"quiet_from": (local - timedelta(hours=1)).time(), "quiet_until": (local + timedelta(hours=2)).time()}


@pytest.mark.parametrize(
    ("given", "hears"),
    [
        ({}, True),
        ({"categories": ["intimidation"]}, True),
        ({"categories": ["killing"]}, False),
        ({"least_severity": "critical"}, False),
    ],
)
def test_a_subscription_takes_what_it_names(marisol, ramiro, ana, subscribe, given, hears):
    subscribe(ana, **given)
    make.incident(marisol)
    assert (("ana", "email") in told()) is hears
    assert ("ramiro", "email") in told()


def test_a_subscription_to_one_department_leaves_the_others(marisol, ramiro, subscribe, departments):
    subscribe(ramiro, [departments["BO-S"]])
    make.person("rosa", "coordinator", ramiro.latest_mission, everywhere=True)
    make.incident(marisol)
    assert told() == [("rosa", "email")]


def test_where_no_subscription_takes_it_all_who_may_see_it_are_told(marisol, ramiro, subscribe):
    subscribe(ramiro, least_severity="critical")
    make.incident(marisol)
    assert told() == [("ramiro", "email")]


def test_danger_is_told_whatever_was_chosen(marisol, ramiro, ana, subscribe, bolivia):
    subscribe(ana, least_severity="critical", categories=["killing"], **quiet_now(bolivia))
    make.incident(marisol, in_danger_now="on")
    assert told(kind="danger", next_try_at__lte=timezone.now()) == [("ana", "email"), ("ramiro", "email")]


def test_the_channels_chosen_are_used_at_once(marisol, ramiro, subscribe):
    Contact.objects.create(user=ramiro, channel="sms", address="+59170000000")
    subscribe(ramiro, channels=["sms", "webhook"])
    make.incident(marisol)
    assert told() == [("ramiro", "sms")]


def test_quiet_hours_hold_back_until_they_are_over_and_lose_nothing(marisol, ramiro, subscribe, bolivia):
    row = subscribe(ramiro, **quiet_now(bolivia))
    make.incident(marisol)
    at = Delivery.objects.get().next_try_at.astimezone(bolivia.zone)
    assert at.time() == row.quiet_until
    assert timedelta(minutes=119) < at - timezone.now() <= timedelta(hours=2)


def test_quiet_hours_never_hold_a_critical_one(marisol, ramiro, subscribe, bolivia):
    subscribe(ramiro, **quiet_now(bolivia))
    assert make.incident(marisol, categories=["killing"], harms=["killed"]).severity == "critical"
    assert Delivery.objects.get().next_try_at <= timezone.now()


def test_quiet_hours_do_not_hold_for_who_is_on_call(marisol, ramiro, subscribe, bolivia):
    subscribe(ramiro, least_severity="critical", **quiet_now(bolivia))
    make.person("rosa", "coordinator", bolivia, everywhere=True)
    now = timezone.now()
    OnCall.objects.create(mission=bolivia, user=ramiro, starts_at=now, ends_at=now + timedelta(hours=1))
    make.incident(marisol)
    assert told(next_try_at__lte=timezone.now()) == [("ramiro", "email"), ("rosa", "email")]


@pytest.mark.parametrize(
    ("begin", "end", "at", "until"),
    [
        ("22:00", "06:00", "23:30", "06:00"),
        ("22:00", "06:00", "05:59", "06:00"),
        ("22:00", "06:00", "06:00", None),
        ("22:00", "06:00", "12:00", None),
        ("13:00", "15:00", "14:00", "15:00"),
        ("13:00", "15:00", "15:00", None),
        ("13:00", "13:00", "13:00", None),
    ],
)
def test_quiet_hours_also_go_over_midnight(bolivia, begin, end, at, until):
    row = Subscription(quiet_from=time.fromisoformat(begin), quiet_until=time.fromisoformat(end))
    now = timezone.now().astimezone(bolivia.zone).replace(hour=int(at[:2]), minute=int(at[3:]), second=0, microsecond=0)
    found = row.hushed_until(now, bolivia.zone)
    assert (found and found.time().isoformat("minutes")) == until
    assert found is None or timedelta(0) < found - now < timedelta(hours=9)


def test_the_accused_force_hears_nothing(marisol, bolivia, ramiro):
    make.person("luis", "coordinator", bolivia, everywhere=True, linked_force="police")
    make.incident(marisol, perpetrators=["police"], in_danger_now="on")
    assert told() == [("ramiro", "email")]


def test_however_many_coordinators_there_are_the_database_is_asked_as_often(
    marisol, bolivia, ramiro, django_assert_max_num_queries
):
    from incidents.notifications import audience

    for number in range(120):
        make.person(f"c{number}", "coordinator", bolivia, everywhere=True)
    incident = make.incident(marisol)
    with django_assert_max_num_queries(8):
        found = audience.hearing(incident, "new_incident")
    assert len(found) == 121
