"""What can't be right is said beside its field, in the reader's language; nothing typed is lost, nothing breaks."""

import re
import uuid

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from incidents.intake import filing, forms, views
from incidents.models import Report
from tests.intake.conftest import FORM, send, typed

NEXT_CENTURY = "2126-01-01T10:00"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("words", "before\x00after"),
        ("words", "x" * 10_001),
        ("perpetrator_detail", "x" * 501),
        ("victim_count", "1e400"),
        ("victim_count", "9" * 5_000),
        ("victim_count", "-1"),
        ("latitude", "1e400"),
        ("latitude", "NaN"),
        ("latitude", "95"),
        ("latitude", "Infinity"),
        ("longitude", "181"),
        ("longitude", ""),
        ("accuracy_m", "NaN"),
        ("occurred_at", "1970-01-01T10:00"),
        ("occurred_at", NEXT_CENTURY),
        ("occurred_at", "0001-01-01T00:00"),
        ("occurred_at", "9999-12-31T23:59"),
        ("occurred_at", "yesterday"),
        ("categories", ["nonsense"]),
        ("categories", []),
        ("consent", "<script>"),
        ("timing", "\x00"),
        ("place", "atlantis"),
    ],
)
def test_bad_input_is_said_beside_its_field(phone, field, value):
    answer = send(phone, **{field: value, "words": value if field == "words" else "Kept as typed."})
    assert answer.status_code == 422
    anchors = re.findall(r'<li><a href="#([\w-]+)">', answer.text)
    assert len(anchors) == 1
    assert all(f'id="{anchor}"' in answer.text for anchor in anchors)
    assert answer.text.count('class="error"') == 1
    assert field == "words" or "Kept as typed." in answer.text
    assert not Report.objects.exists()


@pytest.mark.parametrize("accuracy", ["", "0", "49999.6", "90000000"])
def test_any_honest_accuracy_is_taken(phone, accuracy):
    assert send(phone, accuracy_m=accuracy).status_code == 302


@pytest.mark.parametrize("clock", ["", "soon", "0000-00-00", "1970-01-01T00:00Z", "2100-01-01T00:00Z", "\x00"])
def test_a_wrong_clock_never_refuses_a_report(phone, clock):
    assert send(phone, captured_at=clock).status_code == 302


def test_half_a_character_is_answered_and_not_stored(phone):
    # A form may claim an encoding in which half a character can be written.
    body = b'--b\r\nContent-Disposition: form-data; name="words"\r\n\r\nhalf +2AA-\r\n--b--\r\n'
    answer = phone.generic("POST", FORM, body, "multipart/form-data; boundary=b; charset=utf-7")
    assert answer.status_code == 422
    assert "This text holds a broken character." in answer.text
    assert not Report.objects.exists()


@pytest.mark.parametrize("body", [{f"f{n}": "" for n in range(2_000)}, {"words": "x" * 2_000_000}])
def test_too_much_is_refused_calmly(phone, body):
    answer = phone.post(FORM, body)
    assert answer.status_code == 400
    assert "could not be read" in answer.text


@pytest.mark.parametrize(
    ("language", "message"), [("en", "Enter a whole number."), ("es", "Introduzca un número entero.")]
)
def test_messages_come_in_the_readers_language(phone, language, message):
    phone.cookies["django_language"] = language
    assert message in send(phone, victim_count="many").text


def test_everything_typed_comes_back_with_the_same_id(phone):
    given = typed(
        report_id=str(uuid.uuid4()), victim_count="many", certainty="likely", perpetrators=["crowd", "police"]
    )
    text = phone.post(FORM, given).text
    for chosen in ("certainty-likely", "perpetrators-crowd", "perpetrators-police", "timing-happening_now"):
        assert f'id="{chosen}" checked' in text
    for value in (given["report_id"], "many", given["words"], given["accuracy_m"], given["latitude"]):
        assert value in text
    assert 'id="perpetrators-unknown" checked' not in text


def test_what_was_typed_is_shown_as_text(phone):
    text = send(phone, words="</textarea><script>alert(1)</script>", victim_count='"><b>').text
    assert "<script>alert" not in text
    assert '"><b>' not in text


def test_another_language_keeps_what_was_typed(phone):
    answer = send(phone, switch_language="es", words="Aún aquí.", categories=[])
    assert answer.status_code == 200
    assert '<html lang="es"' in answer.text
    assert "Aún aquí." in answer.text
    assert 'class="error"' not in answer.text
    assert phone.get(FORM).text.count('<html lang="es"') == 1


@pytest.mark.parametrize(("message", "status"), [("database or disk is full", 507), ("server closed", 503)])
def test_a_database_that_refuses_gives_the_form_back(phone, monkeypatch, message, status):
    def refuse(*args, **kwargs):
        raise OperationalError(message)

    monkeypatch.setattr(filing, "submit", refuse)
    answer = send(phone, words="Not lost.")
    assert answer.status_code == status
    assert "Not lost." in answer.text


@pytest.mark.parametrize("fault", [OperationalError("server closed"), InterfaceError("connection already closed")])
@pytest.mark.parametrize(
    ("module", "name"), [(views, "phone_of"), (forms, "listed_places"), (filing, "submit")], ids=lambda it: str(it)[:20]
)
def test_a_database_that_is_gone_costs_no_words_wherever_it_is_missed(phone, monkeypatch, module, name, fault):
    monkeypatch.setattr(module, name, refusing(fault))
    given = typed(words="Not <lost>.", captured_at="2020-10-18T19:00:00Z")
    answer = phone.post(FORM, given)
    assert answer.status_code == 503
    assert "Not &lt;lost&gt;." in answer.text
    assert given["report_id"] in answer.text
    assert not Report.objects.exists()


def test_the_page_without_a_database_asks_it_nothing_and_can_be_sent_again(
    phone, jpeg, monkeypatch, django_assert_num_queries
):
    given = typed(categories=["intimidation", "arrest_detention"], in_danger_now="on")
    with monkeypatch.context() as broken, django_assert_num_queries(0):
        broken.setattr(views, "phone_of", refusing(OperationalError("server closed")))
        text = phone.post(FORM, {**given, "photo": jpeg}).text
    assert "Add them after sending." in text
    again = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text)
    fields = {name: [value for other, value in again if other == name] for name, _ in again}
    assert phone.post(FORM, {**fields, "words": given["words"]}).status_code == 302
    assert phone.post(FORM, given).status_code == 302
    assert not Report.objects.get().revisions.exists()


def test_a_stale_page_and_no_database_cost_no_words_either(phone, monkeypatch):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = phone.cookies
    monkeypatch.setattr(views, "phone_of", refusing(OperationalError("server closed")))
    answer = strict.post(FORM, typed(words="Still here."))
    assert answer.status_code == 503
    assert "Still here." in answer.text


def refusing(fault):
    def refuse(*args, **kwargs):
        raise fault

    return refuse
