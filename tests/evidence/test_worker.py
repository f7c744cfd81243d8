"""Hostile files and a real worker: each is looked at, the worker lives, and a film's parts come through the server."""

import os
import signal
import urllib.request

import pytest

from tests import make
from tests.chaos.init import children
from tests.evidence.corpus import SAMPLES, names
from tests.services import need, wait_until
from tests.stack import Visitor, build

HOSTILE = (
    "jpeg_pixel_bomb",
    "png_text_bomb",
    "png_data_bomb",
    "webp_pixel_bomb",
    "heic_absurd_boxes",
    "noise",
    "pdf_and_jpeg",
)
HOSTILE_FILMS = ("mp4_absurd_boxes", "boxes_deep_within_boxes")


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    made = build(tmp_path_factory.mktemp("hostile"))
    made.start("web", "worker")
    yield made
    made.stop()


def test_hostile_files_end_no_worker_and_good_ones_are_seekable(stack):
    need("ffmpeg")
    assert names()
    phone = Visitor(stack.base_url)
    phone.send(phone.get(stack.demo()["monitor_links"][0]))
    sent = [*HOSTILE, *HOSTILE_FILMS, "mp4_metadata_and_handlers"]
    files = [("photo", f"{name}.jpg", SAMPLES[name].content()) for name in sent]
    receipt = phone.send(phone.get("/report/"), "/report/", files=files, **make.fields(place=""))
    assert receipt.status == 200
    before = stack.rows("SELECT count(*) FROM incidents_evidence")
    unfinished = "SELECT count(*) FROM incidents_evidence WHERE state <> 'done'"
    wait_until(lambda: stack.rows(unfinished) == [(0,)], 90, what="the worker")
    assert before == [(len(sent),)]
    assert stack.processes["worker"].poll() is None
    assert "WorkerLost" not in stack.log("worker")
    assert "Traceback" not in stack.log("worker")
    assert part_of_the_film(stack) == (206, b"ftyp")


def test_children_killed_while_they_wait_leave_their_queue_to_the_others(stack):
    """One of two holds the queue's lock, and nobody can tell which; so both are killed, one after the other."""
    worker, triaged = stack.processes["worker"].pid, "SELECT count(*) FROM incidents_assessment WHERE state = 'done'"
    for child in children(worker):
        os.kill(child, signal.SIGKILL)
        wait_until(lambda child=child: child not in children(worker) and len(children(worker)) == 2, what="a new child")
    phone = Visitor(stack.base_url)
    phone.send(phone.get(stack.demo()["monitor_links"][1]))
    before = stack.rows(triaged)[0][0]
    assert phone.send(phone.get("/report/"), "/report/", **make.fields(place="")).status == 200
    wait_until(lambda: stack.rows(triaged) == [(before + 1,)], 30, what="its triage")


def part_of_the_film(stack):
    """What a player gets that asks for bytes 4 to 7, from the desk, signed in."""
    ((evidence,),) = stack.rows("SELECT id FROM incidents_evidence WHERE preview_type = 'video/mp4'")
    entry = stack.demo()["coordinators"][0]
    desk = Visitor(stack.base_url)
    desk.send(desk.get(entry["url"]), username=entry["username"], password=entry["password"])
    request = urllib.request.Request(f"{stack.base_url}/admin/incidents/incident/evidence/{dashed(evidence)}/preview/")
    request.add_header("Range", "bytes=4-7")
    with desk.opener.open(request, timeout=30) as answer:
        return answer.status, answer.read()


def dashed(key):
    plain = str(key).replace("-", "")
    return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))
