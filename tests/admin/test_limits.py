"""What a mission sets for its watch: changed at the desk, in force at once, and the usual where it is left empty."""

import json

import pytest
from django.urls import reverse

from incidents.actions.review import verify
from incidents.models import Mission, Publication, Release
from tests import make
from tests.actions.test_gate import renew_due
from tests.intake.conftest import enrolled
from tests.intake.sealed import put

pytestmark = pytest.mark.django_db
USUAL = {
    "names_en": "B",
    "names_es": "B",
    "slug": "b",
    "election_day": "2020-10-18",
    "time_zone": "UTC",
    "languages": ["es"],
}
FIELDS = ("false_alarms_per_week", "situation_monitors", "situation_metres", "situation_minutes", "flood_reports")


def save(client, mission, **changes):
    fields = {**{name: getattr(mission, name) for name in (*FIELDS, "flood_minutes")}, **changes}
    return client.post(reverse("admin:incidents_mission_change", args=[mission.pk]), {**USUAL, **fields})


def test_a_limit_is_in_force_at_once(as_sofia, bolivia, marisol):
    assert save(as_sofia, bolivia, flood_reports="3").status_code == 302
    phone = enrolled(marisol)
    for n in range(4):
        put(phone, words=f"{n}")
    assert sorted(make.Report.objects.values_list("incident__held", flat=True)) == ["", "", "", "flood"]


def test_another_short_name_is_told_of_what_is_out_already(as_sofia, bolivia, marisol, ramiro):
    incident = make.incident(marisol)
    verify(incident.pk, "confirmed", actor=ramiro)
    save(as_sofia, bolivia, slug="bolivia-2020")
    assert not Publication.objects.exists()
    save(as_sofia, bolivia, slug="b", is_demonstration="on")
    renew_due()
    told = json.loads(Release.objects.get(audience="partner").feature)["properties"]
    assert (told["mission"], told["is_demonstration"]) == ("b", True)


def test_a_limit_left_empty_is_the_usual_one(as_sofia, bolivia):
    assert save(as_sofia, bolivia, flood_reports="", false_alarms_per_week="").status_code == 302
    bolivia.refresh_from_db()
    assert (bolivia.flood_reports, bolivia.false_alarms_per_week) == (20, 1.0)


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("value", ["0", "-1", "x", "1e400", "nan", "99999999999999999999"])
def test_a_limit_that_makes_no_sense_is_refused_beside_its_field(as_sofia, bolivia, name, value):
    answer = save(as_sofia, bolivia, **{name: value})
    assert answer.status_code == 200
    assert set(answer.context["adminform"].form.errors) == {name}
    assert getattr(Mission.objects.get(), name) == getattr(bolivia, name)


def test_a_coordinator_sets_none(as_ana, bolivia):
    assert save(as_ana, bolivia, flood_reports="3").status_code == 403
