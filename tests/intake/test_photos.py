"""Photos: kept if they can be, and never a reason to lose the words."""

import errno
import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import IntegrityError, InterfaceError, OperationalError

from incidents.evidence import inspect, storage
from incidents.intake import photos, uploads
from incidents.models import Evidence, Report
from tests.intake.conftest import FORM, send, typed


@pytest.fixture
def small_limit(monkeypatch):
    for module in (inspect, photos, uploads):
        monkeypatch.setattr(module, "MAX_FILE_BYTES", 1_000)


def named(content):
    return SimpleUploadedFile("photo.jpg", content, "image/jpeg")


def test_a_photo_is_kept_as_it_came(phone, jpeg):
    content = jpeg.read()
    jpeg.seek(0)
    answer = send(phone, photo=jpeg)
    kept = Report.objects.get().evidence.get()
    assert (kept.media_type, kept.sha256) == ("image/jpeg", hashlib.sha256(content).hexdigest())
    assert storage.path_of(storage.ORIGINALS, kept.sha256).read_bytes() == content
    assert "1 file received" in phone.get(answer["Location"]).text


def test_a_second_tap_keeps_the_photo_once(phone, jpeg):
    same = typed()
    for _ in range(2):
        jpeg.seek(0)
        phone.post(FORM, {**same, "photo": jpeg})
    assert Evidence.objects.count() == Report.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "files", "said"),
    [
        (b"\xff\xd8\xff" + b"x" * 998, 0, "larger than 32 MB"),
        (b"\xff\xd8\xff" + b"x" * 997, 1, ""),
        (b"", 0, "was not kept: it is empty"),
        (b"MZ not a photo", 1, "can not be shown here"),
    ],
)
def test_a_report_is_received_whatever_comes_with_it(phone, small_limit, content, files, said):
    answer = send(phone, photo=named(content))
    stored = Report.objects.get()
    assert stored.evidence.count() == files
    page = phone.get(answer["Location"])
    assert page.status_code == 200
    assert said in page.text


def test_what_is_no_photo_is_kept_and_called_unknown(phone):
    send(phone, photo=named(b"MZ not a photo"))
    assert Evidence.objects.get().media_type == inspect.UNKNOWN


@pytest.mark.parametrize("name", ["../../etc/passwd", "\x00.jpg", "ñ" * 120, "\u202egpj.exe"])
def test_a_files_name_is_of_no_account(phone, jpeg, name):
    jpeg._name = name
    assert send(phone, photo=jpeg).status_code == 302
    assert Report.objects.count() == 1


def test_a_photo_can_be_added_later(phone, jpeg, bells):
    receipt = send(phone)["Location"]
    answer = phone.post(f"{receipt}photo/", {"photo": jpeg})
    assert "photo=kept" in answer["Location"]
    assert bells[-1] == ("incidents.tasks.prepare_evidence", str(Report.objects.get().evidence.get().pk))
    assert "The file was received." in phone.get(answer["Location"]).text


def test_adding_nothing_says_what_to_do(phone):
    receipt = send(phone)["Location"]
    assert "No file was chosen" in phone.post(f"{receipt}photo/", follow=True).text


def test_a_full_disk_while_uploading_keeps_the_report(phone, jpeg, monkeypatch):
    def refuse(self, raw_data, start):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", refuse)
    answer = send(phone, photo=jpeg, words="Not lost.")
    assert Report.objects.get().words == "Not lost."
    assert "there is no room on the server" in phone.get(answer["Location"]).text


@pytest.mark.parametrize(
    ("fault", "advice"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "Try again in a few minutes."),
        (OSError(errno.EIO, "Input/output error"), "Try again in a minute."),
    ],
)
def test_a_disk_that_refuses_the_photo_has_the_report_and_says_so(phone, jpeg, bells, monkeypatch, fault, advice):
    monkeypatch.setattr(storage, "keep", lambda chunks: (_ for _ in ()).throw(fault))
    answer = send(phone, photo=jpeg, in_danger_now="on")
    assert answer.status_code == 302
    stored = Report.objects.get()
    assert bells == [("incidents.tasks.assess_report", str(stored.assessment.pk))]
    page = phone.get(answer["Location"]).text
    assert "The report is safe. The file was not kept" in page
    assert advice in page


def test_an_unusable_evidence_folder_does_not_hold_a_danger_report_up(phone, jpeg, settings):
    settings.EVIDENCE_DIR.write_text("a file where the folder should be")
    answer = send(phone, photo=jpeg, in_danger_now="on")
    assert Report.objects.get().in_danger_now
    assert "The file was not kept" in phone.get(answer["Location"]).text


@pytest.mark.parametrize("fault", [OperationalError("server closed"), InterfaceError("closed"), IntegrityError("x")])
def test_a_database_that_refuses_the_photos_row_has_the_report(phone, jpeg, monkeypatch, fault):
    monkeypatch.setattr(photos, "attach", lambda *_: (_ for _ in ()).throw(fault))
    answer = send(phone, photo=jpeg)
    assert answer["Location"].endswith(f"{Report.objects.get().pk}/?photo=lost#photo")


def test_a_revoked_phone_is_told_that_its_photo_was_not_kept(phone, jpeg, marisol, settings):
    settings.EVIDENCE_DIR.write_text("a file where the folder should be")
    marisol.devices.update(revoked_at="2020-10-01T00:00Z")
    answer = send(phone, photo=jpeg)
    assert Report.objects.get().reference in answer.text
    assert "The file was not kept." in answer.text


def test_all_photos_of_one_report_are_kept(phone, jpeg):
    send(phone, photo=[jpeg, named(b"\xff\xd8\xff another")])
    assert Report.objects.get().evidence.count() == 2


def test_of_several_photos_the_one_that_failed_is_told_and_the_others_kept(phone, jpeg):
    answer = send(phone, photo=[named(b""), jpeg])
    assert Report.objects.get().evidence.count() == 1
    assert "was not kept: it is empty" in phone.get(answer["Location"]).text


def test_several_photos_can_be_added_later(phone, jpeg):
    receipt = send(phone)["Location"]
    phone.post(f"{receipt}photo/", {"photo": [jpeg, named(b"\xff\xd8\xff another")]})
    assert "2 files received" in phone.get(receipt).text


def test_a_full_disk_does_not_put_the_report_in_doubt(phone, jpeg, monkeypatch):
    receipt = send(phone)["Location"]

    def refuse(chunks):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage, "keep", refuse)
    answer = phone.post(f"{receipt}photo/", {"photo": jpeg})
    assert answer.status_code == 507
    assert "The report is safe." in answer.text
