"""Good files, spoilt at random: looking at them never raises, and never leaves a row unfinished."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from incidents.actions.attach import attach
from incidents.actions.prepare import prepare
from incidents.evidence import storage
from tests import make
from tests.evidence.corpus import SAMPLES, betrays, names
from tests.services import need

assert names()
PHOTOS = ["jpeg_exif_gps", "png_texts", "webp_exif_and_xmp", "heic_exif_and_xmp", "jpeg_for_print"]
FILMS = [
    "mp4_metadata_and_handlers",
    "webm_tags",
    "ogg_opus_comments_and_bytes_after_the_end",
    "m4a_comments_and_cover",
]
# Where, as a share of the file, and what is written there: one byte, or none for a cut.
PLACES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12)
CUTS = st.one_of(st.just(1.0), st.floats(0.05, 1))


def spoilt(content, places, cut):
    changed = bytearray(content)
    for share, byte in places:
        # Behind the signature: in front of it the file would only become another one.
        changed[max(16, int(share * len(changed)))] = byte
    return bytes(changed[: int(cut * len(changed))])


def looks_at(report, content):
    row = attach(report, storage.keep([content]))
    if row.state == "pending":
        assert prepare(row.pk)
        row.refresh_from_db()
    return row


@pytest.fixture
def report(marisol):
    return make.report(marisol)


@given(name=st.sampled_from(PHOTOS), places=PLACES, cut=CUTS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_spoilt_photo_is_looked_at_to_the_end(report, name, places, cut):
    row = looks_at(report, spoilt(SAMPLES[name].content(), places, cut))
    assert (row.state, row.preview in ("ready", "none")) == ("done", True)


# Here one byte makes the tags pass for a picture.
@example(name="mp4_metadata_and_handlers", places=[(0.953125, 1)], cut=1.0)
@given(name=st.sampled_from(FILMS), places=PLACES, cut=CUTS)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_spoilt_film_is_looked_at_to_the_end_and_betrays_nothing(report, name, places, cut):
    need("ffmpeg")
    row = looks_at(report, spoilt(SAMPLES[name].content(), places, cut))
    assert (row.state, row.preview in ("ready", "none")) == ("done", True)
    if row.preview == "ready":
        assert betrays(storage.path_of(storage.PREVIEWS, row.preview_sha256).read_bytes()) == []


@given(content=st.binary(max_size=600))
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_bytes_at_all_are_kept_and_looked_at(report, content):
    assert looks_at(report, content).state == "done"
