"""Floods: over the limit of a phone, or the same words over and over; held apart, told once, cleared by one click."""

import uuid

import pytest
from django.urls import reverse

from incidents import tasks
from incidents.actions import clear
from incidents.actions.assess import assess
from incidents.actions.enrol import invite, take_up
from incidents.actions.submit import Origin, submit
from incidents.models import Assessment, Clearing, Delivery, Device, Incident, Mission, Report
from incidents.roles import Role
from tests import make
from tests.conftest import signed_in
from tests.intake.conftest import enrolled
from tests.intake.sealed import put

pytestmark = pytest.mark.django_db
LIST = reverse("admin:incidents_incident_changelist")
CLEAR = reverse("admin:incidents_held_clear")
LIMIT = 5
WORDS = "Dos agentes de la policía anotaron los nombres de los votantes en la puerta"


@pytest.fixture(autouse=True)
def low_limit(bolivia):
    Mission.objects.update(flood_reports=LIMIT)


@pytest.fixture
def turned(marisol):
    return enrolled(marisol)


def triage():
    for pk in Assessment.objects.filter(state="pending").order_by("pk").values_list("pk", flat=True):
        assess(pk)


def send(phone, count, **changes):
    for n in range(count):
        assert put(phone, words=changes.get("words", f"{n}"), **{k: changes[k] for k in changes if k != "words"})
    triage()


def device_of(monitor):
    return Device.objects.get(monitor=monitor)


def held():
    return Incident.objects.held().count()


def test_a_phone_within_its_limit_is_like_any_other(turned, ana):
    send(turned, LIMIT)
    assert (held(), Delivery.objects.filter(kind="flood").count()) == (0, 0)


def test_what_one_phone_sends_beyond_its_limit_is_held_apart_with_what_came_before(turned, ana):
    send(turned, LIMIT + 3)
    assert (held(), Report.objects.count()) == (LIMIT + 3, LIMIT + 3)
    assert set(Incident.objects.values_list("held", flat=True)) == {"flood"}


def test_what_a_person_has_touched_or_danger_stays_in_the_queue(turned, ana, as_ana):
    send(turned, 2)
    send(turned, 1, in_danger_now=True)
    read = Incident.objects.order_by("opened_at").first()
    as_ana.get(reverse("admin:incidents_incident_change", args=[read.pk]))
    send(turned, LIMIT)
    assert Incident.objects.open().count() == 2


def test_a_flood_is_told_once(turned, ana):
    send(turned, LIMIT + 6)
    assert Delivery.objects.filter(kind="flood").count() == 1
    assert Delivery.objects.filter(kind="new_incident").count() <= LIMIT


def test_danger_within_the_limit_is_told_each_time(turned, ana):
    send(turned, LIMIT, in_danger_now=True)
    assert Delivery.objects.filter(kind="danger").count() == LIMIT


def test_danger_beyond_the_limit_is_told_once_in_a_window(turned, ana):
    send(turned, LIMIT)
    send(turned, 4, in_danger_now=True)
    assert Delivery.objects.filter(kind="danger_flood").count() == 1
    assert held() == LIMIT + 4


def test_another_phone_of_the_same_hour_is_not_drawn_in(turned, ana, bolivia):
    honest = enrolled(make.monitor("jorge", bolivia))
    send(turned, LIMIT + 5)
    send(honest, 2)
    assert Incident.objects.open().count() == 2


def test_nobody_rings_for_a_flood_but_for_its_first_danger(turned, ana, bells):
    send(turned, LIMIT)
    bells.clear()
    put(turned, words="more")
    put(turned, words="danger", in_danger_now=True)
    put(turned, words="danger again", in_danger_now=True)
    danger = Report.objects.get(words="danger").assessment.pk
    assert bells == [("incidents.tasks.assess_report", str(danger))]


def test_the_sweep_takes_a_flood_after_all_others_and_by_a_queue_of_its_own(turned, ana, bolivia, monkeypatch):
    rung = []
    monkeypatch.setattr(tasks, "publish", lambda task, pk, urgent, later=False: rung.append((pk, urgent, later)))
    for _ in range(LIMIT + 2):
        put(turned, in_danger_now=True)
    put(enrolled(make.monitor("jorge", bolivia)), words="honest")
    Assessment.objects.update(next_try_at="2020-01-01T00:00Z")
    tasks.sweep()
    honest = str(Assessment.objects.get(report__words="honest").pk)
    flood = [str(row.pk) for row in Assessment.objects.filter(report__incident__held="flood")]
    assert rung.index((honest, False, False)) < min(rung.index((pk, False, True)) for pk in flood)


def test_the_same_words_from_few_phones_are_held_apart(bolivia, departments, ana):
    Mission.objects.update(flood_reports=100)
    phones = [enrolled(make.monitor(f"t{n}", bolivia)) for n in range(3)]
    for n in range(12):
        put(phones[n % 3], words=f"{WORDS.upper()} número {n}")
    triage()
    assert set(Incident.objects.values_list("held", flat=True)) == {"alike"}


@pytest.mark.parametrize(("phones", "danger", "words"), [(12, False, WORDS), (3, True, WORDS), (3, False, "Policía")])
def test_many_people_or_danger_or_few_words_are_not(bolivia, departments, ana, phones, danger, words):
    Mission.objects.update(flood_reports=100)
    there = [enrolled(make.monitor(f"t{n}", bolivia)) for n in range(phones)]
    for n in range(12):
        put(there[n % phones], words=words, in_danger_now=danger)
    triage()
    assert held() == 0


def test_one_click_dismisses_all_of_a_phone_with_a_line_in_each_timeline(turned, ana, as_ana, marisol):
    send(turned, LIMIT + 3)
    given = {"device": device_of(marisol).pk, "by": "device", "verb": "dismiss", "reason": "Turned."}
    assert as_ana.post(CLEAR, given).status_code == 302
    assert (held(), Report.objects.count()) == (0, LIMIT + 3)
    lines = [i.timeline.get(event="incident.invalidated") for i in Incident.objects.all()]
    assert {(line.actor.code, line.reason) for line in lines} == {("C-1", "Turned.")}


def test_one_click_takes_all_in_and_it_stays_in(turned, ana, as_ana, marisol):
    send(turned, LIMIT + 3)
    as_ana.post(CLEAR, {"device": device_of(marisol).pk, "by": "device", "verb": "let_in"})
    triage()
    assert (held(), Incident.objects.open().count()) == (0, LIMIT + 3)
    assert Delivery.objects.filter(kind="new_incident").count() == LIMIT + 3


def test_one_click_clears_what_one_invitation_brought_in(marisol, ana, as_ana):
    phones = [enrolled(marisol), enrolled(marisol)]
    first, second = Device.objects.order_by("pk")
    Device.objects.filter(pk=second.pk).update(invitation=first.invitation)
    for phone in phones:
        send(phone, LIMIT + 1)
    assert "2 phones of one invitation" in as_ana.get(LIST, {"status": "held"}).text
    as_ana.post(CLEAR, {"device": second.pk, "by": "invitation", "verb": "dismiss", "reason": "Turned."})
    assert held() == 0


def test_a_phone_remembers_its_invitation(marisol):
    invitation, secret = invite(marisol)
    device, _ = take_up(secret)
    assert device.invitation == invitation


def test_dismissing_needs_a_reason(turned, ana, as_ana, marisol):
    send(turned, LIMIT + 1)
    given = {"device": device_of(marisol).pk, "by": "device", "verb": "dismiss", "reason": " "}
    assert "Give a reason" in as_ana.post(CLEAR, given, follow=True).text
    assert held() == LIMIT + 1


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"device": "x"},
        {"device": "9" * 40},
        {"verb": "burn"},
        {"reason": "\x00"},
        {"by": "all"},
    ],
)
def test_a_strange_post_clears_nothing_and_is_answered(turned, ana, as_ana, marisol, given):
    send(turned, LIMIT + 1)
    usual = {"device": device_of(marisol).pk, "by": "device", "verb": "dismiss", "reason": "Turned."}
    answer = as_ana.post(CLEAR, {**usual, **given} if given else {}, follow=True)
    assert (answer.status_code, held()) == (200, LIMIT + 1)


@pytest.mark.parametrize("who", ["elsewhere", "linked"])
def test_who_may_not_see_it_neither_sees_nor_clears_it(turned, bolivia, departments, marisol, who):
    where = {"elsewhere": departments["BO-S"], "linked": departments["BO-L"]}[who]
    force = "police" if who == "linked" else ""
    client = signed_in(make.person("p", Role.COORDINATOR, bolivia, where, linked_force=force))
    send(turned, LIMIT + 1)
    assert "by phone" not in client.get(LIST, {"status": "held"}).text
    client.post(CLEAR, {"device": device_of(marisol).pk, "by": "device", "verb": "dismiss", "reason": "Mine."})
    assert held() == LIMIT + 1


def test_much_is_cleared_in_turns_by_a_worker(turned, ana, as_ana, marisol, monkeypatch, bells):
    send(turned, LIMIT + 7)
    monkeypatch.setattr(clear, "CHUNK", 5)
    bells.clear()
    given = {"device": device_of(marisol).pk, "by": "device", "verb": "dismiss", "reason": "Turned."}
    assert "being cleared" in as_ana.post(CLEAR, given, follow=True).text
    row = Clearing.objects.get()
    assert bells == [("incidents.tasks.clear_held", str(row.pk))]
    while clear.clear(row.pk):
        assert "Clearing goes on" in as_ana.get(LIST, {"status": "held"}).text
    row.refresh_from_db()
    assert (held(), row.cleared, row.state) == (0, LIMIT + 7, "done")


def test_what_comes_after_the_click_waits_for_another(turned, ana, marisol):
    send(turned, LIMIT + 1)
    asked = clear.ask(actor=ana, verb="dismiss", device=device_of(marisol), by_invitation=False, reason="Turned.")
    send(turned, 2)
    clear.clear(asked.pk)
    assert held() == 2


def test_an_import_knows_no_limit(bolivia, departments):
    for _ in range(LIMIT + 2):
        submit(make.statement(), report_id=uuid.uuid4(), origin=Origin(bolivia, Report.Channel.IMPORT))
    assert held() == 0


def test_the_held_list_asks_as_often_for_thirty_as_for_eight(turned, ana, as_ana, django_assert_max_num_queries):
    send(turned, LIMIT + 3)
    with django_assert_max_num_queries(20) as few:
        as_ana.get(LIST, {"status": "held"})
    asked = len(few)
    send(turned, 20)
    with django_assert_max_num_queries(asked):
        as_ana.get(LIST, {"status": "held"})
