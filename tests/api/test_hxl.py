"""The CSV as humanitarian tools read it: libhxl holds it against a schema of our own."""

import csv
import io

import hxl
import pytest

from incidents.models import Release
from incidents.taxonomy import Category, Severity
from tests.api.cast import CSV, body, released

HOUR = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:00:00Z"
ASKED = ("tag", "required+min", "value+min", "value+max", "datatype", "value+regex", "value+list")
# Tag, how often at the least, least and most, type, form, choices. libhxl's own schema lets latitude −96.5 pass.
RULES = (
    tuple(f"#valid_{name}" for name in ASKED),
    ("#event+id", "1", "", "", "", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", ""),
    ("#event+type-label-huridocs-acled", "1", "", "", "", "", "|".join(Category.values)),
    ("#severity", "", "", "", "", "", "|".join(Severity.values)),
    ("#status+verification", "1", "", "", "", "", "likely|confirmed"),
    ("#date+occurred", "", "", "", "date", HOUR, ""),
    ("#date+reported", "1", "", "", "date", HOUR, ""),
    ("#geo+lat", "", "-90", "90", "number", "", ""),
    ("#geo+lon", "", "-180", "180", "number", "", ""),
    ("#adm1+code", "", "", "", "", r"[A-Z]{2}-[A-Z]", ""),
    ("#meta+demonstration", "1", "", "", "", "", "true|false"),
)


def faults(table):
    """What libhxl finds in a CSV, as (hashtag, value)."""
    found = []
    schema = hxl.schema([list(row) for row in RULES], lambda one: found.append((str(one.rule.tag_pattern), one.value)))
    source = hxl.data(hxl.make_input(io.BytesIO(table.encode()), hxl.InputOptions(allow_local=True)))
    schema.validate(source)
    return found


@pytest.fixture
def two(marisol, ana):
    """One with everything, one without place and time."""
    released(marisol, ana, categories=["shooting"], timing="happened", occurred_at="2020-10-18T09:05:00Z")
    released(marisol, ana, latitude="", longitude="", location_source="none", timing="happened")


def test_libhxl_finds_no_fault_with_the_table(as_tariq, two):
    table = body(as_tariq.get(CSV))
    assert len(list(csv.reader(io.StringIO(table)))) == 4
    assert faults(table) == []


def test_the_schema_finds_what_must_not_be(as_tariq, two):
    Release.objects.filter(latitude__isnull=False).update(latitude=-96.5, category="rumour", reported_at="10:05")
    assert {value for _tag, value in faults(body(as_tariq.get(CSV)))} == {"-96.5", "rumour", "10:05"}
