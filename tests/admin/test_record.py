"""The record at the desk: roots to write down and compare, the mark by the timeline, the logbook, evidence bundles."""

import io
import random
import subprocess
import sys
import uuid
import zipfile

import pytest
from django.core.management import CommandError, call_command
from django.db.models import QuerySet
from django.urls import reverse

from incidents.actions.attach import attach
from incidents.actions.close_day import make_root
from incidents.actions.merge import merge
from incidents.actions.record import log
from incidents.actions.talk import reply
from incidents.evidence import storage
from incidents.models import LogbookEntry, MissionRoot, TimelineEntry
from tests import make

ROOTS = reverse("admin:incidents_missionroot_changelist")
MAKE, COMPARE = reverse("admin:incidents_missionroot_make"), reverse("admin:incidents_missionroot_compare")
LOGBOOK = reverse("admin:incidents_logbookentry_changelist")


def page(incident, name="change"):
    return reverse(f"admin:incidents_incident_{name}", args=[incident.pk])


@pytest.fixture
def incident(marisol):
    return make.incident(marisol)


# -- roots -------------------------------------------------------------------------------------------------------------


def test_a_root_is_made_by_a_click_and_shown_in_groups(as_sofia, incident, bolivia):
    shown = as_sofia.get(as_sofia.post(MAKE, {"mission": bolivia.pk}).url).content.decode()
    root = bolivia.roots.get()
    assert [f"<code>{group}</code>" in shown for group in root.groups] == [True] * 8
    assert " ".join(root.groups) in as_sofia.get(ROOTS).content.decode()
    assert LogbookEntry.objects.get().event == "root.made"


def test_only_missions_of_ones_own_get_a_root(as_sofia, bolivia):
    other = make.mission("elsewhere-2021")
    make_root(other)
    asked = [as_sofia.post(MAKE, {"mission": given}).status_code for given in (other.pk, "no", "9" * 400, "")]
    assert (asked, MissionRoot.objects.filter(mission=other).count()) == ([404] * 4, 1)
    assert as_sofia.get(ROOTS).context["cl"].result_count == 0


def test_what_was_written_down_matches_or_not(as_sofia, incident, bolivia):
    root = make_root(bolivia)
    spoken = "  ".join(root.groups).upper()
    same = as_sofia.post(COMPARE, {"written": spoken})
    other = as_sofia.post(COMPARE, {"written": spoken.replace(spoken[0], "0" if spoken[0] != "0" else "1")})
    assert (same.context["same"], other.context["same"]) == (root, None)
    assert ("It matches" in same.content.decode(), "does not match" in other.content.decode()) == (True, True)


@pytest.mark.parametrize("written", ["", "12ab", "zz", "0" * 65])
def test_what_is_no_root_is_refused_beside_the_field(as_sofia, bolivia, written):
    answer = as_sofia.post(COMPARE, {"written": written})
    assert (answer.status_code, answer.context["form"].errors.keys()) == (422, {"written"})


def test_roots_of_another_mission_match_nothing(as_sofia, bolivia):
    root = make_root(make.mission("elsewhere-2021"))
    assert as_sofia.post(COMPARE, {"written": root.root}).context["same"] is None


# -- the mark by the timeline ------------------------------------------------------------------------------------------


def test_the_timeline_says_whether_the_record_holds(as_ana, incident):
    before = as_ana.get(page(incident)).content.decode()
    assert ("The record holds" in before, incident.chain.head[:8] in before) == (True, True)
    QuerySet(TimelineEntry).filter(event="report.received").update(event="report.revised")
    after = as_ana.get(page(incident)).content.decode()
    assert "The record differs" in after
    assert "the entry was changed after it was written" in after


# -- the logbook -------------------------------------------------------------------------------------------------------


def listed(answer):
    return [entry.event for entry in answer.context["cl"].result_list]


@pytest.fixture
def logged(bolivia, sofia, ramiro):
    log(bolivia, "account.signed_in", actor=sofia)
    log(bolivia, "phone.lost", actor=ramiro, reason="Taken at a checkpoint", person=7, phones=1, safe="no")
    log(bolivia, "unheard.of", actor=None)
    log(make.mission("elsewhere-2021"), "account.signed_out", actor=sofia)
    log(None, "account.refused", actor=None)


def test_mission_admins_read_their_logbook_in_words(as_sofia, logged):
    answer = as_sofia.get(LOGBOOK)
    assert listed(answer) == ["unheard.of", "phone.lost", "account.signed_in"]
    said = answer.content.decode()
    assert "Phone of person 7 lost or taken; phones ended: 1" in said
    assert ["Taken at a checkpoint" in said, "safe no" in said, "unheard.of" in said] == [True] * 3


def test_the_logbook_is_narrowed_by_who_what_and_day(as_sofia, logged, ramiro, bolivia):
    assert listed(as_sofia.get(LOGBOOK, {"actor": ramiro.pk})) == ["phone.lost"]
    assert listed(as_sofia.get(LOGBOOK, {"actor": "none"})) == ["unheard.of"]
    assert listed(as_sofia.get(LOGBOOK, {"event": "account.signed_in"})) == ["account.signed_in"]
    assert listed(as_sofia.get(LOGBOOK, {"event": "account.refused"})) == []
    day = LogbookEntry.objects.first().at.astimezone(bolivia.zone).date()
    assert len(listed(as_sofia.get(LOGBOOK, {"day": day.isoformat()}))) == 3
    assert listed(as_sofia.get(LOGBOOK, {"day": "2020-13-40"})) == []


# -- evidence bundles --------------------------------------------------------------------------------------------------


@pytest.fixture
def full(marisol, ramiro, bolivia):
    """An incident with all that there can be, under a root."""
    nilda = make.monitor("nilda", bolivia)
    one, other = make.report(marisol), make.report(nilda, words="Nos cerraron el paso.")
    attach(one, storage.keep([make.photo()]))
    asked = make.question(one, ramiro)
    reply(asked, reply_id=uuid.uuid4(), text="Four of them.", monitor=marisol, device=None)
    kept = merge(one.incident_id, other.incident_id, actor=ramiro)
    make.report(marisol)
    make_root(bolivia)
    make_root(bolivia)
    return kept


def made(client, incident, reason="For the lawyer of the mission"):
    answer = client.post(page(incident, "bundle"), {"reason": reason})
    return answer, b"".join(answer.streaming_content) if answer.streaming else b""


def checked(folder, *arguments):
    """What its own verifier says, with nothing but Python's standard library."""
    command = [sys.executable, "-I", "-S", str(folder / "verify.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return done.stdout, done.returncode


def test_a_bundle_is_checked_by_bare_python_and_every_changed_byte_is_named(as_sofia, full, tmp_path):
    answer, content = made(as_sofia, full)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    tmp_path = tmp_path / "bundle"
    zipfile.ZipFile(io.BytesIO(content)).extractall(tmp_path)
    said, code = checked(tmp_path)
    assert (code, "HOLDS" in said, " ".join(full.mission.roots.last().groups) in said) == (0, True, True), said
    assert "SE SOSTIENE" in checked(tmp_path, "--es")[0]
    draw = random.Random(7)
    for path in sorted(path for path in tmp_path.rglob("*") if path.is_file() and path.name != "verify.py"):
        whole = path.read_bytes()
        spoilt = bytearray(whole)
        spoilt[draw.randrange(len(whole))] ^= 1
        path.write_bytes(spoilt)
        said, code = checked(tmp_path)
        assert (code, path.name in said or path.name == "MANIFEST.sha256") == (1, True), (path, said)
        path.write_bytes(whole)


def test_a_bundle_that_was_changed_with_its_manifest_is_named_by_the_chain(as_sofia, full, tmp_path):
    tmp_path = tmp_path / "bundle"
    zipfile.ZipFile(io.BytesIO(made(as_sofia, full)[1])).extractall(tmp_path)
    manifest = tmp_path / "MANIFEST.sha256"
    lines = manifest.read_text().splitlines()
    timeline = tmp_path / "timeline" / f"{full.pk}.jsonl"
    timeline.write_text("".join(timeline.read_text().splitlines(keepends=True)[:-1]))
    manifest.write_text("\n".join(line for line in lines if "timeline" not in line and "statements/report" not in line))
    for path in (tmp_path / "statements" / "report").iterdir():
        path.unlink()
    said, code = checked(tmp_path)
    assert ("does not end where it should" in said, "is missing" in said, code) == (True, True, 1)


def test_a_bundle_holds_codes_and_no_names_and_stands_in_the_timeline(as_sofia, sofia, full, marisol):
    _answer, content = made(as_sofia, full)
    archive = zipfile.ZipFile(io.BytesIO(content))
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert [word in everything for word in (b"desk.example", sofia.email.encode(), b"Four of them.")] == [
        False,
        False,
        True,
    ]
    entry = TimelineEntry.objects.get(event="bundle.made")
    assert (entry.actor, entry.reason, entry.detail["reports"]) == (sofia, "For the lawyer of the mission", 2)


def test_two_bundles_of_the_same_differ_only_in_when_and_why(as_sofia, full):
    first, second = (zipfile.ZipFile(io.BytesIO(made(as_sofia, full)[1])) for _turn in range(2))
    assert first.namelist() == second.namelist()
    differing = {name for name in first.namelist() if first.read(name) != second.read(name)}
    assert differing == {"bundle.json", "heads.jsonl", "MANIFEST.sha256", f"timeline/{full.pk}.jsonl"}
    assert {info.date_time for info in first.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_bundle_needs_a_reason(as_sofia, full):
    answer, _content = made(as_sofia, full, reason=" ")
    assert (answer.status_code, "Give a reason" in answer.content.decode()) == (422, True)
    assert not TimelineEntry.objects.filter(event="bundle.made").exists()


def test_a_large_file_passes_through_in_pieces(as_sofia, full, marisol):
    report = full.reports.first()
    attach(report, storage.keep(bytes([number % 251]) * (1 << 16) for number in range(160)))
    answer = as_sofia.post(page(full, "bundle"), {"reason": "x"})
    sizes = [len(part) for part in answer.streaming_content]
    assert (max(sizes) < 1 << 18, sum(sizes) > 10_000_000) == (True, True)


def test_the_command_writes_a_bundle_to_a_new_file_only(full, tmp_path):
    target = tmp_path / "bundle.zip"
    call_command("evidence_bundle", str(full.pk), str(target), "--reason", "Court order 7")
    assert zipfile.ZipFile(target).testzip() is None
    for wrong in (str(full.pk), str(uuid.uuid4()), "none"):
        with pytest.raises(CommandError):
            call_command(
                "evidence_bundle", wrong, str(target if wrong == str(full.pk) else tmp_path / "x"), "--reason", "x"
            )
    assert sorted(path.name for path in tmp_path.glob("*.zip")) == ["bundle.zip"]
