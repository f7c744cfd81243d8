"""Files in pieces: over breaks and days, by anyone who knows the name, and nothing but what was announced."""

import hashlib
import socket
import uuid

import pytest
from django.test import Client

from incidents.evidence import partial, storage
from incidents.evidence.inspect import MAX_FILE_BYTES
from incidents.intake.pieces import LIMIT
from incidents.models import Evidence, Report
from tests import make
from tests.intake.sealed import announced, noise, piece, put, seal
from tests.services import wait_until

pytestmark = pytest.mark.django_db


@pytest.fixture
def photo():
    return make.photo()


def addressed(phone, content, travelling=None):
    """A stored report that announces the file; the file's address."""
    here, file = uuid.uuid4(), announced(content, travelling)
    assert put(phone, report_id=here, files=[file]).json()["missing"] == [file["name"]]
    return f"/api/v1/reports/{here}/files/{file['name']}"


def standing(client, address):
    answer = client.head(address)
    return answer.status_code, answer.get("Upload-Offset"), answer.get("Upload-Complete")


def test_a_file_arrives_in_pieces_and_is_kept_whole(phone, photo):
    address = addressed(phone, photo)
    for start in range(0, len(photo), 1000):
        answer = piece(phone, address, photo[start : start + 1000], start, last=start + 1000 >= len(photo))
    assert (answer.status_code, answer["Upload-Complete"]) == (204, "?1")
    assert storage.path_of(storage.ORIGINALS, Evidence.objects.get().sha256).read_bytes() == photo


def test_a_sealed_file_is_opened_and_kept_as_it_was(phone, photo):
    travelling = seal(photo)
    piece(phone, addressed(phone, photo, travelling), travelling, 0, last=True)
    kept = Evidence.objects.get()
    assert (kept.sha256, kept.size, kept.media_type) == (hashlib.sha256(photo).hexdigest(), len(photo), "image/jpeg")


def test_another_phone_without_a_cookie_may_bring_the_bytes(phone, photo):
    address = addressed(phone, photo)
    piece(phone, address, photo[:500], 0, last=False)
    assert standing(Client(), address) == (204, "500", "?0")
    assert piece(Client(), address, photo[500:], 500, last=True)["Upload-Complete"] == "?1"


def test_a_piece_at_the_wrong_offset_is_409_and_told_the_right_one(phone, photo):
    address = addressed(phone, photo)
    piece(phone, address, photo[:500], 0, last=False)
    answer = piece(phone, address, photo[400:900], 400, last=False)
    assert (answer.status_code, answer["Upload-Offset"]) == (409, "500")
    assert standing(phone, address)[1] == "500"


def test_bytes_that_do_not_fit_the_name_are_422_and_begin_again(phone, photo):
    address = addressed(phone, photo)
    answer = piece(phone, address, b"\0" * len(photo), 0, last=True)
    assert (answer.status_code, standing(phone, address)) == (422, (204, "0", "?0"))
    assert piece(phone, address, photo, 0, last=True).status_code == 204


def test_a_whole_file_sent_again_changes_nothing(phone, photo):
    address = addressed(phone, photo)
    piece(phone, address, photo, 0, last=True)
    assert piece(phone, address, photo, 0, last=True)["Upload-Complete"] == "?1"
    assert Evidence.objects.count() == 1


def test_all_bytes_but_no_end_are_finished_by_an_empty_last_piece(phone, photo):
    address = addressed(phone, photo)
    piece(phone, address, photo, 0, last=False)
    assert piece(phone, address, b"", len(photo), last=True)["Upload-Complete"] == "?1"


@pytest.mark.parametrize("name", ["f" * 64, "x", "..", "F" * 64])
def test_a_file_that_nobody_announced_is_404(phone, photo, name):
    address = addressed(phone, photo).rpartition("/")[0]
    assert piece(phone, f"{address}/{name}", photo, 0, last=True).status_code == 404
    assert Evidence.objects.count() == 0


def test_a_file_that_is_too_large_is_413_before_it_is_read(phone, photo):
    answer = piece(phone, addressed(phone, photo), b"x", LIMIT, last=False)
    assert (answer.status_code, LIMIT > MAX_FILE_BYTES) == (413, True)


@pytest.mark.parametrize(
    ("offset", "complete", "kind", "status"),
    [
        ("-1", "?0", "application/partial-upload", 400),
        ("x", "?0", "application/partial-upload", 400),
        ("9" * 40, "?0", "application/partial-upload", 400),
        ("0", "1", "application/partial-upload", 400),
        ("0", "?1", "image/jpeg", 415),
        ("٣", "?1", "application/partial-upload", 409),
    ],
)
def test_headers_that_can_not_be_read_are_named(phone, photo, offset, complete, kind, status):
    headers = {"Upload-Offset": offset, "Upload-Complete": complete}
    answer = phone.patch(addressed(phone, photo), photo, content_type=kind, headers=headers)
    assert answer.status_code == status
    assert Evidence.objects.count() == 0


def test_a_file_may_be_announced_by_a_later_text(phone, photo):
    here = uuid.uuid4()
    put(phone, report_id=here)
    assert put(phone, report_id=here, words="And a photo.", files=[announced(photo)]).status_code == 202
    address = f"/api/v1/reports/{here}/files/{announced(photo)['name']}"
    assert piece(phone, address, photo, 0, last=True).status_code == 204
    assert Report.objects.get().evidence.count() == 1


def test_a_sealed_file_that_can_not_be_opened_is_kept_as_it_came(phone, photo):
    travelling = bytearray(seal(photo))
    travelling[-1] ^= 1
    piece(phone, addressed(phone, photo, bytes(travelling)), bytes(travelling), 0, last=True)
    kept = Evidence.objects.get()
    assert storage.path_of(storage.ORIGINALS, kept.sha256).read_bytes() == bytes(travelling)
    assert kept.report.incident.timeline.filter(event="evidence.differs").exists()


def test_a_full_disk_keeps_what_arrived_and_says_507(phone, photo, monkeypatch):
    address = addressed(phone, photo)
    piece(phone, address, photo[:500], 0, last=False)
    monkeypatch.setattr(partial.os, "pwrite", _no_room)
    answer = piece(phone, address, photo[500:], 500, last=True)
    assert (answer.status_code, answer["Retry-After"]) == (507, "30")
    assert standing(phone, address)[1] == "500"


def _no_room(*_):
    raise OSError(28, "No space left on device")


@pytest.mark.django_db(transaction=True)
def test_a_line_that_breaks_keeps_the_bytes_that_came_before(phone, live_server):
    content = noise(60_000)
    address = addressed(phone, content)
    head = (
        f"PATCH {address} HTTP/1.1\r\nHost: {live_server.thread.host}\r\nContent-Length: 60000\r\nUpload-Offset: 0\r\n"
    )
    head += "Upload-Complete: ?1\r\nContent-Type: application/partial-upload\r\n\r\n"
    with socket.create_connection((live_server.thread.host, live_server.thread.port)) as line:
        line.sendall(head.encode() + content[:40_000])
    wait_until(lambda: standing(phone, address)[1] == "40000", what="the bytes before the break")
    assert piece(phone, address, content[40_000:], 40_000, last=True)["Upload-Complete"] == "?1"


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_hangs_keeps_nobody_from_sending_the_rest(phone, live_server, photo):
    address = addressed(phone, photo)
    head = f"PATCH {address} HTTP/1.1\r\nHost: {live_server.thread.host}\r\nContent-Length: {len(photo)}\r\n"
    head += "Upload-Offset: 0\r\nUpload-Complete: ?1\r\nContent-Type: application/partial-upload\r\n\r\n"
    with socket.create_connection((live_server.thread.host, live_server.thread.port)) as line:
        line.sendall(head.encode() + photo[:2048])
        wait_until(lambda: standing(phone, address)[1] == "2048", what="the first slice")
        assert piece(phone, address, photo[2048:], 2048, last=True)["Upload-Complete"] == "?1"
    assert Evidence.objects.get().size == len(photo)
