"""Measuring the suggestions of duplicates: figures that can be checked by hand, both parts, a clean standard output."""

import json
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from tests.stack import ROOT
from tests.triage import archive

KEYS = ("pair_precision", "pair_recall", "pair_f1", "top3_recall", "bcubed_f1")


@pytest.fixture
def file(tmp_path):
    return archive.write(tmp_path / "archive.csv")


def measured(capsys, *arguments):
    call_command("evaluate_duplicates", *map(str, arguments), "--json")
    return json.loads(capsys.readouterr().out)


def test_twins_of_a_plain_archive_are_found(capsys, file):
    found = measured(capsys, file)
    assert found["reports"] == len(archive.rows())
    assert all(found[key] > 0.9 for key in KEYS)


def test_figures_of_a_handful_can_be_checked_by_hand(capsys, tmp_path):
    told = [archive.row("A", n, "Alba", "2017-08-01", f"Outlet {n}", deaths_best="7") for n in (0, 1)]
    told += [
        archive.row("B", 2, "Duna", "2017-08-20", "Outlet 2"),
        archive.row("B", 3, "Alba", "2017-09-20", "Outlet 3"),
    ]
    found = measured(capsys, archive.write(tmp_path / "four.csv", told))
    # One of two true pairs is found, and nothing wrong; of the two later twins one has its earlier one before it.
    assert [found[key] for key in ("pair_precision", "pair_recall", "top3_recall")] == [1.0, 0.5, 0.5]
    assert round(found["bcubed_f1"], 4) == round(2 * 0.75 / 1.75, 4)


def test_the_whole_file_and_both_parts_are_told(capsys, file):
    found = measured(capsys, file)
    assert found["tuning"]["events"] + found["unseen"]["events"] == found["events"] == 40
    assert set(KEYS) <= set(found["unseen"])


def test_an_event_falls_into_one_part_whatever_else_is_in_the_file(capsys, tmp_path, file):
    unseen = measured(capsys, file, "--part", "unseen")
    fewer = archive.write(tmp_path / "fewer.csv", [row for row in archive.rows() if row["event_id"] < "E3"])
    assert measured(capsys, fewer, "--part", "unseen")["events"] <= unseen["events"] == unseen["events"]


def test_the_truth_does_not_reach_the_scorer(capsys, tmp_path, file):
    """The same reports under other names of events: the same pairs are suggested, and none of them is right now."""
    shuffled = [{**row, "event_id": f"X{number}"} for number, row in enumerate(archive.rows())]
    found = measured(capsys, archive.write(tmp_path / "lies.csv", shuffled))
    assert found["pair_precision"] == 0
    assert found["bcubed_f1"] < measured(capsys, file)["bcubed_f1"]


def test_the_table_for_people_names_every_figure(capsys, file):
    call_command("evaluate_duplicates", str(file))
    table = capsys.readouterr().out
    assert all(words in table for words in ("F1 of pairs", "among the first three", "B-cubed", "unseen part"))


def test_with_json_nothing_else_stands_on_standard_output(file):
    command = [sys.executable, "manage.py", "evaluate_duplicates", str(file), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(KEYS) <= set(json.loads(done.stdout))


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "\x00\x01", "event_id,date_start\nA,never\n"])
def test_a_file_that_is_no_archive_is_refused_in_words(tmp_path, content):
    path = tmp_path / "odd.csv"
    path.write_text(content)
    with pytest.raises(CommandError, match="can't be measured"):
        call_command("evaluate_duplicates", str(path))


def test_a_file_that_is_not_there_is_refused_in_words(tmp_path):
    with pytest.raises(CommandError, match="can't be measured"):
        call_command("evaluate_duplicates", str(tmp_path / "none.csv"))
