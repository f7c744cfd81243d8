"""Files that are no table and mappings that make no sense: refused in a sentence, before anything is stored."""

import os

import pytest

from incidents.models import Report
from tests.management.log import HEADER, ROWS


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_any_usual_delimiter_is_found(run, sheet, delimiter, encoding):
    rows = [row.replace(";", delimiter) for row in ROWS]
    assert run(sheet(*rows, header=HEADER.replace(";", delimiter), encoding=encoding))[0] == 0


FILES = {
    "empty": (b"", "empty"),
    "header only": (HEADER.encode(), None),
    "latin-1": (f"{HEADER}\n1;2020-10-18;other;Señal;;".encode("latin-1"), "Not UTF-8 after row"),
    "surrogate": (HEADER.encode() + b"\n1;2020-10-18;other;\xed\xa0\x80;;", "Not UTF-8 after row"),
    "UTF-16": (HEADER.encode("utf-16"), "UTF-16"),
    "spreadsheet": (b"PK\x03\x04" + os.urandom(200), "spreadsheet"),
    "binary": (b"\x00\x01\xff\xfe" * 50, "UTF-8"),
    "quotation mark": (HEADER.encode() + b'\n1;2020;"' + b"x" * 200_000, "quotation mark"),
    "other columns": (b"a;b\n1;2\n", "no column"),
    "same column twice": (f"{HEADER};no\n".encode(), "twice"),
    "prose": (b"Dear all, this is a letter.\nYours\n", "no column"),
}


@pytest.mark.parametrize(("content", "said"), FILES.values(), ids=FILES.keys())
def test_a_file_that_is_no_table_is_refused_in_a_sentence(run, tmp_path, content, said):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    code, told = run(path)
    assert code == (1 if said else 0)
    assert said is None or said in told
    assert Report.objects.count() == 0


def test_folders_devices_and_missing_files_are_refused_in_a_sentence(run, tmp_path):
    assert "folder" in run(tmp_path)[1]
    assert "device" in run("/dev/null")[1]
    assert "no such file" in run(tmp_path / "missing.csv")[1]
    assert run("a\0b")[0] == 1


WRONG_MAPPINGS = [
    ("external_id=nope", "no column nope"),
    ("colour=no", "Unknown fields: colour"),
    ("external_id", "Write --map"),
    ("external_id:=1", "Map external_id to a column"),
    ("external_id=\x1b[31m", "no column"),
]


@pytest.mark.parametrize(("option", "said"), WRONG_MAPPINGS)
def test_a_wrong_mapping_is_refused_before_anything_is_read(run, sheet, option, said):
    code, told = run(sheet(*ROWS), mapped=(option,))
    assert code == 1
    assert said in told
    assert "\x1b" not in told


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "nonsense",
        "[" * 100_000,
        '{"words": 1}',
        '{"words": {"colunm": "told"}}',
        '{"words": {"column": 1}}',
        '{"words": {"column": "told", "values": [1]}}',
        '{"words": {"column": "told", "values": {"a": [{}]}}}',
    ],
)
def test_a_broken_mapping_file_is_refused_in_a_sentence(run, sheet, tmp_path, text):
    path = tmp_path / "mapping.json"
    path.write_text(text)
    assert run(sheet(*ROWS), f"--mapping={path}", mapped=())[0] == 1
    assert Report.objects.count() == 0
