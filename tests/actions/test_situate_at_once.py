"""Several workers at once: one situation, one alert, and nobody waits for anybody in a circle."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from incidents.actions import review
from incidents.actions.assess import assess
from incidents.models import Assessment, Delivery, Incident, Part, Situation
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


def in_own_connection(work):
    def run(item):
        try:
            return work(item)
        finally:
            connections.close_all()

    return run


def test_many_workers_settle_one_situation_and_tell_of_it_once(bolivia, departments, ramiro):
    reports = [make.report(make.monitor(f"m{n}", bolivia), triaged=False) for n in range(12)]
    with ThreadPoolExecutor(6) as workers:
        list(workers.map(in_own_connection(assess), [report.assessment.pk for report in reports]))
    assert set(Assessment.objects.values_list("state", "last_error")) == {("done", "")}
    assert (Situation.objects.live().count(), Part.objects.count()) == (1, 12)
    assert Delivery.objects.filter(kind="situation").count() == 1


def test_triage_and_the_desk_do_not_wait_for_each_other_in_a_circle(bolivia, departments, ramiro, marisol):
    earlier = [make.incident(make.monitor(f"e{n}", bolivia), consent="partners") for n in range(6)]
    reports = [make.report(make.monitor(f"m{n}", bolivia), triaged=False) for n in range(6)]
    steps = [lambda pk=report.assessment.pk: assess(pk) for report in reports]
    steps += [
        lambda pk=incident.pk: review.verify(pk, "confirmed", actor=ramiro, reason="Seen.") for incident in earlier
    ]
    with ThreadPoolExecutor(6) as workers:
        list(workers.map(in_own_connection(lambda step: step()), steps))
    assert set(Assessment.objects.values_list("last_error", flat=True)) == {""}
    assert Incident.objects.filter(verification="confirmed").count() == 6
