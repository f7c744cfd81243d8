"""Films and recordings: what is copied, what is coded anew, and what of the picture must survive."""

import json
import struct
import subprocess

import pytest
from PIL import Image

from incidents.actions.attach import attach
from incidents.actions.prepare import prepare
from incidents.evidence import media, storage
from tests import make
from tests.evidence import corpus_films
from tests.evidence.corpus import SAMPLES
from tests.services import need

# The matrix in a track's head, which phones write instead of turning the pictures.
UPRIGHT = (1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
QUARTER_TURN = (0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)


@pytest.fixture(autouse=True)
def ffmpeg():
    need("ffmpeg")


def prepared(marisol, content):
    row = attach(make.report(marisol), storage.keep([content]))
    assert prepare(row.pk)
    row.refresh_from_db()
    return row


def probed(row):
    """What ffprobe finds in the working copy, its tags and side data included."""
    path = storage.path_of(storage.PREVIEWS, row.preview_sha256)
    command = ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-show_chapters", "-of", "json", str(path)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


@pytest.mark.parametrize(
    ("name", "codecs"),
    [
        ("mp4_metadata_and_handlers", ["h264", "aac"]),
        ("mp4_extra_tracks_and_chapters", ["h264", "aac"]),
        ("mp4_that_no_browser_plays", ["h264", "aac"]),
        ("third_generation", ["h264", "aac"]),
        ("matroska_subtitles_and_attachment", ["h264", "aac"]),
        ("webm_comments_in_the_sounds_own_head", ["vp9", "opus"]),
        ("m4a_comments_and_cover", ["aac"]),
        ("ogg_vorbis_comments", ["vorbis"]),
    ],
)
def test_a_copy_holds_one_picture_and_one_sound_that_browsers_play(marisol, name, codecs):
    found = probed(prepared(marisol, SAMPLES[name].content()))
    assert [stream["codec_name"] for stream in found["streams"]] == codecs
    assert found["chapters"] == []


def test_a_film_held_upright_stays_upright(marisol):
    lying = corpus_films.film(*corpus_films.VIDEO, *corpus_films.H264, kind="mp4")
    as_it_lies, turned = struct.pack(">9i", *UPRIGHT), struct.pack(">9i", *QUARTER_TURN)
    before, _, after = lying.rpartition(as_it_lies)
    row = prepared(marisol, before + turned + after)
    assert probed(row)["streams"][0]["side_data_list"][0]["rotation"] in (90, -90)
    assert Image.open(storage.path_of(storage.PREVIEWS, row.thumbnail_sha256)).size == (240, 320)


def test_a_films_thumbnail_is_small_and_tells_nothing(marisol):
    content = corpus_films.film("-f", "lavfi", "-i", "testsrc=s=640x360:d=1:r=5", *corpus_films.H264, kind="mp4")
    thumbnail = Image.open(storage.path_of(storage.PREVIEWS, prepared(marisol, content).thumbnail_sha256))
    assert (thumbnail.format, thumbnail.size) == ("JPEG", (320, 180))
    assert "comment" not in thumbnail.info


@pytest.mark.parametrize(
    ("streams", "shown_as"),
    [
        ([{"index": 0, "codec_type": "video", "codec_name": "h264", "width": 10_000, "height": 5_000}], "video/mp4"),
        ([{"index": 0, "codec_type": "video", "codec_name": "h264", "width": 10_000, "height": 5_001}], None),
        ([{"index": 0, "codec_type": "video", "codec_name": "h264"}], None),
        ([{"index": 0, "codec_type": "data"}], None),
        ([], None),
    ],
)
def test_no_copy_is_made_beyond_50_megapixels_or_of_nothing(streams, shown_as):
    plan = media.planned(streams)
    assert (plan and plan.media_type) == shown_as


def test_a_film_of_which_no_picture_can_be_made_is_not_shown(marisol, monkeypatch):
    monkeypatch.setattr(media, "poster", lambda *_: False)
    assert prepared(marisol, SAMPLES["mp4_metadata_and_handlers"].content()).preview == "none"


def test_a_film_cannot_pose_as_a_list_of_other_files(marisol, tmp_path, monkeypatch):
    """ffmpeg would read a playlist by what it says; the reader is chosen by the signature."""
    seen = []
    monkeypatch.setattr(media.child, "bounded", lambda *words, **_: seen.append(words) or False)
    prepared(marisol, SAMPLES["webm_tags"].content())
    (probe,) = seen
    assert probe[probe.index("-f") + 1] == "matroska"
    assert probe[probe.index("-protocol_whitelist") + 1] == "file,pipe"
