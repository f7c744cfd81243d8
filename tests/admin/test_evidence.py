"""Evidence at the desk: the working copy on the page, the original as a download that is written down."""

import io
import uuid

import pytest
from django.urls import reverse
from PIL import Image

from incidents.actions.attach import attach
from incidents.actions.prepare import prepare
from incidents.evidence import storage
from tests import make


@pytest.fixture
def photo(marisol, departments):
    """A small photo on a report from Santa Cruz, with its working copy made."""
    report = make.report(marisol, latitude=str(make.SANTA_CRUZ[0]), longitude=str(make.SANTA_CRUZ[1]))
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), (90, 20, 20)).save(picture, "JPEG")
    evidence = attach(report, storage.keep([picture.getvalue()]))
    prepare(evidence.pk)
    evidence.refresh_from_db()
    return evidence


def address(evidence, what):
    return reverse(f"admin:incidents_evidence_{what}", args=[getattr(evidence, "pk", evidence)])


def test_the_working_copy_is_shown_sealed(as_ramiro, photo):
    answer = as_ramiro.get(address(photo, "preview"))
    assert answer["Content-Type"] == "image/jpeg"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_original_is_a_download_and_leaves_a_line(as_ramiro, ramiro, photo):
    answer = as_ramiro.get(address(photo, "original"))
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content) == storage.path_of(storage.ORIGINALS, photo.sha256).read_bytes()
    assert photo.report.incident.timeline.get(event="evidence.downloaded").actor == ramiro


@pytest.mark.parametrize("what", ["preview", "original"])
def test_evidence_of_what_is_not_yours_is_not_there(as_ana, photo, what):
    assert as_ana.get(address(photo, what)).status_code == 404
    assert as_ana.get(address(uuid.uuid4(), what)).status_code == 404
    assert not photo.report.incident.timeline.filter(event="evidence.downloaded").exists()


def test_a_file_that_is_gone_from_disk_is_not_found(as_ramiro, photo):
    storage.path_of(storage.ORIGINALS, photo.sha256).unlink()
    assert as_ramiro.get(address(photo, "original")).status_code == 404
