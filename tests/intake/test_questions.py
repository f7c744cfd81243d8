"""A question on the monitor's phone: shown while it waits, answered once, told to who asked, and gone after that."""

import re
import uuid

import pytest
from django.test import Client

from incidents.actions.duress import choose
from incidents.actions.review import move
from incidents.actions.revoke import revoke
from incidents.models import Alarm, Delivery, Device, Question, Reply
from incidents.seals import receipts
from tests import make
from tests.intake.conftest import enrolled
from tests.intake.test_contact import asked

pytestmark = pytest.mark.django_db
WORDS, ANSWER = "How many of them were there?", "Eleven, in two cars."


@pytest.fixture
def report(phone, marisol, departments):
    return make.report(marisol)


@pytest.fixture
def question(report, ana):
    return make.question(report, ana, text=WORDS)


def receipt(client, report):
    return client.get(f"/report/{report.pk}/")


def answer(client, question, words=ANSWER, **given):
    fields = {"question": question.pk, "reply_id": uuid.uuid4(), "words": words, **given}
    return client.post(f"/report/{question.report_id}/reply/", fields)


def test_a_question_is_shown_and_counts_as_seen(phone, report, question):
    page = receipt(phone, report)
    assert (WORDS in page.text, "no-store" in page["Cache-Control"]) == (True, True)
    assert Question.objects.get().seen_at


def test_looking_ahead_is_not_seeing(phone, report, question):
    phone.get(f"/report/{report.pk}/", headers={"Sec-Purpose": "prefetch"})
    assert Question.objects.get().seen_at is None


def test_sent_ten_times_it_is_one_answer_and_tells_once(phone, question, ana, bells):
    here = uuid.uuid4()
    assert {answer(phone, question, reply_id=here).status_code for _ in range(10)} == {302}
    told = Delivery.objects.get(kind="reply")
    assert (Reply.objects.get().text, told.recipient, told.incident) == (ANSWER, ana, question.report.incident)
    assert [row for row in bells if row[1] == str(told.pk)] == [("incidents.tasks.send_delivery", str(told.pk))]


def test_the_own_word_in_an_answer_raises_the_silent_alarm_and_shows_nothing(phone, marisol, question, ana, bells):
    choose(marisol, "Illimani")
    plain = make.question(question.report, ana, text="And now?")
    pages = [answer(phone, one, words) for one, words in ((plain, "Fine."), (question, "Fine, by ILLIMANI."))]
    assert (pages[0].status_code, pages[0].content) == (pages[1].status_code, pages[1].content)
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.monitor) == ("duress", marisol)
    assert ("incidents.tasks.send_delivery", str(alarm.deliveries.get(recipient=ana).pk)) in bells


def test_another_text_under_the_same_id_is_kept_beside_the_first(phone, question):
    here = uuid.uuid4()
    for words in (ANSWER, "Twelve.", "Twelve."):
        answer(phone, question, words, reply_id=here)
    assert sorted(Reply.objects.values_list("text", flat=True)) == [ANSWER, "Twelve."]


def test_answered_the_words_of_both_are_gone_from_the_phone(phone, report, question):
    there = answer(phone, question)["Location"]
    page = phone.get(there).text
    assert "Answered" in page
    assert not any(words in page for words in (WORDS, ANSWER))


def test_the_phone_shows_that_the_answer_was_read(phone, report, question, as_ana):
    answer(phone, question)
    as_ana.get(f"/admin/incidents/incident/{report.incident_id}/change/")
    page = receipt(phone, report).text
    assert re.search(r"Answered \d\d:\d\d, [^.]+\. Read \d\d:\d\d\.", page)


@pytest.mark.parametrize(
    ("words", "said"), [(" ", "Write an answer."), ("x" * 5_001, "This is too long."), ("a\x00b", "Null characters")]
)
def test_what_can_not_be_taken_comes_back_with_the_reason(phone, question, words, said):
    page = answer(phone, question, words)
    assert (page.status_code, said in page.text, words.strip()[:4] in page.text) == (422, True, True)
    assert not Reply.objects.exists()


def test_an_answer_from_an_expired_page_comes_back(marisol, question):
    phone = enrolled(marisol)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = phone.cookies
    page = answer(strict, question)
    assert (page.status_code, ANSWER in page.text, "had expired" in page.text) == (403, True, True)


def test_an_answer_that_a_dead_database_can_not_take_is_given_back(phone, question, monkeypatch):
    from django.db import OperationalError

    from incidents.intake import reply

    def refuse(*args, **kwargs):
        raise OperationalError("server closed")

    monkeypatch.setattr(reply.talk, "reply", refuse)
    page = answer(phone, question)
    assert (page.status_code, ANSWER in page.text) == (503, True)


def test_a_question_is_the_business_of_its_own_monitor(question, bolivia, report):
    other = enrolled(make.monitor("jorge", bolivia))
    assert (receipt(other, report).status_code, answer(other, question).status_code) == (404, 404)
    assert (receipt(Client(), report).status_code, answer(Client(), question).status_code) == (403, 403)
    assert asked(other, report.pk) == {"phone": "open", "reports": {}, "check_in": None}
    assert not Reply.objects.exists()


def test_the_api_says_that_a_question_waits_and_no_word_of_it(phone, report, question):
    told = phone.get("/api/v1/phone", {"report": str(report.pk)})
    assert told.json()["reports"][str(report.pk)]["asked"] is True
    assert told.json()["asked"] == [str(report.pk)]
    assert WORDS not in told.text
    answer(phone, question)
    assert "asked" not in phone.get("/api/v1/phone").json()


def test_the_api_says_that_a_report_was_taken_on(phone, report, ana):
    move(report.incident_id, "acknowledge", actor=ana)
    assert asked(phone, report.pk)["reports"][str(report.pk)]["state"] == "acknowledged"
    page = receipt(phone, report).text
    assert page.count("<time") == 2
    assert "C-1" not in page


def test_a_revoked_phone_sees_no_question_and_its_answer_is_kept_apart(phone, report, question, as_ana):
    revoke(Device.objects.get())
    assert "asked" not in asked(phone, report.pk)["reports"][str(report.pk)]
    assert (receipt(phone, report).status_code, answer(phone, question).status_code) == (403, 200)
    assert (Reply.objects.get().held, Delivery.objects.filter(kind="reply").exists()) == ("revoked_device", False)
    assert Question.objects.unanswered().exists()
    assert (
        "Sent from a phone that had been revoked"
        in as_ana.get(f"/admin/incidents/incident/{report.incident_id}/change/").text
    )


def test_a_phone_that_was_signed_out_sees_none_of_it(phone, report, question):
    phone.post("/forget/")
    assert (receipt(phone, report).status_code, phone.get("/api/v1/phone").json()) == (
        403,
        {"phone": "unknown", "reports": {}},
    )


def test_the_paper_receipt_shows_that_a_question_waits_and_none_of_its_words(report, question):
    page = Client().post("/receipt/", {"receipt": receipts.receipt_for(report)}).text
    assert ("A question waits" in page, WORDS in page) == (True, False)
    assert Question.objects.get().seen_at is None


def test_a_second_answer_is_told_again(phone, report, question, ana):
    answer(phone, question)
    answer(phone, make.question(report, ana, text="And then?"))
    assert sorted(Delivery.objects.filter(kind="reply").values_list("recipient__code", "round")) == [
        ("C-1", 0),
        ("C-1", 1),
    ]


def test_whoever_it_is_assigned_to_is_told_too(phone, report, question, ana, ramiro):
    from incidents.actions.review import assign

    assign(report.incident_id, ramiro, actor=ana)
    answer(phone, question)
    assert set(Delivery.objects.filter(kind="reply").values_list("recipient__code", flat=True)) == {"C-1", "C-2"}


def test_where_who_asked_is_gone_somebody_else_is_told(phone, report, question, ana, ramiro):
    ana.is_active = False
    ana.save()
    answer(phone, question)
    assert Delivery.objects.get(kind="reply").recipient == ramiro


def test_no_message_of_an_answer_holds_its_words(phone, question):
    from incidents.notifications.messages import compose

    answer(phone, question)
    told = compose(Delivery.objects.get(kind="reply"))
    assert "A monitor has answered" in told.subject
    assert not any(words in told.subject + told.text for words in (WORDS, ANSWER, "marisol"))


def test_without_scripts_the_first_page_says_that_a_question_waits(phone, report, question):
    first = phone.get("/report/steps/").text
    assert f'href="/report/{report.pk}/#questions">A question waits' in first
    assert WORDS not in first
