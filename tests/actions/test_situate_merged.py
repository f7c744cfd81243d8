"""Developing situations and duplicates together: a merge takes no voice away, and tells nobody anything anew."""

import pytest

from incidents.actions.assess import reassess
from incidents.actions.merge import merge, unmerge
from incidents.models import Delivery, Incident, Merge, Part, Situation
from incidents.notifications import outbox
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def monitors(bolivia, departments):
    return [make.monitor(f"m{n}", bolivia) for n in range(5)]


@pytest.fixture
def three(monitors, ramiro):
    return [make.incident(monitor) for monitor in monitors[:3]]


def told():
    return sorted(Delivery.objects.values_list("kind", flat=True))


def test_a_merge_leaves_the_situation_with_all_its_voices(three, ramiro):
    before = Situation.objects.get().pk
    merge(three[0].pk, three[2].pk, actor=ramiro)
    assert set(Part.objects.values_list("incident", flat=True)) == {three[0].pk, three[1].pk}
    assert Situation.objects.filter(pk=before).seen_by(ramiro)[before].monitors == 3


def test_all_merged_into_one_are_a_situation_still(three, ramiro):
    for other in three[1:]:
        merge(three[0].pk, other.pk, actor=ramiro)
    assert Part.objects.get().incident_id == three[0].pk


def test_a_merge_undone_gives_the_same_situation_back(three, ramiro):
    before = list(Situation.objects.values())
    merge(three[0].pk, three[2].pk, actor=ramiro)
    unmerge(Merge.objects.get().pk, actor=ramiro)
    assert {incident.pk for incident in three} == set(Part.objects.values_list("incident", flat=True))
    assert list(Situation.objects.values()) == before


def test_neither_a_merge_nor_who_comes_after_it_tells_the_situation_anew(three, monitors, ramiro):
    merge(three[1].pk, three[2].pk, actor=ramiro)
    merge(three[0].pk, three[1].pk, actor=ramiro)
    make.incident(monitors[3])
    assert told() == ["digest", "new_incident", "new_incident", "situation"]


def test_a_situation_told_of_a_merged_incident_is_still_sent_and_seen(three, ramiro):
    delivery = Delivery.objects.get(kind="situation")
    Delivery.objects.filter(pk=delivery.pk).update(state="done")
    merge(three[0].pk, three[2].pk, actor=ramiro)
    Delivery.objects.filter(pk=delivery.pk).update(state="pending")
    assert delivery in Delivery.objects.visible_to(ramiro)
    assert outbox.send(delivery.pk) is True


def test_a_rise_told_of_a_merged_incident_is_still_sent(three, ramiro):
    surge = make.surge(*three, level="mission")
    delivery = Delivery.objects.create(incident=three[2], recipient=ramiro, kind="surge", state="done")
    merge(three[0].pk, three[2].pk, actor=ramiro)
    surge.incidents.set(three[:2])  # as the watch finds it next
    Delivery.objects.filter(pk=delivery.pk).update(state="pending")
    assert outbox.send(delivery.pk) is True


def test_reassessing_a_situation_tells_nobody_again(three, monitors, ramiro):
    make.incident(monitors[3])
    before = told(), list(Part.objects.values()), list(Situation.objects.values())
    for incident in Incident.objects.all():
        assert reassess(incident.pk) == (False, [])
    assert (told(), list(Part.objects.values()), list(Situation.objects.values())) == before
