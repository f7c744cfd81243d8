"""The weights of duplicates at the desk: a mission admin's, in force at once, and kept in order."""

import pytest
from django.urls import reverse

from incidents.models import DuplicateWeight
from incidents.triage.duplicates import candidates
from incidents.triage.duplicates.weights import SHIPPED
from tests import make

ADD = reverse("admin:incidents_duplicateweight_add")


def test_a_changed_weight_stands_over_the_shipped_one(as_sofia, bolivia):
    answer = as_sofia.post(ADD, {"mission": bolivia.pk, "agreement": "reporter.same", "bits": "-3.5"})
    assert answer.status_code == 302
    assert candidates.table(bolivia).bits("reporter.same") == -3.5
    assert candidates.table(bolivia).bits("reporter.other") == SHIPPED["reporter.other"]


def test_the_list_shows_the_weight_beside_the_shipped_one_in_words(as_sofia, bolivia):
    DuplicateWeight.objects.create(mission=bolivia, agreement="place.town_5km", bits=0.8)
    page = as_sofia.get(reverse("admin:incidents_duplicateweight_changelist")).content.decode()
    assert all(words in page for words in ("Distance: both known to the town, within 5 km", "+0.80", "+0.75"))


def test_a_better_agreement_may_not_weigh_less(as_sofia, bolivia):
    answer = as_sofia.post(ADD, {"mission": bolivia.pk, "agreement": "days.same_day", "bits": "0.5"})
    assert "must not weigh less" in answer.content.decode()
    assert not DuplicateWeight.objects.exists()


def test_order_is_kept_against_what_the_mission_has_changed(as_sofia, bolivia):
    DuplicateWeight.objects.create(mission=bolivia, agreement="image.like", bits=5.5)
    assert as_sofia.post(ADD, {"mission": bolivia.pk, "agreement": "image.same", "bits": "5"}).status_code == 200
    assert as_sofia.post(ADD, {"mission": bolivia.pk, "agreement": "image.same", "bits": "5.5"}).status_code == 302


@pytest.mark.parametrize("value", ["", "x", "nan", "inf", "1e400", "21", "-21", "\x00"])
def test_a_weight_that_is_none_is_refused(as_sofia, bolivia, value):
    assert as_sofia.post(ADD, {"mission": bolivia.pk, "agreement": "reporter.same", "bits": value}).status_code == 200
    assert not DuplicateWeight.objects.exists()


def test_an_agreement_that_is_none_is_refused(as_sofia, bolivia):
    assert as_sofia.post(ADD, {"mission": bolivia.pk, "agreement": "nonsense", "bits": "1"}).status_code == 200


def test_another_missions_weights_are_not_there(as_sofia, sofia):
    row = DuplicateWeight.objects.create(mission=make.mission("elsewhere-2021"), agreement="image.same", bits=7)
    assert as_sofia.get(reverse("admin:incidents_duplicateweight_change", args=[row.pk])).status_code == 404
    given = {"mission": row.mission_id, "agreement": "image.like", "bits": "3"}
    assert as_sofia.post(ADD, given).status_code == 200
    assert DuplicateWeight.objects.count() == 1


def test_a_row_is_changed_but_stays_the_row_of_its_agreement(as_sofia, bolivia):
    row = DuplicateWeight.objects.create(mission=bolivia, agreement="image.same", bits=7)
    here = reverse("admin:incidents_duplicateweight_change", args=[row.pk])
    as_sofia.post(here, {"mission": bolivia.pk, "agreement": "start", "bits": "8"})
    row.refresh_from_db()
    assert (row.agreement, row.bits) == ("image.same", 8)


def test_one_agreement_has_one_row(as_sofia, bolivia):
    DuplicateWeight.objects.create(mission=bolivia, agreement="image.same", bits=7)
    assert as_sofia.post(ADD, {"mission": bolivia.pk, "agreement": "image.same", "bits": "8"}).status_code == 200
    assert DuplicateWeight.objects.count() == 1
