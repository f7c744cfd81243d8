"""Importing: every row once, refused rows by name, and nothing of a row's words on the screen."""

import os
import signal
from datetime import UTC, datetime

import pytest

from incidents.management import importing
from incidents.models import Incident, Report, Revision
from tests.management.log import HEADER, ROWS, account


def test_each_row_becomes_a_report_that_awaits_triage(run, sheet, bells):
    code, told = run(sheet(*ROWS))
    assert (code, account(told)) == (0, [3, 3, 0, 0, 0])
    assert [name for name, _id in bells] == ["incidents.tasks.assess_report"] * 3
    report = Report.objects.get(external_id="log.csv:1")
    assert (report.channel, report.words, report.reporter) == ("import", "They wrote down names.", None)
    assert report.assessment.state == "pending"
    assert report.consent == "internal"


def test_the_same_file_twice_adds_nothing(run, sheet):
    run(sheet(*ROWS))
    code, told = run(sheet(*ROWS))
    assert (code, account(told)) == (0, [3, 0, 3, 0, 0])
    assert Report.objects.count() == Incident.objects.count() == 3
    assert Revision.objects.count() == 0


def test_a_file_can_be_continued(run, sheet):
    run(sheet(*ROWS[:2]))
    assert account(run(sheet(*ROWS))[1]) == [3, 1, 2, 0, 0]


def test_a_changed_row_is_kept_beside_the_first(run, sheet):
    run(sheet(*ROWS))
    told = run(sheet(ROWS[0].replace("names", "numbers"), *ROWS[1:]))[1]
    assert account(told) == [3, 0, 2, 1, 0]
    assert "numbers" in Revision.objects.get().body
    assert Report.objects.get(external_id="log.csv:1").words == "They wrote down names."


def test_two_sources_may_number_alike(run, sheet):
    run(sheet(*ROWS), "--source=Hotline")
    assert account(run(sheet(*ROWS), "--source=Paper forms")[1])[1] == 3


def test_times_without_a_zone_are_the_missions_and_a_day_is_its_noon(run, sheet):
    run(sheet(*ROWS))
    when = dict(Report.objects.values_list("external_id", "occurred_at"))
    assert when["log.csv:1"] == datetime(2020, 10, 18, 16, 0, tzinfo=UTC)
    assert when["log.csv:2"] == datetime(2020, 10, 18, 13, 30, tzinfo=UTC)
    assert when["log.csv:3"] == datetime(2020, 10, 18, 13, 30, tzinfo=UTC)


def test_old_archives_are_taken_and_slips_of_the_pen_are_not(run, sheet):
    told = run(sheet("1;1952-04-09;other;;;", "2;0202-10-18;other;;;", "3;2999-10-18;other;;;"))[1]
    assert account(told) == [3, 1, 0, 0, 2]


def test_the_day_it_was_received_can_be_given(run, sheet):
    path = sheet("1;2019-11-15", "2;2999-01-01", header="no;came")
    told = run(path, mapped=("external_id=no", "received_at=came", "categories:=other"))[1]
    assert account(told) == [2, 1, 0, 0, 1]
    assert Report.objects.get().received_at == datetime(2019, 11, 15, 16, 0, tzinfo=UTC)


BAD_ROWS = {
    ";2020-10-18;other;;;": "external_id",
    "7;18/10/2020;other;;;": "occurred_at",
    "7;2020-10-18;zanahoria;;;": "categories",
    "7;2020-10-18;;;;": "categories",
    "7;2020-10-18;other;;1e400;1": "latitude",
    "7;2020-10-18;other;;91;1": "latitude",
    "7;2020-10-18;other;;-16.5;": "longitude",
    "7;2020-10-18;other;a\0b;;": "words",
    f"7;2020-10-18;other;{'x' * 10_001};;": "words",
    f"{'7' * 300};2020-10-18;other;;;": "external_id",
    "7\0;2020-10-18;other;;;": "external_id",
    "7;2020-10-18;other;;;;;zanahoria": "row",
}


@pytest.mark.parametrize(("row", "named"), BAD_ROWS.items(), ids=[row[:30].replace("\0", "0") for row in BAD_ROWS])
def test_a_bad_row_is_refused_by_number_and_field_and_the_others_are_stored(run, sheet, row, named):
    code, told = run(sheet(row, *ROWS))
    assert (code, account(told)) == (1, [4, 3, 0, 0, 1])
    assert f"row 2: {named}: " in told
    assert "zanahoria" not in told


def test_two_rows_with_one_id_are_not_taken_for_one(run, sheet):
    told = run(sheet(ROWS[0], ROWS[0].replace("names", "numbers")))[1]
    assert account(told) == [2, 1, 0, 0, 1]
    assert "row 3: external_id: The same as in row 2." in told


def test_refused_rows_can_be_mended_and_imported(run, sheet, tmp_path):
    errors = tmp_path / "refused.csv"
    run(sheet('7;never;other;"Me dijeron: ""corre""; corrí";;', "8;never;other;;;", *ROWS), f"--errors={errors}")
    text = errors.read_text("utf-8-sig")
    assert text.splitlines()[0] == f"{HEADER};refused_because"
    assert "occurred_at: Write the time" in text
    assert errors.stat().st_mode & 0o077 == 0
    errors.write_text(text.replace("never", "2020-10-18"))
    assert account(run(errors, "--source=log.csv")[1]) == [2, 2, 0, 0, 0]
    assert Report.objects.get(external_id="log.csv:7").words == 'Me dijeron: "corre"; corrí'


def test_a_row_with_cells_too_many_loses_none_of_them(run, sheet, tmp_path):
    errors = tmp_path / "refused.csv"
    run(sheet("7;2020-10-18;other;He said; and ran;;;"), f"--errors={errors}")
    assert " and ran" in errors.read_text("utf-8-sig")
    assert account(run(errors)[1]) == [1, 0, 0, 0, 1]


def test_no_file_is_left_when_nothing_was_refused_and_the_source_is_never_overwritten(run, sheet, tmp_path):
    path, errors = sheet(*ROWS), tmp_path / "refused.csv"
    assert run(path, f"--errors={path}")[0] == 1
    assert path.read_text().startswith(HEADER)
    assert run(path, f"--errors={errors}")[0] == 0
    assert not errors.exists()


def test_a_rehearsal_says_the_same_and_stores_nothing(run, sheet, bells):
    path = sheet(*ROWS, "7;never;other;;;")
    code, told = run(path, "--dry-run")
    assert (code, account(told)) == (1, [4, 3, 0, 0, 1])
    assert (Report.objects.count(), bells) == (0, [])
    refusals = [line for line in told.splitlines() if line.startswith("row ")]
    assert refusals == [line for line in run(path)[1].splitlines() if line.startswith("row ")]
    assert account(run(sheet(ROWS[0], ROWS[1].replace("taken", "led")), "--dry-run")[1]) == [2, 0, 1, 1, 0]


def test_stopping_in_the_middle_keeps_what_is_stored_and_can_go_on(run, sheet, monkeypatch):
    real = importing.submit

    def pressed(*args, **kwargs):
        done = real(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGINT)
        return done

    monkeypatch.setattr(importing, "submit", pressed)
    code, told = run(sheet(*ROWS))
    assert (code, account(told)) == (130, [1, 1, 0, 0, 0])
    monkeypatch.setattr(importing, "submit", real)
    assert account(run(sheet(*ROWS))[1]) == [3, 2, 1, 0, 0]
