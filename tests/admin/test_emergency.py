"""The emergency page: read-only, closed, everyone signed out, every phone revoked by two; what phones are told."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from incidents.actions import check_in, emergency, review
from incidents.actions.enrol import invite
from incidents.actions.escalate import escalate
from incidents.actions.read_only import MissionIsReadOnly
from incidents.models import (
    Alarm,
    Delivery,
    Device,
    Escalation,
    Incident,
    LogbookEntry,
    Mission,
    Report,
    Revocation,
    User,
)
from incidents.notifications import links, messages
from incidents.roles import Role
from tests import make
from tests.conftest import signed_in
from tests.intake.conftest import enrolled, send
from tests.intake.sealed import put

PAGE, LIST = reverse("admin:emergency"), reverse("admin:incidents_incident_changelist")


def take(client, step, name="", reason="Somebody reads along", **given):
    return client.post(PAGE, {"step": step, "reason": reason, "name": name, **given})


@pytest.fixture
def greta(bolivia, departments):
    """A second mission admin."""
    return make.person("greta", Role.MISSION_ADMIN, bolivia, everywhere=True, code="A-2")


@pytest.fixture
def frozen(bolivia, sofia):
    emergency.freeze(bolivia, actor=sofia, reason="Somebody reads along")
    return Mission.objects.get()


@pytest.fixture
def closed(bolivia, sofia):
    emergency.close(bolivia, actor=sofia, reason="The mission had to leave")
    return Mission.objects.get()


def step_of(incident, name="move"):
    return reverse(f"admin:incidents_incident_{name}", args=[incident.pk])


def test_the_page_is_the_mission_admins_and_shows_their_own_missions(as_sofia, as_ana, bolivia):
    other = make.mission("elsewhere", names={"en": "Elsewhere 2021"})
    assert (as_sofia.get(PAGE).status_code, as_ana.get(PAGE).status_code) == (200, 403)
    assert "Elsewhere" not in as_sofia.get(PAGE, {"mission": other.pk}).text
    assert take(as_sofia, "freeze", mission=other.pk).status_code == 302  # the one that is theirs
    assert [one.mode for one in Mission.objects.order_by("pk")] == ["read_only", "open"]


def test_every_step_asks_for_a_reason_and_the_heavy_ones_for_the_name(as_sofia, bolivia):
    assert take(as_sofia, "freeze", reason=" ").status_code == 422
    refused = take(as_sofia, "close", name="bolivia")
    assert (refused.status_code, "Somebody reads along" in refused.text) == (422, True)
    for step in ("sign_out", "propose", "confirm", "nonsense"):
        assert take(as_sofia, step).status_code == 422
    assert (Mission.objects.get().mode, LogbookEntry.objects.count()) == ("open", 0)


def test_a_step_is_written_down_and_told_to_every_mission_admin_without_names(as_sofia, sofia, greta, ana, bells):
    take(as_sofia, "freeze")
    entry = LogbookEntry.objects.get()
    told = list(Delivery.objects.filter(entry=entry))
    message = messages.compose(Delivery.objects.with_subject().get(recipient=greta))
    assert (entry.event, entry.actor, entry.reason) == ("mission.frozen", sofia, "Somebody reads along")
    assert {one.recipient for one in told} == {sofia, greta}
    assert {one for _task, one in bells} >= {str(one.pk) for one in told}
    assert not [word for word in ("sofia", "A-1", "reads along") if word in message.subject + message.text]


# -- read-only ---------------------------------------------------------------------------------------------------------


def test_the_desk_changes_nothing_and_says_why(as_ramiro, marisol, frozen):
    incident = make.incident(marisol)
    answer = as_ramiro.post(step_of(incident), {"code": "acknowledge", "reason": "On my way"})
    assert (answer.status_code, "On my way" in answer.text) == (409, True)
    page = as_ramiro.get(reverse("admin:incidents_incident_change", args=[incident.pk])).text
    assert "nothing can be changed" in page
    assert '<fieldset class="handling" disabled>' in page
    incident.refresh_from_db()
    assert (incident.status, incident.reports.get().read_at) == ("triaged", None)


def test_the_list_offers_nothing_to_tick_while_it_is_frozen(as_ramiro, marisol, frozen):
    make.incident(marisol)
    assert b'name="incident"' not in as_ramiro.get(LIST).content
    Mission.objects.update(mode=Mission.Mode.OPEN)
    assert b'name="incident"' in as_ramiro.get(LIST).content


def test_of_two_missions_only_the_frozen_one_is_refused(bolivia, ramiro, marisol, frozen):
    other = make.mission("elsewhere")
    ramiro.memberships.create(mission=other, all_departments=True)
    here, there = make.incident(marisol), make.incident(make.monitor("jorge", other))
    client = signed_in(ramiro)
    given = {"level": "critical", "reason": "Five people saw it"}
    refused = client.post(step_of(here, "severity"), given)
    assert (refused.status_code, "is read-only" in refused.text, given["reason"] in refused.text) == (422, True, True)
    assert client.post(step_of(there, "severity"), given).status_code == 302


def test_whatever_verb_a_person_uses_is_refused_and_undone(ramiro, marisol, frozen):
    incident = make.incident(marisol)
    verbs = (
        lambda: review.assign(incident.pk, ramiro, actor=ramiro),
        lambda: review.summarise(incident.pk, "Words", actor=ramiro),
        lambda: make.question(incident.reports.get(), ramiro),
        lambda: make.broadcast(ramiro),
    )
    for verb in verbs:
        with pytest.raises(MissionIsReadOnly):
            verb()
    assert Incident.objects.get().assigned_to is None


def test_people_and_keys_offer_nothing_that_would_be_refused(as_sofia, marisol, frozen):
    Device.objects.create(monitor=marisol, mission=frozen, token_hash="x")
    person = as_sofia.get(reverse("admin:incidents_user_change", args=[marisol.pk])).text
    assert not [one for one in ('name="_save"', "Issue an enrolment link", "add-row") if one in person]
    assert all(one in person for one in ("Phone lost or taken", "Revoke the phone", "as-it-is"))
    people, phones = (as_sofia.get(reverse(f"admin:incidents_{name}_changelist")).text for name in ("user", "device"))
    offered = [one for one in ("print_cards", "retire_chosen", "revoke_phones", "addlink") if one in people]
    assert (offered, "revoke_chosen" in phones) == (["retire_chosen", "revoke_phones"], True)


def test_setting_up_is_refused_too(as_sofia, sofia, marisol, frozen):
    place = reverse("admin:incidents_place_add")
    given = {
        "mission": frozen.pk,
        "names_en": "Here",
        "code": "here",
        "kind": "locality",
        "latitude": "1",
        "longitude": "1",
    }
    assert as_sofia.post(place, given).status_code == 409
    sofia.memberships.create(mission=make.mission("elsewhere"), all_departments=True)
    assert as_sofia.post(place, given).status_code == 409
    assert as_sofia.post(reverse("admin:incidents_user_invite", args=[marisol.pk])).status_code == 409
    assert not frozen.places.exists()


def test_a_lost_phone_is_taken_back_even_then(as_sofia, marisol, bolivia):
    enrolled(marisol)
    emergency.freeze(bolivia, actor=User.objects.get(code="A-1"), reason="Somebody reads along")
    there = reverse("admin:incidents_user_lost", args=[marisol.pk])
    as_sofia.post(there, {"safe": "unknown", "reason": "Taken at a checkpoint."})
    assert Device.objects.get(monitor=marisol).revoked_at
    assert Alarm.objects.get(monitor=marisol).kind == Alarm.Kind.TAKEN


def test_reports_are_taken_told_of_and_answered_by_link_while_it_is_read_only(ramiro, marisol, bolivia, sofia):
    phone = enrolled(marisol)
    emergency.freeze(bolivia, actor=sofia, reason="x")
    assert send(phone).status_code == 302
    assert put(phone).json()["phone"] == "open"
    incident = make.incident(marisol)
    alert = Delivery.objects.get(incident=incident, recipient=ramiro)
    assert Client().post(f"/a/{links.token(alert.pk)}/").status_code == 302
    incident.refresh_from_db()
    assert (incident.status, Report.objects.count()) == ("acknowledged", 3)


# -- closed ------------------------------------------------------------------------------------------------------------


def test_a_closed_mission_says_so_to_phones_and_keeps_what_they_send(marisol, bolivia, sofia):
    phone = enrolled(marisol)
    emergency.close(bolivia, actor=sofia, reason="x")
    for there in ("/report/", "/report/steps/", "/safe/"):
        assert "takes no more notes" in phone.get(there).text
    answer = put(phone)
    assert (answer.status_code, answer.json()["phone"], answer.json()["mission"]) == (201, "open", "closed")
    assert send(phone).status_code == 302
    assert (phone.get("/api/v1/phone").json()["mission"], Report.objects.count()) == ("closed", 2)


def test_a_link_to_a_closed_mission_is_not_used_up(marisol, sofia, bolivia):
    there = reverse("intake:enrol", args=[invite(marisol)[1]])
    emergency.close(bolivia, actor=sofia, reason="x")
    assert "takes no more notes" in Client().post(there).text
    emergency.reopen(bolivia, actor=sofia, reason="x")
    assert Client().post(there).status_code == 302


def test_the_export_and_the_links_in_alerts_stop(as_tariq, ramiro, marisol, bolivia, sofia):
    make.incident(marisol)
    alert = Delivery.objects.get(recipient=ramiro)
    emergency.close(bolivia, actor=sofia, reason="x")
    refused = as_tariq.get("/api/v1/incidents")
    assert (refused.status_code, "closed" in refused.json()["detail"]) == (403, True)
    assert Client().post(f"/a/{links.token(alert.pk)}/").status_code == 404
    emergency.reopen(bolivia, actor=sofia, reason="x")
    assert as_tariq.get("/api/v1/incidents").status_code == 200


def test_a_closed_mission_expects_nobody_and_passes_nothing_on(marisol, ramiro, bolivia, sofia):
    row = check_in.promise(marisol, bolivia, timezone.now() - timedelta(hours=3))
    make.incident(marisol)
    Escalation.objects.update(next_try_at=timezone.now() - timedelta(minutes=1))
    waiting = Escalation.objects.get()
    emergency.close(bolivia, actor=sofia, reason="x")
    assert (check_in.fall_due(row.pk), escalate(waiting.pk)) == ([], [])
    waiting.refresh_from_db()
    assert (Alarm.objects.count(), waiting.is_open, waiting.step) == (0, True, 0)


def test_a_form_that_was_open_all_along_does_not_reopen_it(as_sofia, bolivia, sofia):
    stale = Mission.objects.get()
    emergency.close(bolivia, actor=sofia, reason="x")
    stale.check_in_minutes = 60
    stale.save()
    assert Mission.objects.get().is_closed


# -- everyone out ------------------------------------------------------------------------------------------------------


def test_everyone_is_signed_out_oneself_too(as_sofia, as_ana, as_ramiro, bolivia):
    elsewhere = signed_in(make.person("olga", Role.MISSION_ADMIN, make.mission("elsewhere"), everywhere=True))
    assert "Ends 3 sessions" in as_sofia.get(PAGE).text
    take(as_sofia, "sign_out", name=bolivia.slug)
    assert [one.get(LIST).status_code for one in (as_sofia, as_ana, as_ramiro, elsewhere)] == [302, 302, 302, 200]
    assert LogbookEntry.objects.get(event="sessions.ended").detail == {"sessions": 3, "people": 3}


# -- every phone -------------------------------------------------------------------------------------------------------


@pytest.fixture
def proposed(as_sofia, bolivia, marisol):
    enrolled(marisol)
    assert take(as_sofia, "propose", name=bolivia.slug).status_code == 302
    return Revocation.objects.get()


def test_who_proposes_to_revoke_every_phone_cannot_confirm_it(as_sofia, proposed, bolivia):
    assert "two people" in take(as_sofia, "confirm", name=bolivia.slug).text
    assert Device.objects.filter(revoked_at=None).exists()


def test_another_mission_admin_confirms_it_and_links_close_too(proposed, greta, bolivia, marisol):
    there = reverse("intake:enrol", args=[invite(make.monitor("nilda", bolivia))[1]])
    client = signed_in(greta)
    assert "Proposed by A-1" in client.get(PAGE).text
    assert take(client, "confirm", name=bolivia.slug).status_code == 302
    assert not Device.objects.filter(revoked_at=None).exists()
    assert Client().post(there).status_code == 410
    assert LogbookEntry.objects.filter(event="phones.revoked").get().detail["phones"] == 1


@pytest.mark.parametrize("how", ["late", "withdrawn", "coordinator"])
def test_a_proposal_that_is_late_withdrawn_or_not_theirs_revokes_nothing(proposed, greta, ana, bolivia, how):
    if how == "late":
        Revocation.objects.update(proposed_at=timezone.now() - timedelta(minutes=31))
    if how == "withdrawn":
        take(signed_in(greta), "withdraw")
    client = signed_in(ana if how == "coordinator" else greta)
    assert take(client, "confirm", name=bolivia.slug).status_code in (403, 422)
    assert Device.objects.filter(revoked_at=None).exists()
