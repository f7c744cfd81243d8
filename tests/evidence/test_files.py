"""Files: durable under their hash, told apart by their bytes, and shown only as rebuilt from pixels."""

import hashlib
import io
import os
import stat

import pillow_heif
import pytest
from PIL import Image

from incidents.actions.attach import attach
from incidents.actions.prepare import prepare
from incidents.evidence import inspect, media, storage
from tests import make


def evidence(marisol, content):
    row = attach(make.report(marisol), storage.keep([content]))
    assert prepare(row.pk)
    row.refresh_from_db()
    return row


def test_a_file_lies_under_its_hash_untouched():
    content = make.photo(secret=b"kept in the original")
    stored = storage.keep([content[:100], content[100:]])
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert storage.path_of(storage.ORIGINALS, stored.sha256).read_bytes() == content
    assert (stored.size, stored.media_type) == (len(content), "image/jpeg")


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "image/heic"),
        (b"\0\0\0\x14ftypmif1\0\0\0\0mif1", "image/heif"),
        (b"\0\0\0\x14ftypavif\0\0\0\0mif1", inspect.UNKNOWN),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", inspect.UNKNOWN),
        (b"\0\0\0\x18ftypmp42\0\0\0\0isom", "video/mp4"),
        (b"\0\0\0\x18ftypwxyz\0\0\0\0isom", "video/mp4"),
        (b"\0\0\0\x10ftypwxyz\0\0\0\0isom", inspect.UNKNOWN),
        (b"\0\0\0\x14ftypqt  ", "video/quicktime"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "video/quicktime"),
        (b"\0\0\0\x18ftyp3gp5\0\0\0\0isom", "video/3gpp"),
        (b"\0\0\0\x18ftypM4A \0\0\0\0isom", "audio/mp4"),
        (b"OggS\0\2" + b"\0" * 22 + b"\1\x1e\1vorbis", "audio/ogg"),
        (b"OggS\0\2" + b"\0" * 22 + b"\1\x2a\x80theora", "video/ogg"),
        (b"\x1aE\xdf\xa3\x9f\x42\x86\x81\1\x42\x82\x84webm", "video/webm"),
        (b"\x1aE\xdf\xa3\xa3\x42\x82\x88matroska", "video/x-matroska"),
        (b"\x1aE\xdf\xa3\x9f\x42\x82\x84evil", inspect.UNKNOWN),
        (b"%PDF-1.7", "application/pdf"),
        (b"GIF89a", inspect.UNKNOWN),
        (b"<html>", inspect.UNKNOWN),
        (b"", inspect.UNKNOWN),
    ],
)
def test_types_by_signature(head, expected):
    assert inspect.media_type(head) == expected


def test_a_preview_keeps_no_metadata(marisol):
    row = evidence(marisol, make.photo(secret=b"SECRET-WORD"))
    shown = storage.path_of(storage.PREVIEWS, row.preview_sha256).read_bytes()
    assert row.preview == "ready"
    assert b"SECRET-WORD" not in shown
    assert Image.open(io.BytesIO(shown)).size == (640, 480)


def pictures(row):
    """The working copy and the thumbnail, opened."""
    return [
        Image.open(storage.path_of(storage.PREVIEWS, sha256)) for sha256 in (row.preview_sha256, row.thumbnail_sha256)
    ]


def saved(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_working_copy_has_at_most_1600_pixels_a_side_and_a_thumbnail_320(marisol, kind):
    pillow_heif.register_heif_opener()
    copies = pictures(evidence(marisol, saved(Image.new("RGB", (2_000, 1_000), "teal"), kind)))
    assert [(copy.format, copy.size) for copy in copies] == [("JPEG", (1_600, 800)), ("JPEG", (320, 160))]
    assert not any(
        copy.getexif() or set(copy.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"} for copy in copies
    )


def test_a_photo_taken_sideways_is_shown_upright(marisol):
    turned = Image.Exif()
    turned[0x0112] = 6
    row = evidence(marisol, saved(Image.new("RGB", (400, 100), "teal"), "JPEG", exif=turned))
    assert [copy.size for copy in pictures(row)] == [(100, 400), (80, 320)]


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_was_erased_from_a_photo_does_not_come_back(marisol, kind):
    """Editors erase by making pixels transparent; their colours are still there."""
    erased = Image.new("RGBA", (64, 64), (200, 0, 0, 0))
    row = evidence(marisol, saved(erased, kind, lossless=True, exact=True))
    assert pictures(row)[0].getpixel((32, 32)) == (255, 255, 255)


def test_of_a_moving_picture_the_first_is_shown(marisol):
    first, second = Image.new("RGB", (64, 64), "white"), Image.new("RGB", (64, 64), "black")
    row = evidence(marisol, saved(first, "WEBP", save_all=True, append_images=[second], lossless=True))
    assert pictures(row)[0].getpixel((32, 32)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("media_type", "kind"),
    [
        ("image/heif", "photo"),
        ("video/quicktime", "video"),
        ("audio/ogg", "audio"),
        ("application/pdf", "document"),
        ("application/octet-stream", "unknown"),
        ("image/svg+xml", "unknown"),
    ],
)
def test_what_a_person_would_call_a_file(media_type, kind):
    assert inspect.kind_of(media_type).value == kind
    assert inspect.is_photo(media_type) is (kind == "photo")


def test_without_ffmpeg_a_film_is_kept_and_marked(marisol, monkeypatch):
    monkeypatch.setattr(media.shutil, "which", lambda _: None)
    row = evidence(marisol, b"\0\0\0\x18ftypmp42\0\0\0\0isommp42")
    assert (row.media_type, row.state, row.preview) == ("video/mp4", "done", "unsupported")


def test_a_store_that_refuses_the_copy_has_it_tried_again(marisol, monkeypatch):
    row = attach(make.report(marisol), storage.keep([make.photo()]))
    monkeypatch.setattr(storage, "keep", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    assert not prepare(row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.preview) == ("pending", 1, "waiting")


@pytest.mark.parametrize(
    ("content", "preview"),
    [
        (b"\xff\xd8\xff\xe0 cut short", "none"),
        (b"MZ no photo at all", "unsupported"),
        (b"\x89PNG\r\n\x1a\n", "none"),
        (b"%PDF-1.4", "unsupported"),
    ],
)
def test_what_cannot_be_read_is_kept_and_marked(marisol, content, preview):
    row = evidence(marisol, content)
    assert (row.state, row.preview) == ("done", preview)
    assert storage.path_of(storage.ORIGINALS, row.sha256).read_bytes() == content


@pytest.mark.parametrize(("size", "preview"), [((10_000, 6_000), "none"), ((8_000, 6_000), "ready")])
def test_a_picture_of_more_than_50_megapixels_is_not_decoded(marisol, size, preview):
    """Pillow by itself refuses only at twice its limit."""
    buffer = io.BytesIO()
    Image.new("1", size).save(buffer, "PNG")
    assert evidence(marisol, buffer.getvalue()).preview == preview


def test_the_same_file_twice_is_one_piece_of_evidence(marisol):
    report = make.report(marisol)
    stored = storage.keep([make.photo()])
    assert attach(report, stored).pk == attach(report, storage.keep([make.photo()])).pk
    assert report.evidence.count() == 1


def test_a_file_is_on_disk_before_it_has_its_name_and_its_name_before_anybody_is_told(monkeypatch):
    """The order that survives a power cut: the bytes, the name, the folders that hold the name."""
    done, sync, rename = [], os.fsync, os.rename

    def told_sync(descriptor):
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "bytes")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", told_sync)
    monkeypatch.setattr(os, "rename", lambda *paths: (done.append("name"), rename(*paths)))
    storage.keep([b"any"])
    assert done == ["bytes", "name", "folder", "folder"]


def test_no_temporary_file_is_left_behind(settings):
    def broken():
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        storage.keep(broken())
    assert not [path for path in settings.EVIDENCE_DIR.rglob("*") if path.is_file()]
