"""Roots: one a night for each mission, one when asked for, checked by a worker, stamped by an outside authority."""

from datetime import datetime, timedelta

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from incidents import tasks
from incidents.actions.close_day import close_days, make_root
from incidents.actions.record import log
from incidents.actions.settle_root import settle_root
from incidents.models import Delivery, LogbookEntry, Mission, MissionRoot, TimelineEntry
from incidents.seals.check_roots import check_roots
from incidents.seals.faults import Found
from incidents.seals.keys import record_key
from incidents.seals.timestamps import holds
from tests import make
from tests.seals.authority import Authority
from tests.services import need

YESTERDAY = timedelta(days=1)


@pytest.fixture
def authority(settings, tmp_path):
    need("openssl")
    (tmp_path / "authority").mkdir()
    one = Authority(tmp_path / "authority")
    settings.TIMESTAMP_URL, settings.TIMESTAMP_CA = one.url, one.certificates
    yield one
    one.stop()


@pytest.fixture
def older(bolivia):
    """A mission that was there before today."""
    Mission.objects.filter(pk=bolivia.pk).update(created_at=timezone.now() - 3 * YESTERDAY)
    return Mission.objects.get(pk=bolivia.pk)


def faults(mission, stamps=None):
    return [fault.found for fault in check_roots(mission.pk, key=record_key(), stamps=stamps)]


def test_the_sweep_closes_each_day_once_by_the_missions_own_clock(older, marisol):
    make.report(marisol)
    noon = datetime(2030, 10, 18, 12, tzinfo=older.zone)
    for minutes in (0, 660, 721, 725, 1_440):
        close_days(noon + timedelta(minutes=minutes))
    closed = [(root.number, str(root.day)) for root in older.roots.order_by("number")]
    assert closed == [(1, "2030-10-17"), (2, "2030-10-18")]
    assert older.roots.first().made_at == noon + timedelta(minutes=725)


def test_a_sweep_makes_the_root_of_yesterday(older, marisol, monkeypatch):
    make.report(marisol)
    # Where it is about noon: in the first minutes of a day yesterday is still open.
    older.time_zone = f"Etc/GMT{timezone.now().hour - 12:+d}"
    older.save()
    monkeypatch.setattr(tasks, "publish", lambda *told, **more: None)
    tasks.sweep()
    tasks.sweep()
    root = older.roots.get()
    assert (root.leaf_count, root.day) == (1, timezone.now().astimezone(older.zone).date() - YESTERDAY)


def test_a_root_holds_what_has_grown_since_the_one_before(bolivia, marisol, sofia):
    make.report(marisol)
    make.report(marisol)
    first = make_root(bolivia)
    log(bolivia, "account.signed_in", actor=sofia)
    second = make_root(bolivia)
    assert (first.leaf_count, second.leaf_count, make_root(bolivia).leaf_count) == (2, 1, 0)
    assert (second.previous, faults(bolivia)) == (first.root, [])


def test_what_belongs_to_no_mission_has_roots_of_its_own(bolivia, sofia):
    log(None, "account.signed_in", actor=sofia)
    root = make_root(None)
    assert (root.leaf_count, make_root(bolivia).leaf_count) == (1, 0)
    assert list(check_roots(None, key=record_key())) == []


def test_the_last_root_is_missed_too(bolivia):
    make_root(bolivia)
    last = make_root(bolivia)
    QuerySet(MissionRoot).filter(pk=last.pk)._raw_delete("default")
    assert faults(bolivia) == [Found.ROOT_GONE]


def test_what_a_root_covers_is_checked_and_a_fault_is_told_to_mission_admins_alone(bolivia, marisol, sofia, ramiro):
    report = make.report(marisol)
    QuerySet(TimelineEntry).filter(event="report.received").update(reason="tampered")
    root = make_root(bolivia)
    queued = settle_root(root.pk)
    told = Delivery.objects.get(pk__in=queued)
    assert (told.kind, told.recipient, told.incident) == ("tampered", sofia, report.incident)
    assert (settle_root(root.pk), MissionRoot.objects.get().fault_count) == ([], 1)


def test_a_logbook_that_does_not_hold_is_told_by_the_missions_newest_incident(bolivia, marisol, sofia):
    report = make.report(marisol)
    log(bolivia, "account.signed_in", actor=sofia)
    QuerySet(LogbookEntry).update(event="account.signed_out")
    settle_root(make_root(bolivia).pk)
    assert Delivery.objects.get(kind="tampered").incident == report.incident


def test_without_an_authority_a_root_is_done_once_it_is_checked(bolivia):
    settle_root(make_root(bolivia).pk)
    root = MissionRoot.objects.get()
    assert (root.state, root.token, root.fault_count) == ("done", None, 0)


def test_an_authority_stamps_the_root_and_the_stamp_is_kept_as_it_came(bolivia, authority):
    settle_root(make_root(bolivia).pk)
    root = MissionRoot.objects.get()
    assert (root.state, bytes(root.token), len(authority.got)) == ("done", authority.answer, 1)
    assert abs(root.stamped_at - timezone.now()) < timedelta(minutes=5)
    assert faults(bolivia, stamps=lambda one: holds(bytes(one.token), one.root)) == []


def test_a_stamp_of_another_root_is_found(bolivia, authority):
    settle_root(make_root(bolivia).pk)
    settle_root(make_root(bolivia).pk)
    first, second = MissionRoot.objects.order_by("number")
    MissionRoot.objects.filter(pk=first.pk).update(token=second.token)
    assert faults(bolivia, stamps=lambda one: holds(bytes(one.token), one.root)) == [Found.STAMP]


@pytest.mark.parametrize("behaviour", ["503", "closes half-way", "says no HTTP", "a stamp of something else"])
def test_an_authority_that_fails_is_asked_again_later(bolivia, authority, behaviour):
    root = make_root(bolivia)
    settle_root(root.pk)
    other = make_root(bolivia)
    authority.behaviour = "201" if behaviour == "a stamp of something else" else behaviour
    settle_root(other.pk)
    other.refresh_from_db()
    assert (other.state, other.token, bool(other.last_error)) == ("pending", None, True)
    assert (other.next_try_at > timezone.now(), other.checked_at is None) == (True, False)
    MissionRoot.objects.filter(pk=other.pk).update(next_try_at=timezone.now())
    authority.behaviour = "200"
    settle_root(other.pk)
    assert MissionRoot.objects.get(pk=other.pk).state == "done"
