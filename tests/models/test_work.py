"""Work as rows: claimed by one, leased, put off, parked; the same on both engines."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from incidents.models import Assessment
from incidents.models.work import ClaimLost, backoff
from tests import make

LONG_AGO = "2020-01-01T00:00Z"


@pytest.fixture
def row(marisol):
    return make.report(marisol, triaged=False).assessment


def claim(row):
    return Assessment.objects.claim(row.pk)


def test_only_one_of_two_claims_succeeds(row):
    assert claim(row)
    assert claim(row) is None


def test_a_claim_counts_the_attempt_before_it_is_made(row):
    assert claim(row).attempts == 1


def test_a_lease_that_ran_out_lets_another_claim(row):
    claim(row)
    Assessment.objects.update(lease_until=LONG_AGO)
    assert claim(row).attempts == 2


def test_who_lost_the_claim_can_neither_finish_nor_put_off(row):
    slow = claim(row)
    Assessment.objects.update(lease_until=LONG_AGO)
    quick = claim(row)
    slow.put_off("too late")
    with pytest.raises(ClaimLost):
        slow.finish()
    quick.finish()
    row.refresh_from_db()
    assert (row.state, row.last_error, row.attempts) == ("done", "", 2)


def test_what_is_put_off_is_due_after_its_backoff(row):
    claim(row).put_off("no luck")
    assert not Assessment.objects.due().exists()
    assert Assessment.objects.due(timezone.now() + timedelta(seconds=6)).exists()


def test_what_fails_for_the_last_time_is_parked(row):
    for _ in range(Assessment.LIMIT):
        Assessment.objects.update(next_try_at=LONG_AGO)
        claim(row).put_off("no luck")
    row.refresh_from_db()
    assert row.state == "parked"
    assert claim(row) is None


def test_the_backoff_doubles_up_to_ten_minutes():
    assert [backoff(n).total_seconds() for n in (1, 2, 3, 8, 50)] == [5, 10, 20, 600, 600]


@pytest.mark.django_db
def test_sqlite_is_durable_and_takes_its_write_lock_at_once():
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        pragmas = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}
    assert connection.transaction_mode == "IMMEDIATE"
