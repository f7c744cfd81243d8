"""The receipt: the sender's alone, says what became of the report, and repeats none of it."""

from datetime import UTC, datetime

import pytest

from incidents.models import Report
from tests import make
from tests.intake.conftest import enrolled, send


@pytest.fixture
def receipt(phone):
    return send(phone, words="Ink under the fingernails.")["Location"]


def test_a_receipt_shows_the_reference_and_none_of_the_words(phone, receipt):
    page = phone.get(receipt).text
    assert Report.objects.get().reference in page
    assert "fingernails" not in page
    assert "Police" not in page


def test_a_receipt_is_its_senders_alone(phone, receipt, bolivia, client, jpeg):
    other = enrolled(make.monitor("jorge", bolivia))
    assert phone.get(receipt).status_code == 200
    assert other.get(receipt).status_code == 404
    assert other.post(f"{receipt}photo/", {"photo": jpeg}).status_code == 404
    assert client.get(receipt).status_code == 403
    assert not Report.objects.get().evidence.exists()


def test_another_phone_of_the_same_monitor_sees_it(receipt, marisol):
    assert enrolled(marisol).get(receipt).status_code == 200


def test_a_receipt_says_when_it_was_read_in_the_missions_time(phone, receipt):
    assert phone.get(receipt).text.count("not yet") == 2
    Report.objects.update(read_at=datetime(2020, 10, 18, 18, 35, tzinfo=UTC))
    page = phone.get(receipt).text
    assert 'datetime="2020-10-18T14:35:00-04:00"' in page
    assert ">14:35" in page
    assert page.count("not yet") == 1


def test_no_receipt_is_a_plain_404(phone):
    answer = phone.get("/report/00000000-0000-4000-8000-000000000000/")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


@pytest.mark.parametrize("code", ["nonsense", "<script>", "\x00", ""])
def test_only_known_notes_are_shown(phone, receipt, code):
    page = phone.get(receipt, {"photo": code})
    assert page.status_code == 200
    assert 'role="status"' not in page.text
