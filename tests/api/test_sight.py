"""What each kind of key sees, and how much it may ask."""

from datetime import timedelta

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client, RequestFactory
from django.utils import timezone

from incidents.actions.publish import publish
from incidents.models import ApiKey, Incident, Pull
from observer.wsgi import application
from tests import make
from tests.api.cast import CSV, EXPORTS, ITEMS, ROOT, body, public_id, released


def client_of(tariq, mission, **scope):
    _, secret = ApiKey.issue(holder=tariq, mission=mission, is_granted=True, **scope)
    return Client(headers={"X-Api-Key": secret})


def ids(client, query=""):
    return [item["id"] for item in client.get(ITEMS + query).json()["items"]]


@pytest.fixture
def pair(marisol, ana):
    latitude, longitude = map(str, make.SANTA_CRUZ)
    there = released(marisol, ana, latitude=latitude, longitude=longitude)
    return there, released(marisol, ana)


def test_a_key_of_one_department_sees_that_and_nothing_else(tariq, bolivia, pair):
    there, here = pair
    theirs = client_of(tariq, bolivia, departments=["BO-S"])
    assert ids(theirs) == [public_id(there)]
    assert ids(theirs, "?department=BO-L") == []
    assert all(public_id(here) not in body(theirs.get(address)) for address in EXPORTS)
    assert theirs.get(f"{ROOT}summary").json()["total"] == 1
    assert ids(theirs, "?updated_since=2000-01-01") == [public_id(there)]


def test_what_leaves_a_department_is_a_tombstone_to_its_key_and_news_to_the_other(tariq, bolivia, pair, departments):
    moved, _ = pair
    before, after = (client_of(tariq, bolivia, departments=[code]) for code in ("BO-S", "BO-L"))
    changes = before.get(ITEMS).json()["changes"], after.get(ITEMS).json()["changes"]
    Incident.objects.filter(pk=moved.pk).update(department=departments["BO-L"])
    with transaction.atomic():
        publish(Incident.objects.get(pk=moved.pk))
    (stone,), (news,) = (
        client.get(since).json()["items"] for client, since in zip((before, after), changes, strict=True)
    )
    assert set(stone) == {"id", "withdrawn", "updated_at"}
    assert (stone["id"], news["id"], news["adm1_code"]) == (public_id(moved), public_id(moved), "BO-L")
    assert ids(before) == []


def test_what_never_was_in_a_department_is_not_spoken_of_to_its_key(tariq, bolivia, pair, departments):
    _, here = pair
    elsewhere = client_of(tariq, bolivia, departments=["BO-O"])
    since = elsewhere.get(ITEMS).json()["changes"]
    Incident.objects.filter(pk=here.pk).update(department=departments["BO-S"])
    with transaction.atomic():
        publish(Incident.objects.get(pk=here.pk))
    assert elsewhere.get(since).json()["items"] == []


def test_exact_places_are_for_those_keys_alone(tariq, bolivia, as_tariq, marisol, ana):
    exact = client_of(tariq, bolivia, audience="exact")
    released(marisol, ana, latitude="-16.512345", longitude="-68.154321")
    (told,), (blurred,) = (client.get(ITEMS).json()["items"] for client in (exact, as_tariq))
    assert (told["latitude"], told["longitude"], told["place_level"]) == (-16.512345, -68.154321, "point")
    assert blurred["precision"] == "area"
    assert "point" not in blurred["place_level"]
    assert told["id"] != blurred["id"]


def test_more_answers_than_agreed_are_refused_until_the_oldest_is_a_minute_old(
    tariq, bolivia, django_assert_num_queries
):
    theirs = client_of(tariq, bolivia, per_minute=3)
    assert [theirs.get(address).status_code for address in (ITEMS, CSV, f"{ITEMS}?nonsense=1", ITEMS)] == [
        200,
        200,
        400,
        429,
    ]
    refused, *_ = [theirs.get(ITEMS) for _ in range(3)]  # which counts for nothing
    assert 0 < int(refused["Retry-After"]) <= 60
    assert refused["Content-Type"] == "application/problem+json"
    Pull.objects.exclude(status=429).update(at=timezone.now() - timedelta(seconds=61))
    assert theirs.get(ITEMS).status_code == 200


def test_another_key_does_not_pay_for_it(tariq, bolivia):
    first, second = (client_of(tariq, bolivia, per_minute=1) for _ in range(2))
    assert [first.get(ITEMS).status_code, first.get(ITEMS).status_code] == [200, 429]
    assert second.get(ITEMS).status_code == 200


@pytest.mark.parametrize("address", [*EXPORTS, f"{ITEMS}?severity=nonsense", f"{ROOT}summary"])
def test_each_pull_is_noted_with_its_address_status_and_size(as_tariq, marisol, ana, address):
    released(marisol, ana)
    answer = as_tariq.get(address)
    size = len(body(answer).encode())
    pull = Pull.objects.get()
    assert (pull.address, pull.status, pull.bytes) == (address, answer.status_code, size)


def test_a_reader_that_goes_away_is_noted_with_what_it_took(tariq, marisol, ana, kept_open):
    released(marisol, ana)
    request = RequestFactory().get(CSV, headers={"X-Api-Key": tariq.secret}).environ
    answer = application(request, lambda status, headers: None)
    taken = next(iter(answer))
    answer.close()
    assert Pull.objects.get().bytes == len(taken)


@pytest.fixture
def kept_open():
    """A request closes a connection that is old; here that would be the test's own transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)
