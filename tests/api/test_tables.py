"""The forms in which all of it leaves at once: bytes of a table, records, a workbook."""

import csv
import io
import json
import uuid
import zipfile
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from incidents.api import columns
from incidents.models import Mission, Release
from tests.api.cast import CSV, ROOT, body, released

XLSX, SEQUENCE = f"{ROOT}incidents.xlsx", f"{ROOT}incidents.geojsonseq"
# One text for both databases: whoever changes it breaks partners' scripts, and their ETags.
TEXT = """\
id,occurred_at,category,huridocs,huridocs_list,severity,perpetrators,latitude,longitude,description,mission
#event+id,#date+occurred,#event+type,#event+type+huridocs,#event+type+huridocs+list,#severity,\
#actor+perpetrator+list,#geo+lat,#geo+lon,#description,#meta+id+mission
00000000-0000-4000-8000-000000000001,2020-10-18T14:00:00Z,killing,01,4,critical,armed_forces;police,-16,1e-05,\
"They said ""no"", and left.",bolivia-2020
00000000-0000-4000-8000-000000000002,,other,,,,,-16.519269284,-0.1,"Two
lines, ñandú ’ 𝄞",bolivia-2020
00000000-0000-4000-8000-000000000003,,other,90,4,minor,,,,"Begun\ranew",bolivia-2020
"""
ROWS = [
    {
        "occurred_at": "2020-10-18T14:00:00Z",
        "category": "killing",
        "huridocs": "01",
        "severity": "critical",
        "perpetrators": "armed_forces;police",
        "latitude": -16.0,
        "longitude": 1e-05,
        "description": 'They said "no", and left.',
    },
    {
        "huridocs": None,
        "huridocs_list": None,
        "severity": None,
        "latitude": -16.519269284,
        "longitude": -0.1,
        "description": "Two\nlines, ñandú ’ 𝄞",
    },
    {"huridocs": "90", "severity": "minor", "latitude": None, "longitude": None, "description": "Begun\ranew"},
]


@pytest.fixture
def rows(marisol, ana):
    shared = {"occurred_at": None, "category": "other", "perpetrators": None, "description": None, "huridocs_list": 4}
    for number, told in enumerate(ROWS, 1):
        fixed = {"public_id": uuid.UUID(int=(4 << 76) + (8 << 60) + number), "updated_at": "2020-10-18T16:02:11Z"}
        Release.objects.filter(incident=released(marisol, ana)).update(**shared | told | fixed)


def test_the_table_is_the_same_to_the_byte_on_both_databases(as_tariq, rows):
    names = TEXT.partition("\n")[0]
    assert body(as_tariq.get(f"{CSV}?fields={names}")) == TEXT


def test_a_table_of_one_column_has_a_line_for_every_row(as_tariq, rows):
    assert body(as_tariq.get(f"{CSV}?fields=occurred_at")).splitlines()[2:] == ["2020-10-18T14:00:00Z", '""', '""']


def test_the_mark_for_excel_is_there_when_asked_for_and_only_then(as_tariq, rows):
    plain, marked = (body(as_tariq.get(f"{CSV}?bom={given}")).encode() for given in "01")
    assert marked == b"\xef\xbb\xbf" + plain
    assert not plain.startswith(b"\xef\xbb\xbf")


def test_the_acled_like_table_has_its_columns_and_says_nothing_of_fatalities(as_tariq, rows):
    Release.objects.filter(category="killing").update(acled="Attack", place_level="square")
    names, tags, first, *_ = csv.reader(io.StringIO(body(as_tariq.get(f"{CSV}?profile=acled")), newline=""))
    told = dict(zip(names, first, strict=True))
    assert dict(zip(names, tags, strict=True)) == columns.ACLED
    wanted = {"event_date": "2020-10-18", "event_type": "Violence against civilians", "geo_precision": "2"}
    assert told.items() >= {**wanted, "sub_event_type": "Attack", "fatalities": "", "source": "bolivia-2020"}.items()


def test_fields_are_of_the_profile_where_there_is_one(as_tariq, rows):
    assert body(as_tariq.get(f"{CSV}?profile=acled&fields=event_date")).startswith("event_date\n#date+occurred\n")
    assert as_tariq.get(f"{CSV}?profile=acled&fields=category").status_code == 400
    assert as_tariq.get(f"{CSV}?fields=event_date").status_code == 400


def test_each_record_of_the_sequence_is_a_feature(as_tariq, rows):
    answer = as_tariq.get(SEQUENCE)
    before, *records = body(answer).split("\x1e")
    assert (answer["Content-Type"], before) == ("application/geo+json-seq", "")
    assert [json.loads(record)["type"] for record in records] == ["Feature"] * 3
    assert all(record.endswith("\n") for record in records)


def test_the_workbook_holds_the_table_and_no_formula(as_tariq, rows):
    Release.objects.filter(category="killing").update(description="=HYPERLINK(1)")  # as if nobody had guarded it
    answer = as_tariq.get(f"{XLSX}?fields=category,latitude,description")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    shown = [["".join(cell.itertext()) for cell in row] for row in sheet.findall(".//{*}row")]
    assert shown[:3] == [
        ["category", "latitude", "description"],
        ["#event+type", "#geo+lat", "#description"],
        ["killing", "-16", "=HYPERLINK(1)"],
    ]
    assert not sheet.findall(".//{*}f")


@pytest.mark.parametrize("address", [CSV, XLSX])
def test_a_browser_saves_a_table_and_takes_it_for_nothing_else(as_tariq, address):
    answer = as_tariq.get(address)
    assert answer["Content-Disposition"] == f'attachment; filename="{address.rpartition("/")[2]}"'
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_two_workbooks_of_the_same_are_the_same_to_the_byte(as_tariq, rows):
    first, second = (b"".join(as_tariq.get(XLSX).streaming_content) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as book:
        assert f"{timezone.now():%Y-%m-%d}" not in book.read("docProps/core.xml").decode()


def test_a_demonstration_is_marked_in_the_sequence_too(as_tariq, marisol, ana, bolivia):
    Mission.objects.update(is_demonstration=True)
    bolivia.refresh_from_db()
    released(marisol, ana)
    assert json.loads(body(as_tariq.get(SEQUENCE)).strip("\x1e"))["properties"]["is_demonstration"] is True
