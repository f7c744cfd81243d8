"""A receipt in other hands: checked, looked up, and used to add files."""

from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from incidents.models import Report
from incidents.seals import receipts
from tests import make

pytestmark = pytest.mark.django_db
HERE = "/receipt/"


@pytest.fixture
def report(marisol):
    return make.report(marisol, words="Nobody may read this here.")


@pytest.fixture
def receipt(report):
    return receipts.receipt_for(report)


def test_a_genuine_receipt_shows_the_state_and_no_word_of_the_report(report, receipt):
    answer = Client().post(HERE, {"receipt": receipt})
    assert (answer.status_code, report.reference in answer.text) == (200, True)
    assert "Nobody may read" not in answer.text


def test_line_ends_and_spaces_may_change_on_the_way(report, receipt):
    changed = "\r\n\r\n".join(f"  {line} " for line in receipt.splitlines())
    assert Client().post(HERE, {"receipt": changed}).status_code == 200


@pytest.mark.parametrize("spoil", [("Received: 2", "Received: 1"), ("Receipt 1", "Receipt 2"), ("\nSignature: ", "\n")])
def test_a_changed_receipt_is_refused_beside_the_field(receipt, spoil):
    answer = Client().post(HERE, {"receipt": receipt.replace(*spoil)})
    assert answer.status_code == 422
    assert "can’t be confirmed" in answer.text


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "Receipt 1\nSignature: é", "x" * 9_000, "\nSignature: \n"])
def test_what_is_no_receipt_is_refused_without_a_fault(db, bolivia, text):
    typed = urlencode({"receipt": text.encode("utf-8", "surrogatepass")})
    answer = Client().post(HERE, typed, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 422


def test_a_receipt_signed_by_another_server_is_refused(receipt, settings, tmp_path):
    settings.KEYS_DIR = tmp_path / "other"
    assert Client().post(HERE, {"receipt": receipt}).status_code == 422


def test_a_file_is_added_to_the_report_from_any_phone(report, receipt):
    file = SimpleUploadedFile("a.jpg", make.photo())
    answer = Client().post(HERE, {"receipt": receipt, "add": "1", "photo": file})
    assert (answer.status_code, Report.objects.get(pk=report.pk).evidence.count()) == (200, 1)


def test_a_receipt_kept_as_a_file_is_taken_too(report, receipt):
    file = SimpleUploadedFile("receipt.txt", receipt.encode())
    assert report.reference in Client().post(HERE, {"receipt_file": file}).text


def test_the_public_key_checks_a_receipt_without_us(receipt):
    import base64

    from nacl.signing import VerifyKey

    key = Client().get("/receipt/key").text.split()[1]
    signed, _, signature = receipt.strip().partition("\nSignature: ")
    raw = base64.urlsafe_b64decode(signature + "==")
    assert VerifyKey(base64.urlsafe_b64decode(key + "=")).verify(signed.encode(), raw) == signed.encode()
