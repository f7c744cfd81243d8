"""Writing into the record: each entry follows the one before, two at once are both in, no clock backdates one."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from incidents.actions import record, review
from incidents.actions.record import hold, log, note
from incidents.models import Chain, Incident, LogbookEntry, TimelineEntry
from incidents.seals.check import check_logbook, check_mission
from incidents.seals.check_incidents import check_incidents
from incidents.seals.faults import Found
from incidents.seals.keys import record_key
from tests import make


def faults(*incidents):
    return [fault.found for fault in check_incidents([one.pk for one in incidents], key=record_key())]


@pytest.fixture
def incident(marisol):
    return make.incident(marisol)


def test_every_entry_names_the_one_before_it(incident, ramiro):
    review.move(incident.pk, "acknowledge", actor=ramiro)
    entries = list(incident.timeline.order_by("seq"))
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry.previous for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]
    assert (entries[-1].by, incident.chain.head) == ("C-2", entries[-1].hash)
    assert faults(incident) == []


def test_the_code_of_that_time_stays_when_a_person_gets_another(incident, ramiro):
    review.move(incident.pk, "acknowledge", actor=ramiro)
    ramiro.code = "C-99"
    ramiro.save()
    assert faults(incident) == []


def test_notes_on_a_held_incident_cost_one_question_more_each(incident, ramiro, django_assert_num_queries):
    with transaction.atomic():
        held = hold(incident.pk)
        with django_assert_num_queries(4):
            note(held, "incident.acknowledged", actor=ramiro)
            note(held, "incident.started", actor=ramiro)


def test_what_was_rolled_back_leaves_no_gap(incident, ramiro):
    held = Incident.objects.get(pk=incident.pk)
    with transaction.atomic():
        note(held, "incident.acknowledged", actor=ramiro)
        transaction.set_rollback(True)
    note(held, "incident.started", actor=ramiro)
    assert faults(incident) == []


def test_a_clock_that_was_put_back_does_not_put_an_entry_before_another(incident, ramiro, monkeypatch):
    last = incident.timeline.last().at
    monkeypatch.setattr("django.utils.timezone.now", lambda: last - timedelta(hours=3))
    note(incident, "incident.acknowledged", actor=ramiro)
    assert incident.timeline.order_by("seq").last().at == last
    assert faults(incident) == []


def test_a_head_that_was_taken_away_is_made_anew_and_stays_told(incident, ramiro):
    Chain.objects.filter(incident=incident).delete()
    assert faults(incident) == [Found.HEAD_GONE]
    review.move(incident.pk, "acknowledge", actor=ramiro)
    assert faults(incident) == [Found.REGROWN]


def test_each_mission_has_a_logbook_and_what_belongs_to_none_another(bolivia, sofia):
    other = make.mission("elsewhere-2021")
    for mission in (bolivia, None, other, bolivia, None):
        log(mission, "account.signed_in", actor=sofia)
    found = LogbookEntry.objects.order_by("pk").values_list("mission", "seq")
    assert list(found) == [(bolivia.pk, 1), (None, 1), (other.pk, 1), (bolivia.pk, 2), (None, 2)]
    assert [*check_mission(bolivia), *check_mission(None), *check_logbook(other, key=record_key())] == []


@pytest.mark.django_db(transaction=True)
def test_entries_written_at_once_are_all_in_the_chain(incident, ramiro):
    """Also by whoever does not hold the incident: the chain itself lets one pass after the other."""
    start, broken = threading.Barrier(4), []

    def write():
        try:
            known = Incident.objects.select_related("chain").get(pk=incident.pk)
            start.wait(10)
            for _turn in range(5):
                note(known, "incident.started", actor=ramiro)
                record.log(None, "account.signed_in", actor=ramiro)
        except Exception as fault:
            broken.append(fault)
        finally:
            connection.close()

    before = TimelineEntry.objects.count()
    threads = [threading.Thread(target=write) for _number in range(4)]
    for thread in threads:
        thread.start()
    seen = []
    while any(thread.is_alive() for thread in threads):  # and whoever checks meanwhile raises no alarm
        seen += [*faults(incident), *check_mission(None)]
    assert (broken, seen) == ([], [])
    assert (TimelineEntry.objects.count() - before, LogbookEntry.objects.count()) == (20, 20)
    assert [*faults(incident), *check_mission(None)] == []
