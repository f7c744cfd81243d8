"""Floods when triage runs again, and where a person has merged what a phone sent."""

from datetime import timedelta

import pytest
from django.utils import timezone

from incidents.actions.assess import assess, reassess
from incidents.actions.merge import merge
from incidents.models import Assessment, Delivery, Incident, Mission
from tests.intake.conftest import enrolled
from tests.intake.sealed import put

pytestmark = pytest.mark.django_db
LIMIT = 5


@pytest.fixture
def turned(bolivia, marisol):
    Mission.objects.update(flood_reports=LIMIT)
    return enrolled(marisol)


def send(phone, count, **changes):
    for number in range(count):
        assert put(phone, words=f"{number}", **changes)
    for pk in Assessment.objects.filter(state="pending").order_by("pk").values_list("pk", flat=True):
        assess(pk)


def test_triage_again_tells_of_no_flood_again(turned, ana):
    send(turned, LIMIT)
    send(turned, 3, in_danger_now=True)
    before = Delivery.objects.count()
    long_ago = timezone.now() - timedelta(days=1)
    Incident.objects.update(opened_at=long_ago)
    Delivery.objects.update(queued_at=long_ago)
    assert [reassess(pk)[1] for pk in Incident.objects.values_list("pk", flat=True)] == [[]] * (LIMIT + 3)
    assert Delivery.objects.count() == before


def test_no_machine_holds_apart_what_a_person_has_merged(turned, ana):
    send(turned, 2)
    one, other = Incident.objects.order_by("opened_at")
    merge(one.pk, other.pk, actor=ana)
    send(turned, LIMIT)
    assert list(Incident.objects.open()) == [one]
    assert Incident.objects.get(pk=other.pk).held == ""
