"""What the reports bear out, beside the step of verification: filled in at a click, set by nobody but a person."""

import pytest
from django.urls import reverse

from incidents.actions.assess import reassess
from incidents.models import Report
from tests import make


@pytest.fixture
def incident(marisol, bolivia):
    """Two strangers saw the same."""
    first = make.report(marisol)
    second = make.report(make.monitor("jorge", bolivia))
    Report.objects.filter(pk=second.pk).update(incident=first.incident_id)
    reassess(first.incident_id)
    return first.incident


@pytest.fixture
def page(incident):
    return reverse("admin:incidents_incident_change", args=[incident.pk])


def test_the_proposal_stands_beside_the_step_with_its_reasons(as_ana, page):
    text = as_ana.get(page).content.decode()
    assert "The reports bear out: Likely" in text
    assert "2 independent sources" in text
    assert "?propose=likely" in text


def test_taking_it_up_fills_the_form_in_and_sets_nothing(as_ana, page, incident):
    form = as_ana.get(f"{page}?propose=likely").context["forms"]["verify"]
    assert form.initial["level"] == "likely"
    assert "2 independent sources" in form.initial["reason"]
    incident.refresh_from_db()
    assert incident.verification == "unverified"


@pytest.mark.parametrize("level", ["confirmed", "possible", "", "x" * 300])
def test_what_was_not_proposed_is_not_filled_in(as_ana, page, level):
    assert as_ana.get(f"{page}?propose={level}").context["forms"]["verify"].initial == {"level": "unverified"}


def test_where_a_person_went_further_or_said_no_nothing_is_offered(as_ana, page, incident):
    step = reverse("admin:incidents_incident_verify", args=[incident.pk])
    for level in ("confirmed", "refuted"):
        as_ana.post(step, {"level": level, "reason": "Seen"})
        assert "?propose=" not in as_ana.get(page).content.decode()


def test_a_station_found_by_position_is_told_apart(as_ana, marisol, bolivia, departments):
    make.place(bolivia, "school", "Colegio", kind="polling_station", department=departments["BO-L"])
    found = make.incident(marisol)
    text = as_ana.get(reverse("admin:incidents_incident_change", args=[found.pk])).content.decode()
    assert "Nearest polling station, found by position" in text
