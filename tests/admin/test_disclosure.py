"""Who a reporter is, and how much the desk has looked at: with a reason and for few; counted and for nobody's blame."""

import pytest
from django.urls import reverse
from django.utils import timezone

from incidents.actions.attach import attach
from incidents.actions.prepare import prepare
from incidents.evidence import storage
from incidents.models import Exposure, LogbookEntry, User
from tests import make

WHY = {"reason": "Her family called: is it she?"}


@pytest.fixture
def report(marisol, departments):
    User.objects.filter(pk=marisol.pk).update(code="M-07", organisation="Mothers of the Plaza", email="m@home.example")
    return make.report(marisol)


def page(name, person):
    return reverse(f"admin:incidents_user_{name}", args=[person.pk])


def tells(answer):
    text = answer.content.decode()
    return any(word in text for word in ("marisol", "Mothers of the Plaza", "m@home.example"))


def test_no_page_of_the_desk_tells_who_a_reporter_is(as_sofia, marisol, report):
    for there in (
        reverse("admin:incidents_user_changelist"),
        reverse("admin:incidents_user_changelist") + "?q=Mothers",
        page("change", marisol),
        page("history", marisol),
        page("identity", marisol),
        reverse("admin:incidents_incident_change", args=[report.incident_id]),
    ):
        assert not tells(as_sofia.get(there)), there
    assert as_sofia.get(reverse("admin:auth_user_password_change", args=[marisol.pk])).status_code == 302


def test_it_is_shown_for_a_reason_which_the_logbook_and_the_timeline_keep(as_sofia, sofia, marisol, report):
    there = page("identity", marisol) + f"?report={report.reference}"
    answer = as_sofia.post(there, WHY)
    assert tells(answer)
    assert "no-store" in answer["Cache-Control"]
    entry = LogbookEntry.objects.get(event="identity.read")
    assert (entry.actor, entry.mission, entry.reason) == (sofia, report.mission, WHY["reason"])
    assert entry.detail == {"person": marisol.pk, "incident": str(report.incident_id)}
    assert report.incident.timeline.get(event="identity.read").reason == WHY["reason"]


@pytest.mark.parametrize("reason", ["", "  ", "\x00"])
def test_without_a_reason_nothing_is_shown_or_logged(as_sofia, marisol, report, reason):
    answer = as_sofia.post(page("identity", marisol), {"reason": reason})
    assert (answer.status_code, tells(answer), LogbookEntry.objects.count()) == (422, False, 0)


def test_a_coordinator_is_not_let_near_it(as_ana, marisol, report):
    answer = as_ana.post(page("identity", marisol), WHY)
    assert (answer.status_code, LogbookEntry.objects.count()) == (403, 0)
    assert (
        page("identity", marisol)
        not in as_ana.get(reverse("admin:incidents_incident_change", args=[report.incident_id])).content.decode()
    )


def test_the_page_of_the_person_shows_it_for_a_while_and_saving_without_it_changes_nothing(
    as_sofia, bolivia, marisol, report
):
    membership = marisol.memberships.get()
    form = {
        "code": "M-08",
        "role": "monitor",
        "language": "es",
        "is_active": "on",
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "1",
        "memberships-0-id": membership.pk,
        "memberships-0-mission": bolivia.pk,
        "memberships-0-all_departments": "on",
    }
    assert as_sofia.post(page("change", marisol), form).status_code == 302
    marisol.refresh_from_db()
    assert (marisol.code, marisol.username, marisol.organisation) == ("M-08", "marisol", "Mothers of the Plaza")
    as_sofia.post(page("identity", marisol), WHY)
    assert tells(as_sofia.get(page("change", marisol)))
    assert as_sofia.post(page("change", marisol), {**form, "username": "mari", "organisation": ""}).status_code == 302
    marisol.refresh_from_db()
    assert (marisol.username, marisol.organisation) == ("mari", "")


def test_colleagues_are_no_secret(as_sofia, ramiro):
    assert "ramiro@desk.example" in as_sofia.get(page("change", ramiro)).content.decode()


def revealed(client, report):
    evidence = report.evidence.first() or attach(report, storage.keep([make.photo()]))
    prepare(evidence.pk)
    there = reverse("admin:incidents_evidence_revealed", args=[evidence.pk])
    return client.post(there, headers={"Accept": "application/json"}).json()


def test_each_file_that_is_opened_counts_for_whoever_opened_it(as_ana, as_ramiro, ana, report):
    assert [revealed(as_ana, report)["opened"] for _ in range(2)] == [1, 2]
    assert revealed(as_ramiro, report)["opened"] == 1
    today = timezone.localdate(timezone=report.mission.zone)
    assert Exposure.objects.opened_on(today, ana) == 2
    assert not report.incident.timeline.filter(event__startswith="evidence.downloaded").exists()


def test_from_a_number_on_a_break_is_suggested_and_nothing_refused(as_ana, ana, report):
    today = timezone.localdate(timezone=report.mission.zone)
    Exposure.objects.create(person=ana, day=today, opened=8)
    assert [revealed(as_ana, report)["said"] for _ in range(2)] == [
        "",
        "You have opened 10 graphic files today. Take a break?",
    ]
    there = reverse("admin:incidents_incident_change", args=[report.incident_id])
    assert "Take a break?" in as_ana.get(there).content.decode()


def test_the_mission_admin_sees_how_much_each_person_has_looked_at(as_sofia, as_ana, ana, report):
    revealed(as_ana, report)
    there = reverse("admin:incidents_user_exposure")
    (row,) = as_sofia.get(there).context["rows"]
    assert (row.code, row.opened) == ("C-1", [1])
    assert as_ana.get(there).status_code == 403
