"""Copies kept by following pages while twenty people write: nothing is missed, and nothing told twice.

The long form, with 100 pages for each of the ten who read, is `make generated`.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connections
from django.test import Client

from incidents.actions.review import move, summarise, verify
from incidents.models import ApiKey, Release
from tests import make
from tests.api.cast import ITEMS

pytestmark = pytest.mark.django_db(transaction=True)

LONG = os.environ.get("OBSERVER_TEST_LONG") == "1"
WRITERS, READERS = 20, 10
# What each of the writers releases while the others read, and how many go on a page.
EACH, LIMIT = (10, 2) if LONG else (1, 2)


@pytest.fixture
def secrets(tariq, bolivia):
    """Keys whose limit nobody here reaches."""
    scope = {"holder": tariq, "mission": bolivia, "is_granted": True, "per_minute": 30_000}
    return [ApiKey.issue(**scope)[1] for _ in range(READERS)]


def write(out, share, actor):
    """Take back what is out, release a share and write it anew; each in a transaction of its own."""
    try:
        move(out, "invalidate", actor=actor, reason="Filed in error.")
        for pk in share:
            verify(pk, "confirmed", actor=actor)
        for pk in share:
            summarise(pk, f"Written anew: {pk}.", actor=actor)
    finally:
        connections.close_all()


def follow(secret, done):
    """All pages, and then the changes since, until nobody writes any more: what came of both, in order."""
    client, walked, came = Client(headers={"X-Api-Key": secret}), [], []
    address, pages = f"{ITEMS}?limit={LIMIT}", 0
    try:
        while address:
            ends = done.is_set()
            page = client.get(address).json()
            (came if "since=" in address else walked).extend(page["items"])
            pages += 1
            enough = ends and not page["items"] and pages >= (100 if LONG else 1)
            address = page["next"] or (None if enough else page["changes"])
    finally:
        connections.close_all()
    return walked, came, pages


def copied(items):
    """What a partner keeps."""
    kept = {}
    for item in items:
        if item.get("withdrawn"):
            kept.pop(item["id"], None)
        else:
            kept[item["id"]] = item["description"]
    return kept


def told(items):
    return [(item["id"], item.get("description", "gone")) for item in items]


def test_who_follows_misses_nothing_and_is_told_nothing_twice(bolivia, departments, ramiro, marisol, secrets):
    make.crowd(bolivia)
    out, *shares = ([make.incident(marisol).pk for _ in range(WRITERS)] for _ in range(1 + EACH))
    for pk in out:
        verify(pk, "confirmed", actor=ramiro)  # so that the first pages are many
    done = Event()
    with ThreadPoolExecutor(WRITERS) as writers, ThreadPoolExecutor(READERS) as readers:
        reading = [readers.submit(follow, secret, done) for secret in secrets]
        try:
            list(writers.map(write, out, zip(*shares, strict=True), [ramiro] * WRITERS))
        finally:
            done.set()
        followed = [reader.result() for reader in reading]
    there = Release.objects.filter(audience="partner", withdrawn_at=None)
    wanted = {str(public_id): description for public_id, description in there.values_list("public_id", "description")}
    assert len(wanted) == WRITERS * EACH
    for walked, came, pages in followed:
        assert copied(walked + came) == wanted
        assert len(set(told(walked))) == len(walked)
        assert len(set(told(came))) == len(came)
        assert pages >= (100 if LONG else 2)
