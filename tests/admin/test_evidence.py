"""Evidence at the desk: the copies on the page, the original as a download that is written down."""

import io
import re
import uuid

import pytest
from django.urls import reverse
from PIL import Image

from incidents.actions.attach import attach
from incidents.actions.prepare import prepare
from incidents.evidence import storage
from incidents.models import Evidence
from tests import make

WHY = {"reason": "Asked for by the public prosecutor."}


def evidence_of(marisol, content):
    """A file on a report from Santa Cruz, with its copies made."""
    report = make.report(marisol, latitude=str(make.SANTA_CRUZ[0]), longitude=str(make.SANTA_CRUZ[1]))
    evidence = attach(report, storage.keep([content]))
    prepare(evidence.pk)
    evidence.refresh_from_db()
    return evidence


@pytest.fixture
def photo(marisol, departments):
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), (90, 20, 20)).save(picture, "JPEG")
    return evidence_of(marisol, picture.getvalue())


def address(evidence, what):
    return reverse(f"admin:incidents_evidence_{what}", args=[getattr(evidence, "pk", evidence)])


def page_of(client, evidence):
    return client.get(reverse("admin:incidents_incident_change", args=[evidence.report.incident_id])).content.decode()


@pytest.mark.parametrize("what", ["preview", "thumbnail"])
def test_the_copies_are_shown_sealed(as_ramiro, photo, what):
    answer = as_ramiro.get(address(photo, what))
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    sha256 = getattr(photo, f"{what}_sha256")
    assert answer["Content-Disposition"] == f'inline; filename="{photo.report.reference}-{sha256[:8]}.jpg"'
    assert answer.getvalue() == storage.path_of(storage.PREVIEWS, sha256).read_bytes()


def test_the_original_is_a_sealed_download_and_leaves_a_line_with_the_reason(as_ramiro, ramiro, photo):
    answer = as_ramiro.post(address(photo, "original"), WHY)
    name = f"{photo.report.reference}-{photo.sha256[:8]}.jpg"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert answer.getvalue() == storage.path_of(storage.ORIGINALS, photo.sha256).read_bytes()
    line = photo.report.incident.timeline.get(event="evidence.downloaded")
    assert (line.actor, line.reason) == (ramiro, WHY["reason"])


@pytest.mark.parametrize("reason", ["", "  ", "\x00", "x" * 5_000])
def test_an_original_is_not_given_out_without_a_reason(as_ramiro, photo, reason):
    assert as_ramiro.get(address(photo, "original"))["Content-Type"].startswith("text/html")
    answer = as_ramiro.post(address(photo, "original"), {"reason": reason})
    assert (answer.status_code, answer.get("Content-Disposition")) == (422, None)
    assert not photo.report.incident.timeline.filter(event="evidence.downloaded").exists()


@pytest.mark.parametrize(
    ("content", "ending"), [(b"%PDF-1.4", "pdf"), (b"\0\0\0\x18ftypqt  ", "mov"), (b"<html>", "bin"), (b"", "bin")]
)
def test_an_original_is_named_by_what_it_is(as_ramiro, marisol, departments, content, ending):
    answer = as_ramiro.post(address(evidence_of(marisol, content), "original"), WHY)
    assert answer["Content-Disposition"].endswith(f'.{ending}"')


@pytest.mark.parametrize("what", ["preview", "thumbnail", "original"])
def test_evidence_of_what_is_not_yours_is_not_there(as_ana, photo, what):
    assert as_ana.get(address(photo, what)).status_code == 404
    assert as_ana.get(address(uuid.uuid4(), what)).status_code == 404
    assert not photo.report.incident.timeline.filter(event="evidence.downloaded").exists()


@pytest.mark.parametrize("what", ["preview", "thumbnail"])
@pytest.mark.parametrize("content", [b"<html>", b"%PDF-1.4", b"\xff\xd8\xff broken"])
def test_what_has_no_copy_is_never_shown(as_ramiro, marisol, departments, what, content):
    assert as_ramiro.get(address(evidence_of(marisol, content), what)).status_code == 404


@pytest.mark.parametrize("state", ["waiting", "none", "unsupported"])
def test_a_copy_is_shown_only_while_the_row_says_that_it_is_ready(as_ramiro, photo, state):
    Evidence.objects.update(preview=state)
    assert as_ramiro.get(address(photo, "preview")).status_code == 404
    assert as_ramiro.get(address(photo, "thumbnail")).status_code == 404


def test_a_copy_of_a_kind_that_is_not_shown_is_only_bytes(as_ramiro, photo):
    Evidence.objects.update(preview_type="text/html")
    assert as_ramiro.get(address(photo, "preview"))["Content-Type"] == "application/octet-stream"


def test_a_copy_from_before_there_were_thumbnails_stands_for_its_own(as_ramiro, photo):
    Evidence.objects.update(thumbnail_sha256="")
    assert as_ramiro.get(address(photo, "thumbnail")).getvalue() == as_ramiro.get(address(photo, "preview")).getvalue()
    Evidence.objects.update(preview_type="audio/mp4")
    assert as_ramiro.get(address(photo, "thumbnail")).status_code == 404


@pytest.mark.parametrize(("what", "area"), [("original", storage.ORIGINALS), ("preview", storage.PREVIEWS)])
def test_a_file_that_is_gone_from_disk_is_not_found(as_ramiro, photo, what, area):
    storage.path_of(area, photo.sha256 if what == "original" else photo.preview_sha256).unlink()
    assert as_ramiro.get(address(photo, what)).status_code == 404
    assert not photo.report.incident.timeline.filter(event="evidence.downloaded").exists()


# -- parts, for players that seek --------------------------------------------------------------------------------------


@pytest.fixture
def copy(photo):
    return storage.path_of(storage.PREVIEWS, photo.preview_sha256).read_bytes()


@pytest.mark.parametrize(
    ("asked", "first", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, None),
        ("bytes=5-9", 5, 10),
        ("bytes=-7", -7, None),
        ("bytes=9-99999999", 9, None),
    ],
)
def test_a_player_gets_the_part_it_asks_for(as_ramiro, photo, copy, asked, first, stop):
    answer = as_ramiro.get(address(photo, "preview"), headers={"Range": asked, "Accept-Encoding": "gzip"})
    body = answer.getvalue()
    begin = first % len(copy)
    assert (answer.status_code, body) == (206, copy[first:stop])
    assert answer["Content-Range"] == f"bytes {begin}-{begin + len(body) - 1}/{len(copy)}"
    assert (answer["Content-Length"], answer["X-Content-Type-Options"]) == (str(len(body)), "nosniff")
    assert "Content-Encoding" not in answer


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_part_beyond_the_end_is_refused_with_the_size(as_ramiro, photo, copy, asked):
    answer = as_ramiro.get(address(photo, "preview"), headers={"Range": asked})
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(copy)}")


@pytest.mark.parametrize(
    "asked",
    ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=9-5", "bytes=0-1,3-4", "lines=0-1", "bytes=" + "9" * 5_000],
)
def test_a_range_that_is_not_understood_gets_the_whole(as_ramiro, photo, copy, asked):
    answer = as_ramiro.get(address(photo, "preview"), headers={"Range": asked})
    assert (answer.status_code, answer.getvalue(), answer["Accept-Ranges"]) == (200, copy, "bytes")


def test_a_range_under_a_condition_gets_the_whole(as_ramiro, photo, copy):
    answer = as_ramiro.get(address(photo, "preview"), headers={"Range": "bytes=0-1", "If-Range": '"x"'})
    assert (answer.status_code, answer.getvalue()) == (200, copy)


def test_asking_for_the_head_of_a_copy_tells_its_size(as_ramiro, photo, copy):
    answer = as_ramiro.head(address(photo, "preview"), headers={"Range": "bytes=0-1"})
    assert (answer.status_code, answer["Content-Length"], answer.getvalue()) == (200, str(len(copy)), b"")


# -- the page ----------------------------------------------------------------------------------------------------------


def test_the_page_shows_a_photo_as_its_thumbnail_blurred_until_asked(as_ramiro, photo):
    page = page_of(as_ramiro, photo)
    shown = re.search(
        r'<button[^>]*data-reveal="Show"[^>]*aria-pressed="false">\s*<img src="([^"]+)" data-full="([^"]+)"', page
    )
    assert shown.groups() == (address(photo, "thumbnail"), address(photo, "preview"))
    assert photo.sha256[:8] in page


@pytest.mark.parametrize(
    ("shown_as", "thumbnail", "element"),
    [
        ("video/mp4", True, "video"),
        ("video/webm", True, "video"),
        ("audio/mp4", False, "audio"),
        ("audio/ogg", False, "audio"),
    ],
)
def test_the_page_plays_films_and_sound_muted_and_fetches_nothing_before(
    as_ramiro, photo, shown_as, thumbnail, element
):
    Evidence.objects.update(preview_type=shown_as, thumbnail_sha256=photo.thumbnail_sha256 if thumbnail else "")
    page = page_of(as_ramiro, photo)
    (player,) = re.findall(rf"<{element} [^>]*>", page)
    assert address(photo, "preview") in player
    assert all(word in player for word in ('preload="none"', " muted", " controls"))
    assert ("<img" in page) is thumbnail
    assert (" hidden" in player) is thumbnail


@pytest.mark.parametrize(
    ("content", "kind", "state"),
    [
        (b"%PDF-1.4", "PDF document", "No preview for this type"),
        (b"<html>", "Unknown type", "No preview for this type"),
        (b"\xff\xd8\xff broken", "Photo", "No preview"),
    ],
)
def test_what_is_not_shown_is_a_plain_row(as_ramiro, marisol, departments, content, kind, state):
    evidence = evidence_of(marisol, content)
    page = page_of(as_ramiro, evidence)
    row = re.search(r'<figure class="exhibit-plain">(.*?)</figure>', page, re.S)[1]
    assert "<img" not in row
    assert all(word in row for word in (kind, state, evidence.sha256[:8], address(evidence, "original")))


def test_a_page_may_play_what_is_its_own_and_nothing_else(as_ramiro, photo):
    answer = as_ramiro.get(reverse("admin:incidents_incident_change", args=[photo.report.incident_id]))
    assert "media-src 'self';" in answer["Content-Security-Policy"] + ";"
