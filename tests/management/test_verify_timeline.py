"""The check from a terminal: it says what does not hold and where, ends with 1, and knows what was written down."""

import pytest
from django.core.management import CommandError, call_command
from django.db.models import QuerySet

from incidents.actions.attach import attach
from incidents.actions.close_day import make_root
from incidents.evidence import storage
from incidents.models import Report, TimelineEntry
from tests import make


def verified(capsys, *arguments):
    """What it said, and how it ended."""
    try:
        call_command("verify_timeline", *arguments)
    except CommandError as fault:
        return capsys.readouterr().out, fault.returncode
    return capsys.readouterr().out, 0


@pytest.fixture
def report(marisol):
    return make.report(marisol)


def test_a_record_that_nobody_touched_holds(capsys, report, marisol):
    make.report(marisol)
    said, code = verified(capsys)
    assert (said.strip(), code) == ("2 incidents checked: the record holds.", 0)


def test_a_fault_is_named_with_incident_place_and_time(capsys, report):
    entry = TimelineEntry.objects.get(event="report.received")
    QuerySet(TimelineEntry).filter(pk=entry.pk).update(reason="tampered")
    said, code = verified(capsys)
    named = f"incident {report.incident}, entry 1, {entry.at:%Y-%m-%d %H:%M:%S} UTC: "
    assert (named + "the entry was changed after it was written" in said, code) == (True, 1)


def test_words_that_were_changed_are_named_without_being_told(capsys, report):
    QuerySet(Report).update(words="He gave his name as Juan.")
    said, code = verified(capsys, "--mission", "bolivia-2020")
    assert (f"report {report.reference}: what it tells of was changed" in said, "Juan" in said, code) == (
        True,
        False,
        1,
    )


def test_files_are_read_unless_told_otherwise(capsys, report):
    evidence = attach(report, storage.keep([make.photo()]))
    storage.path_of(storage.ORIGINALS, evidence.sha256).write_bytes(b"something else")
    said, code = verified(capsys)
    assert ("the file is not the one that was received" in said, code) == (True, 1)
    assert verified(capsys, "--without-files")[1] == 0


def test_roots_that_were_written_down_are_compared(capsys, report, bolivia, tmp_path):
    root = make_root(bolivia)
    paper = tmp_path / "roots.txt"
    paper.write_text(f"# evening\nbolivia-2020 {root.day} {' '.join(root.groups).upper()}\n")
    assert verified(capsys, "--root", str(paper))[1] == 0
    paper.write_text(f"{root.day} {' '.join(root.groups)[:-1]}x\n")
    said, code = verified(capsys, "--root", str(paper))
    assert ("written down is none of this record" in said, code) == (True, 1)


def test_a_mission_that_is_not_there_and_a_file_that_can_not_be_read_are_said(capsys, db, tmp_path):
    assert verified(capsys, "--mission", "nowhere")[1] == 1
    assert verified(capsys, "--root", str(tmp_path / "none"))[1] == 1


def test_close_day_prints_what_is_to_be_written_down(capsys, report, bolivia, bells):
    call_command("close_day", "bolivia-2020")
    root = bolivia.roots.get()
    assert capsys.readouterr().out.split() == ["bolivia-2020", str(root.day), *root.groups]
    assert bells == [("incidents.tasks.settle_root", str(root.pk))]
