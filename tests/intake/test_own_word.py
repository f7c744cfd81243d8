"""A monitor's own word: with it the phone is answered to the byte as without, and the desk hears in silence."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from incidents.actions.assess import assess
from incidents.actions.duress import is_duress
from incidents.models import Alarm, Assessment, CheckIn, Delivery, DuressWord, Report
from incidents.seals import safe_link
from tests import make
from tests.intake.conftest import send
from tests.intake.sealed import seal, token

pytestmark = pytest.mark.django_db
SAFE = "/safe/"
WORD = "Tía Rosa"
TOKENS = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')


@pytest.fixture
def told(phone, ana):
    """The phone of somebody who has chosen a word."""
    assert phone.post(SAFE, {"do": "word", "own_word": WORD}).url == "/safe/?said=word"
    return phone


def shown(answer):
    """All that travels, but for the tokens, and the clock in a header, that differ by themselves."""
    cookies = {name: morsel.OutputString() for name, morsel in answer.cookies.items() if name != "csrftoken"}
    headers = {name: value for name, value in answer.headers.items() if name != "Expires"}
    return answer.status_code, headers, cookies, TOKENS.sub(b"", answer.content)


def alarms():
    return list(Alarm.objects.values_list("kind", flat=True))


@pytest.mark.parametrize("do", ["safe", "done"])
def test_the_phone_is_answered_alike_with_and_without_it(told, do):
    def press(word):
        told.post(SAFE, {"minutes": "60"})
        CheckIn.objects.running().update(started_at=timezone.now() - timedelta(minutes=5))
        answers = [told.post(SAFE, {"do": do, "word": word}), told.get(f"/safe/?said={do}")]
        outcome = CheckIn.objects.order_by("-pk").first().outcome
        # The page shows the link of the latest check-in, which is another one each time.
        return [shown(answer)[:3] for answer in answers], len(answers[1].content), outcome

    without, wrong = press(""), press("Tía Flora")
    assert alarms() == []
    assert press("tia rosa") == wrong == without
    assert alarms() == ["duress"]


def test_the_link_answers_alike_with_and_without_it(told):
    told.post(SAFE, {"minutes": "60"})
    address = reverse("intake:safe_link", args=[safe_link.token(CheckIn.objects.get().pk)])
    pages = [[shown(Client().post(address, {"word": word})), shown(Client().get(address))] for word in ("", "x", WORD)]
    assert pages[0] == pages[1] == pages[2]
    assert alarms() == ["duress"]


def test_as_much_is_done_with_and_without_it_so_that_no_watch_tells(told, ramiro):
    counts = []
    for word in ("", "Tía Flora", WORD):
        with CaptureQueriesContext(connection) as asked:
            told.post(SAFE, {"do": "safe", "word": word})
        counts.append(len(asked))
    assert (alarms(), max(counts) - min(counts) <= 1) == (["duress"], True), counts


def test_a_tap_that_waited_answers_alike_with_and_without_it_however_old(told):
    def bring(word):
        body = seal({"sender": token(), "at": "2020-10-18T14:20:00Z", "word": word})
        return shown(told.post("/api/v1/phone/safe", body, content_type="application/age"))

    assert bring("") == bring(WORD)
    assert alarms() == ["duress"]


def test_the_desk_is_told_and_the_check_in_is_met(told, ana, bells):
    told.post(SAFE, {"minutes": "60"})
    told.post(SAFE, {"do": "safe", "word": WORD})
    delivery = Delivery.objects.get()
    assert (delivery.kind, delivery.recipient, CheckIn.objects.get().outcome) == ("duress", ana, "heard")
    assert ("incidents.tasks.send_delivery", str(delivery.pk)) in bells


def test_it_is_not_written_down_anywhere(told, caplog):
    told.post(SAFE, {"do": "safe", "word": WORD})
    assert "osa" not in caplog.text
    assert "osa" not in DuressWord.objects.get().mark


@pytest.mark.parametrize(
    "words", ["TIA ROSA", "Dile a tía rosa: llego tarde.", "¡Tía—Rosa!", "ti\u0301a  rosa", "Saludos a TÍA\nROSA"]
)
def test_it_is_heard_among_the_words_of_a_report(told, words):
    send(told, words=words)
    assess(Assessment.objects.get().pk)
    assert alarms() == ["duress"]


@pytest.mark.parametrize("words", ["Tía Flora y Rosa.", "tíarosa", "Rosa, tía", "", "x" * 9_000])
def test_other_words_are_only_words(told, words):
    send(told, words=words)
    assess(Assessment.objects.get().pk)
    assert alarms() == []


def test_it_is_heard_where_triage_fails(told, monkeypatch):
    send(told, words=WORD)
    monkeypatch.setattr("incidents.actions.assess._triage", lambda assessment: 1 / 0)
    assess(Assessment.objects.get().pk)
    assert alarms() == ["duress"]


def test_it_is_heard_once_however_often_the_report_is_triaged(told):
    send(told, words=WORD)
    assess(Assessment.objects.get().pk)
    Alarm.objects.update(resolved_at=timezone.now())
    Assessment.objects.update(state="pending", next_try_at=timezone.now())
    assess(Assessment.objects.get().pk)
    assert len(alarms()) == 1


def test_it_means_nothing_in_what_was_written_before_it_was_chosen(phone, marisol):
    send(phone, words=WORD)
    phone.post(SAFE, {"do": "word", "own_word": WORD})
    assess(Assessment.objects.get().pk)
    assert (alarms(), is_duress(marisol, WORD)) == ([], True)
    assert Report.objects.exists()


def test_it_is_one_monitors_own(told, marisol, bolivia):
    assert is_duress(marisol, WORD)
    assert not is_duress(make.monitor("jorge", bolivia), WORD)


@pytest.mark.parametrize("word", ["", "no", "¿?", "a b c", "one two three four", "\x00", "x" * 300])
def test_a_word_that_can_not_be_told_from_others_is_refused_beside_the_field(phone, word):
    answer = phone.post(SAFE, {"do": "word", "own_word": word})
    assert (answer.status_code, answer.text.count('class="error"')) == (422, 1)


def test_the_page_does_not_say_whether_there_is_one(phone):
    before = shown(phone.get(SAFE))
    phone.post(SAFE, {"do": "word", "own_word": WORD})
    assert shown(phone.get(SAFE)) == before


def test_who_holds_the_phone_can_not_take_it_away_by_choosing_another(told, marisol):
    told.post(SAFE, {"do": "word", "own_word": "something else"})
    assert is_duress(marisol, WORD)
