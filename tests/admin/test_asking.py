"""Asking the monitor: from under a report, by those who may see it, once, with no word of it anywhere else."""

import re
import uuid

import pytest
from django.urls import reverse

from incidents.models import Incident, Question, Reply, TimelineEntry
from incidents.models.report import ImmutableTestimony
from tests import make
from tests.intake.conftest import enrolled

pytestmark = pytest.mark.django_db
WORDS = "Which of the two doors?"


@pytest.fixture
def report(marisol, departments):
    return make.report(marisol)


def page(report):
    return reverse("admin:incidents_incident_change", args=[report.incident_id])


def ask(client, report, **given):
    fields = {"report": report.pk, "question_id": uuid.uuid4(), "text": WORDS, **given}
    return client.post(reverse("admin:incidents_incident_ask", args=[report.incident_id]), fields)


def test_a_question_is_kept_and_shown_under_its_report(as_ana, report):
    assert ask(as_ana, report)["Location"].endswith(f"#report-{report.reference}")
    asked = Question.objects.get()
    assert (asked.report, asked.author.code, asked.text) == (report, "C-1", WORDS)
    text = as_ana.get(page(report)).text
    assert WORDS in text
    assert "not seen on the phone yet" in text


def test_the_page_makes_the_id_so_that_two_clicks_ask_once(as_ana, report):
    given = re.search(r'name="question_id" value="([^"]+)"', as_ana.get(page(report)).text)[1]
    for _ in range(2):
        assert ask(as_ana, report, question_id=given).status_code == 302
    assert str(Question.objects.get().pk) == given


def test_another_question_under_a_known_id_is_kept_beside_it(as_ana, report):
    here = uuid.uuid4()
    for text in (WORDS, "And when?", "And when?"):
        ask(as_ana, report, question_id=here, text=text)
    assert sorted(Question.objects.values_list("text", flat=True)) == ["And when?", WORDS]


def test_a_ready_phrase_needs_no_words_and_is_read_in_the_monitors_language(as_ana, report, marisol):
    ask(as_ana, report, phrase="safe", text="")
    assert (Question.objects.get().phrase, Question.objects.get().text) == ("safe", "")
    assert "Are you safe?" in enrolled(marisol).get(f"/report/{report.pk}/").text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"text": " "}, "Choose a question or write one."),
        ({"text": "x" * 501}, "at most 500 characters"),
        ({"text": "a\x00b"}, "Null characters"),
        ({"phrase": "nonsense"}, "not one of the available choices"),
    ],
)
def test_what_can_not_be_asked_is_refused_beside_what_was_typed(as_ana, report, given, said):
    answer = ask(as_ana, report, **given)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert not Question.objects.exists()


def test_only_who_may_see_the_incident_can_ask(as_ana, report, bolivia, departments, marisol):
    from incidents.roles import Role
    from tests.conftest import signed_in

    elsewhere = signed_in(make.person("elena", Role.COORDINATOR, bolivia, departments["BO-S"]))
    linked = signed_in(make.person("luis", Role.COORDINATOR, bolivia, everywhere=True, linked_force="police"))
    other = make.report(marisol, latitude=str(make.SANTA_CRUZ[0]), longitude=str(make.SANTA_CRUZ[1]))
    assert [ask(one, report).status_code for one in (elsewhere, linked)] == [404, 404]
    # Nor by way of an incident of one's own.
    answer = as_ana.post(
        reverse("admin:incidents_incident_ask", args=[report.incident_id]),
        {"report": other.pk, "question_id": uuid.uuid4(), "text": WORDS},
    )
    assert (answer.status_code, Question.objects.count()) == (404, 0)


def test_the_timeline_tells_each_step_and_no_word(as_ana, ana, report, marisol):
    question = make.question(report, ana, text=WORDS)
    phone = enrolled(marisol)
    phone.get(f"/report/{report.pk}/")
    phone.post(f"/report/{report.pk}/reply/", {"question": question.pk, "reply_id": uuid.uuid4(), "words": "The left."})
    as_ana.get(page(report))
    told = TimelineEntry.objects.filter(event__regex="^(question|reply)")
    steps = ["question.asked", "question.seen", "question.answered", "reply.read"]
    people = ["C-1", "marisol", "marisol", "C-1"]
    assert [(entry.event, entry.actor.code) for entry in told] == list(zip(steps, people, strict=True))
    assert not any("door" in str((entry.detail, entry.reason)) or "left" in str(entry.detail) for entry in told)


def test_an_answer_is_new_until_it_was_read_at_the_desk(as_ana, ana, report, marisol):
    question = make.question(report, ana)
    Reply.objects.create(question=question, text="Eleven of them.")
    first, second = as_ana.get(page(report)).text, as_ana.get(page(report)).text
    assert "Eleven of them." in first
    assert (first.count('class="unread"'), second.count('class="unread"')) == (2, 0)
    assert Reply.objects.get().read_at


def test_looking_ahead_reads_no_answer(as_ana, ana, report):
    Reply.objects.create(question=make.question(report, ana), text="Eleven.")
    as_ana.get(page(report), headers={"Sec-Purpose": "prefetch"})
    assert Reply.objects.get().read_at is None


def test_neither_can_be_changed_or_deleted(ana, report):
    question = make.question(report, ana)
    reply = Reply.objects.create(question=question, text="Eleven.")
    for row in (question, reply):
        row.text = "Another."
        for attempt in (
            row.save,
            row.delete,
            lambda row=row: type(row).objects.update(text="x"),
            type(row).objects.all().delete,
        ):
            with pytest.raises(ImmutableTestimony):
                attempt()
    assert (Question.objects.get().text, Reply.objects.get().text) == ("How many of them were there?", "Eleven.")


def test_a_question_goes_with_its_report_when_incidents_are_merged(as_ana, ana, report, marisol):
    from incidents.actions.merge import merge

    other = make.report(marisol, words="At the back door.")
    make.question(other, ana, text=WORDS)
    kept = merge(report.incident_id, other.incident_id, actor=ana)
    assert WORDS in as_ana.get(reverse("admin:incidents_incident_change", args=[kept.pk])).text
    assert Incident.objects.filter(merged_into=None).count() == 1


def test_the_page_asks_no_more_for_five_questions_than_for_one(as_ana, ana, report, django_assert_max_num_queries):
    make.question(report, ana)
    as_ana.get(page(report))
    with django_assert_max_num_queries(60) as few:
        as_ana.get(page(report))
    for number in range(4):
        make.question(report, ana, text=f"Number {number}?")
    with django_assert_max_num_queries(len(few)):
        as_ana.get(page(report))
