"""Who may merge what: what is hidden, held, closed, elsewhere or already merged is refused, in words."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from incidents.actions.merge import merge, unmerge
from incidents.models import Incident, Merge
from incidents.workflow import MoveNotAllowed
from tests import make

SANTA_CRUZ = {"latitude": str(make.SANTA_CRUZ[0]), "longitude": str(make.SANTA_CRUZ[1])}


def fresh(incident):
    return Incident.objects.get(pk=incident.pk)


@pytest.mark.parametrize("reason", ["hidden", "not there", "itself", "linked to the accused"])
def test_what_may_not_be_seen_is_refused_alike(older, younger, nilda, ana, reason):
    other = {
        "hidden": lambda: make.incident(nilda, **SANTA_CRUZ).pk,
        "not there": uuid.uuid4,
        "itself": lambda: older.pk,
        "linked to the accused": lambda: younger.pk,
    }[reason]()
    if reason == "linked to the accused":
        ana.linked_force = "armed_forces"
        ana.save()
    with pytest.raises(MoveNotAllowed, match="merged or changed in the meantime"):
        merge(older.pk, other, actor=ana)
    assert not Merge.objects.exists()


def test_the_second_of_two_who_merge_is_told(older, younger, ramiro, ana):
    merge(older.pk, younger.pk, actor=ramiro)
    with pytest.raises(MoveNotAllowed, match="in the meantime"):
        merge(younger.pk, older.pk, actor=ana)
    assert Merge.objects.count() == 1


def test_a_merge_is_undone_once(older, younger, ramiro):
    merge(older.pk, younger.pk, actor=ramiro)
    number = Merge.objects.get().pk
    unmerge(number, actor=ramiro)
    with pytest.raises(MoveNotAllowed):
        unmerge(number, actor=ramiro)
    assert younger.timeline.filter(event="incident.restored").count() == 1


def test_a_merge_beneath_a_later_one_waits_for_it(older, younger, marisol, ramiro):
    oldest = make.incident(marisol)
    Incident.objects.filter(pk=oldest.pk).update(opened_at=timezone.now() - timedelta(days=1))
    merge(older.pk, younger.pk, actor=ramiro)
    merge(oldest.pk, older.pk, actor=ramiro)
    assert fresh(younger).stands_in == oldest
    with pytest.raises(MoveNotAllowed):
        unmerge(Merge.objects.get(emptied=younger).pk, actor=ramiro)
    unmerge(Merge.objects.get(emptied=older).pk, actor=ramiro)
    unmerge(Merge.objects.get(emptied=younger).pk, actor=ramiro)
    assert [one.reports.count() for one in (oldest, older, younger)] == [1, 1, 1]


@pytest.mark.parametrize("change", [{"held": "revoked_device"}, {"status": "closed"}])
def test_what_is_held_apart_or_closed_is_not_merged(older, younger, ramiro, change):
    Incident.objects.filter(pk=younger.pk).update(**change)
    with pytest.raises(MoveNotAllowed):
        merge(older.pk, younger.pk, actor=ramiro)


def test_another_missions_incident_is_not_merged(older, ramiro):
    elsewhere = make.mission("elsewhere-2021")
    ramiro.memberships.create(mission=elsewhere, all_departments=True)
    theirs = make.incident(make.monitor("jorge", elsewhere))
    with pytest.raises(MoveNotAllowed, match="different missions"):
        merge(older.pk, theirs.pk, actor=ramiro)


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_crosswise_at_once_make_one_merge(older, younger, ramiro, ana):
    from threading import Barrier, Thread

    from django.db import connection

    start, refused = Barrier(2), []

    def attempt(one, other, actor):
        start.wait()
        try:
            merge(one.pk, other.pk, actor=actor)
        except MoveNotAllowed as words:
            refused.append(str(words))
        finally:
            connection.close()

    threads = [Thread(target=attempt, args=args) for args in ((older, younger, ramiro), (younger, older, ana))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (Merge.objects.count(), len(refused)) == (1, 1)
    assert older.reports.count() == 2
