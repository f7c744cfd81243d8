"""Many alike reports triaged at once: each suggests the others, and none waits for another in a circle."""

import threading

import pytest
from django.db import connection

from incidents.actions.assess import assess
from incidents.models import Assessment
from tests import make

WORKERS, REPORTS = 6, 24


@pytest.mark.django_db(transaction=True)
def test_alike_reports_triaged_at_once_are_all_triaged_at_the_first_try(marisol, ana):
    waiting = [make.report(marisol, triaged=False).assessment.pk for _ in range(REPORTS)]

    def work():
        try:
            while waiting:
                assess(waiting.pop())
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert set(Assessment.objects.values_list("state", "attempts")) == {("done", 1)}
