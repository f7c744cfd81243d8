"""Who is expected, at the desk: soonest first, and marked as heard from by whoever has spoken with them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from incidents.actions.check_in import promise
from incidents.models import CheckIn
from incidents.roles import Role
from tests import make
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
LIST = reverse("admin:incidents_checkin_changelist")


def expected(name, of, minutes=60, *departments):
    person = make.person(name, Role.MONITOR, of, *departments, everywhere=not departments, email="", code=name)
    return promise(person, of, timezone.now() + timedelta(minutes=minutes))


def spoken(client, row, note):
    return client.post(reverse("admin:incidents_checkin_spoken", args=[row.pk]), {"note": note})


def test_who_is_due_first_stands_first(as_ana, bolivia):
    expected("M-LATE", bolivia, 90)
    expected("M-SOON", bolivia, 20)
    text = as_ana.get(LIST).text
    assert text.index("M-SOON") < text.index("M-LATE")


def test_who_has_spoken_with_them_says_so(as_ana, ana, bolivia):
    row = expected("M-07", bolivia)
    assert spoken(as_ana, row, "Called at 14:10, all is well.").status_code == 302
    row.refresh_from_db()
    assert (row.outcome, row.how, row.spoken_by, row.note) == ("heard", "desk", ana, "Called at 14:10, all is well.")
    assert "M-07" not in as_ana.get(LIST).text
    assert "Spoken with" in as_ana.get(LIST, {"status": "over"}).text


def test_without_a_word_of_how_it_is_refused_beside_the_field(as_ana, bolivia):
    row = expected("M-07", bolivia)
    answer = spoken(as_ana, row, "")
    assert (answer.status_code, "Say how you spoke with them" in answer.text) == (422, True)
    assert CheckIn.objects.get().is_running


def test_who_was_heard_from_meanwhile_is_not_marked_again(as_ana, bolivia):
    row = expected("M-07", bolivia)
    spoken(as_ana, row, "Called.")
    assert (spoken(as_ana, row, "Called again.").status_code, CheckIn.objects.get().note) == (422, "Called.")


def test_a_coordinator_sees_who_watches_their_departments_and_who_watches_all(as_ana, bolivia, departments):
    expected("M-HERE", bolivia, 60, departments["BO-L"], departments["BO-S"])
    expected("M-ALL", bolivia)
    elsewhere = expected("M-ELSEWHERE", bolivia, 60, departments["BO-S"])
    text = as_ana.get(LIST).text
    assert ("M-HERE" in text, "M-ALL" in text, "M-ELSEWHERE" in text) == (True, True, False)
    assert spoken(as_ana, elsewhere, "Called.").status_code == 404


def test_nobody_linked_to_a_force_sees_who_is_expected(bolivia):
    expected("M-07", bolivia)
    linked = make.person("luis", Role.COORDINATOR, bolivia, everywhere=True, linked_force="police")
    assert "M-07" not in signed_in(linked).get(LIST).text


def test_the_list_asks_the_database_as_often_for_many_as_for_few(as_ana, bolivia, django_assert_max_num_queries):
    expected("M-0", bolivia)
    with django_assert_max_num_queries(10) as few:
        as_ana.get(LIST)
    for number in range(1, 9):
        expected(f"M-{number}", bolivia)
    with django_assert_max_num_queries(len(few)):
        as_ana.get(LIST)
