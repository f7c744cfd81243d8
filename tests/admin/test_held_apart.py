"""What a revoked phone sends: seen at the desk, out of the queue, silent, and let in or dismissed by one click."""

import pytest
from django.urls import reverse

from incidents.actions.assess import assess
from incidents.actions.revoke import revoke
from incidents.models import Assessment, Delivery, Device, Incident, Report
from tests.intake.conftest import enrolled
from tests.intake.sealed import put

pytestmark = pytest.mark.django_db
LIST = reverse("admin:incidents_incident_changelist")


@pytest.fixture
def held(marisol, ana):
    """An incident from a revoked phone, triaged."""

    def sent(**changes):
        phone = enrolled(marisol)
        revoke(Device.objects.latest("pk"))
        assert put(phone, **changes).status_code == 201
        return triaged()

    return sent


def triaged():
    incident = Incident.objects.latest("opened_at")
    assess(Assessment.objects.get(report__incident=incident).pk)
    return incident


def let_in(client, incident):
    return client.post(reverse("admin:incidents_incident_let_in", args=[incident.pk]))


def test_it_alerts_nobody(held):
    held()
    assert Delivery.objects.count() == 0


def test_danger_is_told_all_the_same(held, ana):
    held(in_danger_now=True)
    assert list(Delivery.objects.values_list("recipient__code", "kind")) == [("C-1", "danger")]


def test_it_is_out_of_the_list_and_found_under_held_apart(held, as_ana):
    here = reverse("admin:incidents_incident_change", args=[held().pk])
    usual = as_ana.get(LIST).text
    assert (here in usual, "1 held apart" in usual) == (False, True)
    assert here in as_ana.get(LIST, {"status": "held"}).text


def test_one_click_takes_it_into_the_queue_and_tells_of_it(held, as_ana, bells):
    incident = held()
    bells.clear()
    assert let_in(as_ana, incident).status_code == 302
    triaged()
    assert (Incident.objects.get().held, Delivery.objects.get().kind) == ("", "new_incident")
    assert [task for task, _ in bells] == ["incidents.tasks.assess_report"]
    assert incident.timeline.filter(event="incident.let_in", actor__code="C-1").exists()


def test_it_is_taken_in_once(held, as_ana):
    incident = held()
    let_in(as_ana, incident)
    again = let_in(as_ana, incident)
    assert (again.status_code, "in the queue already" in again.text) == (422, True)


def test_dismissing_it_takes_it_out_of_the_count(held, as_ana):
    incident = held()
    as_ana.post(reverse("admin:incidents_incident_move", args=[incident.pk]), {"code": "invalidate", "reason": "No."})
    assert "held apart" not in as_ana.get(LIST).text
    assert Report.objects.count() == 1


def test_it_does_not_leave_while_it_is_held(held, as_ana):
    incident = held(consent="partners")
    as_ana.post(reverse("admin:incidents_incident_verify", args=[incident.pk]), {"level": "confirmed"})
    assert incident.releases.count() == 0
