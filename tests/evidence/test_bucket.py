"""Evidence in a bucket: the same way through the product, with a real server that speaks S3."""

import hashlib
import os
import subprocess
import sys
import tempfile

import boto3
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from incidents.actions.attach import attach
from incidents.actions.prepare import prepare
from incidents.evidence import bucket, storage
from incidents.models import Evidence, Report
from tests import make
from tests.intake.conftest import enrolled, send
from tests.services import free_port, s3_server
from tests.stack import ROOT

NAME = "evidence-of-tests"


@pytest.fixture(scope="module")
def server():
    with s3_server() as url:
        yield url


@pytest.fixture
def client(server, settings):
    """The settings of a bucket, and a client of its own that looks into it."""
    settings.EVIDENCE_S3 = {"bucket": NAME, "endpoint": server, "region": "us-east-1", "key": "k", "secret": "s"}
    made = boto3.client(
        "s3", endpoint_url=server, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )
    made.create_bucket(Bucket=NAME)
    for name in objects(made):
        made.delete_object(Bucket=NAME, Key=name)
    return made


def objects(client):
    return [entry["Key"] for entry in client.list_objects_v2(Bucket=NAME).get("Contents", [])]


@pytest.fixture
def photo(client, marisol, departments):
    row = attach(make.report(marisol), storage.keep([make.photo()]))
    assert prepare(row.pk)
    row.refresh_from_db()
    return row


def local_files(settings):
    return [path for path in settings.EVIDENCE_DIR.rglob("*") if path.is_file()]


def test_a_file_lies_in_the_bucket_under_its_hash_and_nowhere_else(client, settings):
    content = make.photo(secret=b"kept in the original")
    stored = storage.keep([content[:100], content[100:]])
    name = f"originals/{stored.sha256[:2]}/{stored.sha256}"
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert client.get_object(Bucket=NAME, Key=name)["Body"].read() == content
    assert local_files(settings) == []


def test_the_same_file_is_sent_once(client):
    storage.keep([make.photo()])
    (name,) = objects(client)
    before = client.head_object(Bucket=NAME, Key=name)["LastModified"]
    client.put_object_tagging(Bucket=NAME, Key=name, Tagging={"TagSet": [{"Key": "first", "Value": "yes"}]})
    storage.keep([make.photo()])
    assert client.get_object_tagging(Bucket=NAME, Key=name)["TagSet"]
    assert client.head_object(Bucket=NAME, Key=name)["LastModified"] == before


def test_a_half_sent_file_in_the_bucket_is_replaced_by_the_whole(client):
    content = make.photo()
    sha256 = hashlib.sha256(content).hexdigest()
    client.put_object(Bucket=NAME, Key=f"originals/{sha256[:2]}/{sha256}", Body=content[:50])
    storage.keep([content])
    assert b"".join(storage.store().read(storage.ORIGINALS, sha256, 0, len(content))) == content


def test_the_desk_shows_copies_parts_and_originals_out_of_the_bucket(photo, as_ramiro):
    preview, original = (
        reverse(f"admin:incidents_evidence_{what}", args=[photo.pk]) for what in ("preview", "original")
    )
    whole = as_ramiro.get(preview).getvalue()
    assert whole.startswith(b"\xff\xd8\xff")
    part = as_ramiro.get(preview, headers={"Range": "bytes=3-9"})
    assert (part.status_code, part.getvalue()) == (206, whole[3:10])
    assert as_ramiro.post(original, {"reason": "For the lawyer."}).getvalue() == make.photo()


def test_what_is_gone_from_the_bucket_is_not_found(client, photo, as_ramiro):
    for name in objects(client):
        client.delete_object(Bucket=NAME, Key=name)
    for what in ("preview", "thumbnail", "original"):
        assert as_ramiro.get(reverse(f"admin:incidents_evidence_{what}", args=[photo.pk])).status_code == 404


def test_decoding_leaves_no_copy_on_this_machine(photo, settings):
    left = [name for name in os.listdir(tempfile.gettempdir()) if name.startswith("evidence-")]
    assert photo.preview == "ready"
    assert left == local_files(settings) == []


@pytest.mark.parametrize("broken", [{"bucket": "there-is-none"}, {"endpoint": f"http://127.0.0.1:{free_port()}"}])
def test_a_bucket_that_refuses_loses_the_photo_and_never_the_report(client, settings, marisol, broken):
    settings.EVIDENCE_S3 = {**settings.EVIDENCE_S3, **broken}
    photo = SimpleUploadedFile("photo.jpg", make.photo(), "image/jpeg")
    answer = send(enrolled(marisol), photo=photo, words="Not lost.")
    assert answer["Location"].endswith("?photo=lost#photo")
    assert Report.objects.get().words == "Not lost."
    assert Evidence.objects.count() == 0
    assert local_files(settings) == []


def test_a_bucket_that_is_away_has_the_copy_made_later(client, settings, marisol):
    row = attach(make.report(marisol), storage.keep([make.photo()]))
    there = settings.EVIDENCE_S3
    settings.EVIDENCE_S3 = {**there, "endpoint": f"http://127.0.0.1:{free_port()}"}
    assert not prepare(row.pk)
    settings.EVIDENCE_S3 = there
    Evidence.objects.update(next_try_at="2020-01-01T00:00Z")
    assert prepare(row.pk)
    assert Evidence.objects.get().preview == "ready"


def test_what_the_bucket_does_not_hold_afterwards_was_not_kept(client, settings, monkeypatch):
    monkeypatch.setattr(bucket.S3Storage, "save", lambda *_: "as if")
    with pytest.raises(OSError, match="does not hold"):
        storage.keep([make.photo()])
    assert local_files(settings) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"EVIDENCE_S3_ENDPOINT": "https://s3.example"}, "observer: EVIDENCE_S3_BUCKET is not set"),
        ({"EVIDENCE_S3_BUCKET": "b", "EVIDENCE_S3_ENDPOINT": "s3.example"}, "observer: EVIDENCE_S3_ENDPOINT is not"),
        ({"EVIDENCE_S3_BUCKET": "b", "EVIDENCE_S3_SECRET_KEY_FILE": "/no"}, "observer: EVIDENCE_S3_SECRET_KEY_FILE: "),
    ],
)
def test_a_bucket_that_is_set_by_halves_is_named_in_one_line(tmp_path, changes, said):
    environment = {"PATH": os.environ["PATH"], "SECRET_KEY": "x" * 50, "DATA_DIR": str(tmp_path), **changes}
    command = [sys.executable, "manage.py", "check"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    (line,) = done.stderr.strip().splitlines()
    assert done.returncode != 0
    assert line.startswith(said)
