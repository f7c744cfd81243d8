"""Broadcasts at the desk: to one's own departments only, looked at before they go, and who has seen them."""

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from incidents.models import Addressee, Broadcast
from incidents.roles import Role
from incidents.workflow import MoveNotAllowed
from tests import make
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
ADD = reverse("admin:incidents_broadcast_add")
LIST = reverse("admin:incidents_broadcast_changelist")
TEXT = "Stay away from the main road."


@pytest.fixture
def monitors(bolivia, departments):
    """One in La Paz, one in Santa Cruz, and Marisol's kind, who goes everywhere."""
    return {
        "lupe": make.person("lupe", Role.MONITOR, bolivia, departments["BO-L"], code="M-1"),
        "saul": make.person("saul", Role.MONITOR, bolivia, departments["BO-S"], code="M-2"),
        "wara": make.person("wara", Role.MONITOR, bolivia, everywhere=True, code="M-3"),
    }


def typed(*departments, **given):
    fields = {"broadcast_id": uuid.uuid4(), "roles": ["monitor"], "hours": "24", "text_en": TEXT, **given}
    return {**fields, "departments": [one.pk for one in departments]}


def send(client, fields):
    """Look first, then send what was looked at."""
    looked = client.post(ADD, {**fields, "preview": "1"})
    found = re.search(r'name="previewed" value="(\w+)"', looked.text)
    return client.post(ADD, {**fields, "send": "1", "previewed": found[1] if found else ""})


def page(row):
    return reverse("admin:incidents_broadcast_change", args=[row.pk])


def test_it_is_counted_first_and_sent_as_it_was_looked_at(as_ana, departments, monitors):
    fields = typed(departments["BO-L"])
    looked = as_ana.post(ADD, {**fields, "preview": "1"})
    assert ("2 people will get this." in looked.text, Broadcast.objects.exists()) == (True, False)
    assert send(as_ana, fields).status_code == 302
    sent = Broadcast.objects.get()
    assert [one.person.code for one in sent.addressees.all()] == ["M-1", "M-3"]
    assert (sent.author.code, sent.texts, (sent.expires_at - sent.sent_at).days) == ("C-1", {"en": TEXT}, 1)


def test_what_was_changed_since_is_shown_once_more(as_ana, departments, monitors):
    fields = typed(departments["BO-L"])
    looked = as_ana.post(ADD, {**fields, "preview": "1"})
    seal = re.search(r'name="previewed" value="(\w+)"', looked.text)[1]
    again = as_ana.post(ADD, {**fields, "text_en": "Another.", "send": "1", "previewed": seal})
    assert (again.status_code, Broadcast.objects.exists()) == (200, False)


def test_sent_twice_it_is_one(as_ana, departments, monitors):
    fields = typed(departments["BO-L"])
    assert [send(as_ana, fields).status_code for _ in range(2)] == [302, 302]
    assert (Broadcast.objects.count(), Addressee.objects.count()) == (1, 2)


def test_nobody_writes_to_departments_of_others(as_ana, departments, monitors):
    refused = send(as_ana, typed(departments["BO-S"]))
    everybody = send(as_ana, typed())
    assert (refused.status_code, everybody.status_code, Broadcast.objects.exists()) == (422, 422, False)
    assert "Santa Cruz" not in as_ana.get(ADD).text


def test_an_admin_writes_to_the_whole_mission(as_sofia, monitors):
    send(as_sofia, typed())
    assert {one.person.code for one in Addressee.objects.all()} == {"M-1", "M-2", "M-3"}


def test_accounts_linked_to_a_force_and_the_writer_are_left_out(as_ana, ana, departments, bolivia, ramiro):
    linked = make.person("luis", Role.COORDINATOR, bolivia, everywhere=True, linked_force="police")
    send(as_ana, typed(departments["BO-L"], roles=["coordinator"]))
    assert [one.person for one in Addressee.objects.all()] == [ramiro]
    sent = Broadcast.objects.get()
    answers = [signed_in(linked).get(there) for there in (page(sent), ADD, LIST)]
    assert [answer.status_code for answer in answers] == [404, 403, 200]
    assert "C-1" not in answers[2].text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"text_en": " "}, "Write a text."),
        ({"text_en": "x" * 501}, "at most 500 characters"),
        ({"text_en": "\x00"}, "Null characters"),
        ({"roles": []}, "This field is required"),
        ({"hours": "9999"}, "not one of the available choices"),
        ({"broadcast_id": "x"}, "valid UUID"),
    ],
)
def test_what_can_not_be_sent_is_refused_with_everything_still_there(as_ana, departments, given, said):
    answer = as_ana.post(ADD, {**typed(departments["BO-L"]), **given, "preview": "1"})
    assert (answer.status_code, said in answer.text, Broadcast.objects.exists()) == (422, True, False)


def test_where_nobody_works_it_is_not_sent(as_ana, departments):
    answer = send(as_ana, typed(departments["BO-O"]))
    assert ("Nobody would get this" in answer.text, Broadcast.objects.exists()) == (True, False)


def test_the_page_shows_who_has_seen_it_and_who_has_not(as_ana, sofia, departments, monitors):
    sent = make.broadcast(sofia, departments["BO-L"])
    Addressee.objects.filter(person__code="M-3").update(seen_at=sent.sent_at)
    rows = re.findall(r'scope="row">([\w-]+)</th><td>([^<]*)</td><td>(<time|<span)', as_ana.get(page(sent)).text)
    assert rows == [("M-3", "all departments", "<time"), ("M-1", "La Paz", "<span")]


def test_whoever_has_only_some_of_its_departments_does_not_see_it(as_ana, sofia, departments, monitors):
    sent = make.broadcast(sofia, departments["BO-L"], departments["BO-S"])
    assert (as_ana.get(page(sent)).status_code, "M-2" in signed_in(sofia).get(page(sent)).text) == (404, True)
    assert as_ana.post(reverse("admin:incidents_broadcast_withdraw", args=[sent.pk])).status_code == 404
    assert "Santa Cruz" not in as_ana.get(LIST).text


def test_pages_cost_the_same_for_many_as_for_few(as_sofia, sofia, bolivia, monitors, django_assert_max_num_queries):
    sent = make.broadcast(sofia)
    with django_assert_max_num_queries(14) as few:
        as_sofia.get(page(sent))
    with django_assert_max_num_queries(14) as list_of_one:
        as_sofia.get(LIST)
    for number in range(6):
        make.monitor(f"more-{number}", bolivia)
        sent = make.broadcast(sofia)
    with django_assert_max_num_queries(len(few)):
        as_sofia.get(page(sent))
    with django_assert_max_num_queries(len(list_of_one)):
        as_sofia.get(LIST)


def test_withdrawn_it_is_shown_to_nobody(as_ana, ana, sofia, departments, ramiro, as_ramiro):
    sent = make.broadcast(sofia, departments["BO-L"], roles=["coordinator"])
    assert TEXT in as_ramiro.get(LIST).text
    as_ana.post(reverse("admin:incidents_broadcast_withdraw", args=[sent.pk]))
    assert TEXT not in as_ramiro.get(LIST).text
    sent.refresh_from_db()
    assert sent.withdrawn_by == ana


def test_a_coordinator_reads_it_above_every_page_until_it_is_put_away(as_ramiro, ramiro, sofia, as_ana):
    sent = make.broadcast(sofia, roles=["coordinator"])
    assert [TEXT in as_ramiro.get(there).text for there in (LIST, "/admin/incidents/incident/")] == [True, True]
    assert as_ramiro.post(reverse("admin:incidents_broadcast_seen", args=[sent.pk])).status_code == 302
    assert TEXT not in as_ramiro.get("/admin/incidents/incident/").text
    assert sent.addressees.get(person=ramiro).seen_at


def test_it_is_put_away_by_those_only_whom_it_is_for(as_ana, sofia, departments):
    sent = make.broadcast(sofia, departments["BO-S"], roles=["coordinator"])
    assert as_ana.post(reverse("admin:incidents_broadcast_seen", args=[sent.pk])).status_code == 404


def test_nobody_without_an_account_writes_one(departments, monitors):
    assert Client().post(ADD, typed(departments["BO-L"])).status_code == 302
    assert not Broadcast.objects.exists()


def test_past_the_form_too_nobody_without_the_whole_mission_writes_to_all_of_it(ana, bolivia, monitors):
    with pytest.raises(MoveNotAllowed):
        make.broadcast(ana, mission=bolivia)
    assert not Broadcast.objects.exists()
