"""What triage makes of an incident from all its reports: the best position, the station it lies at, the hours."""

from datetime import time

import pytest

from incidents.actions.assess import reassess
from incidents.models import Incident, Report
from tests import make

ELECTION_NOON = "2020-10-18T12:00-04:00"


@pytest.fixture
def school(bolivia, departments):
    return make.place(bolivia, "school", "Colegio", kind="polling_station", department=departments["BO-L"])


def test_a_position_at_a_station_names_it_and_says_that_nobody_else_did(marisol, school):
    incident = make.incident(marisol)
    assert (incident.place, incident.place_source) == (school, "nearest")
    assert (incident.latitude, incident.location_source) == (school.latitude, "gps")


def test_a_place_the_reporter_named_stands(marisol, bolivia, school):
    make.place(bolivia, "sopocachi", at=(-16.52, -68.13))
    incident = make.incident(marisol, place="sopocachi")
    assert (incident.place.code, incident.place_source) == ("sopocachi", "named")


def test_a_poor_position_names_no_station(marisol, school):
    incident = make.incident(marisol, accuracy_m="4000")
    assert (incident.place, incident.place_source, incident.place_precision) == (None, "", "area")


def test_an_hour_while_the_polls_are_open_counts(marisol, bolivia):
    bolivia.polls_open, bolivia.polls_close = time(8), time(17)
    bolivia.save()
    minor = {"categories": ["property_damage"], "perpetrators": [], "timing": "happened"}
    during = make.incident(marisol, occurred_at=ELECTION_NOON, **minor)
    after = make.incident(marisol, occurred_at="2020-10-18T17:00-04:00", **minor)
    assert (during.severity, after.severity) == ("moderate", "minor")
    assert "polling_hours" in [reason["code"] for reason in during.severity_reasons]


def merged(reports):
    """The reports under the first one's incident, as a merge files them."""
    first = reports[0].incident_id
    Report.objects.filter(pk__in=[report.pk for report in reports]).update(incident=first)
    reassess(first)
    return Incident.objects.get(pk=first)


@pytest.mark.parametrize("turned", [False, True])
def test_the_best_position_counts_in_whatever_order_reports_came(marisol, bolivia, departments, turned):
    make.place(bolivia, "oruro", "Oruro", at=make.ORURO, department=departments["BO-O"])
    nowhere = {"latitude": "", "longitude": ""}
    said = [
        {"accuracy_m": "900"},
        {"place": "oruro", "location_source": "area", **nowhere},
        {"accuracy_m": "20", "latitude": "-16.6"},
        {"location_source": "none", **nowhere},
    ]
    incident = merged([make.report(marisol, **each) for each in (reversed(said) if turned else said)])
    assert (str(incident.latitude), incident.accuracy_m, incident.place_precision) == ("-16.600000", 20, "exact")
    assert (incident.place.code, incident.place_source, incident.department.code) == ("oruro", "named", "BO-L")


def test_distinct_monitors_under_one_incident_are_counted(marisol, bolivia):
    jorge = make.monitor("jorge", bolivia)
    incident = merged([make.report(marisol), make.report(marisol, words="Again."), make.report(jorge)])
    assert (incident.corroboration, incident.independent_sources) == ("likely", 2)
    changed = incident.timeline.get(event="corroboration.changed")
    assert (changed.detail["before"], changed.detail["after"]) == ("possible", "likely")
    assert incident.verification == "unverified"


def test_a_file_that_completes_the_picture_is_written_into_the_timeline(marisol, bolivia):
    from incidents.actions.attach import attach
    from incidents.evidence import storage

    people = [marisol, make.monitor("jorge", bolivia), make.monitor("nilda", bolivia)]
    reports = [make.report(person) for person in people]
    incident = merged(reports)
    assert incident.corroboration == "likely"
    attach(Report.objects.get(pk=reports[1].pk), storage.keep([make.photo()]))
    incident.refresh_from_db()
    assert (incident.corroboration, incident.verification) == ("confirmed", "unverified")
    assert [entry.detail["after"] for entry in incident.timeline.filter(event="corroboration.changed")] == [
        "likely",
        "confirmed",
    ]
