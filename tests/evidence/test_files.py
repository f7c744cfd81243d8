"""Files: durable under their hash, told apart by their bytes, and shown only as rebuilt from pixels."""

import hashlib
import io
import sys
from types import SimpleNamespace

import pytest
from PIL import Image

from incidents.actions.attach import attach
from incidents.actions.prepare import prepare
from incidents.evidence import inspect, preview, storage
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


@pytest.mark.parametrize("content", [b"\xff\xd8\xff\xe0 cut short", b"MZ no photo at all", b"\x89PNG\r\n\x1a\n"])
def test_what_cannot_be_read_is_kept_and_marked(marisol, content):
    row = evidence(marisol, content)
    assert (row.state, row.preview) == ("done", "none")
    assert storage.path_of(storage.ORIGINALS, row.sha256).read_bytes() == content


@pytest.mark.parametrize(("size", "preview"), [((10_000, 6_000), "none"), ((8_000, 6_000), "ready")])
def test_a_picture_of_more_than_50_megapixels_is_not_decoded(marisol, size, preview):
    """Pillow by itself refuses only at twice its limit."""
    buffer = io.BytesIO()
    Image.new("1", size).save(buffer, "PNG")
    assert evidence(marisol, buffer.getvalue()).preview == preview


@pytest.fixture
def in_its_place(monkeypatch, tmp_path):
    """A program that runs as the preview's, on its terms; True where it ended well and wrote its target."""

    def run(body):
        program, target = tmp_path / "program", tmp_path / "target"
        program.write_text(f"#!{sys.executable}\nimport resource, sys\n{body}")
        program.chmod(0o700)
        monkeypatch.setattr(preview, "sys", SimpleNamespace(executable=str(program)))
        return preview._rebuild(tmp_path / "source", target), target

    return run


@pytest.mark.parametrize(("size", "ends_well"), [(2 << 30, False), (1 << 20, True)])
def test_a_photo_that_wants_too_much_memory_ends_its_own_process_only(in_its_place, size, ends_well):
    done, _target = in_its_place(f"open(sys.argv[4], 'wb').write(bytes(bytearray({size}))[:1])")
    assert done is ends_well


def test_the_previews_process_may_use_20_seconds_of_processor_and_no_more(in_its_place):
    done, target = in_its_place("open(sys.argv[4], 'w').write(str(resource.getrlimit(resource.RLIMIT_CPU)))")
    assert done
    assert target.read_text() == "(20, 20)"


def test_the_same_file_twice_is_one_piece_of_evidence(marisol):
    report = make.report(marisol)
    stored = storage.keep([make.photo()])
    assert attach(report, stored).pk == attach(report, storage.keep([make.photo()])).pk
    assert report.evidence.count() == 1


def test_no_temporary_file_is_left_behind(settings):
    def broken():
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        storage.keep(broken())
    assert not [path for path in settings.EVIDENCE_DIR.rglob("*") if path.is_file()]
