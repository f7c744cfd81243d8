"""Requests made up out of the API's document: what it promises is held, what it forbids refused, and nothing breaks."""

import re
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlsplit

import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from incidents.actions.review import move
from incidents.api import columns, filters, paging
from incidents.api.document import document
from incidents.models import ApiKey, SavedExport
from tests.api.cast import ROOT, released
from tests.api.generated import LONG, Asking, described_at

REQUESTS = 3_600 if LONG else 240
TIMES = st.datetimes().map(lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20))
DAYS = st.dates().map(lambda day: day.isoformat())
# What the document can't say of these is said in words.
POSITIONS = st.builds(paging.cursor, st.sampled_from(("", "2020-10-18T14:00:00Z")), st.integers(-1, 2**63 - 1))


@pytest.fixture
def api(tariq, marisol, ana, bolivia, departments):
    schemathesis.openapi.format("date-or-time", TIMES | DAYS)
    schemathesis.openapi.format("cursor", POSITIONS)
    for _ in range(4):
        released(marisol, ana, perpetrators=["police", "armed_forces"])
    released(marisol, ana, latitude="", longitude="", location_source="none")
    SavedExport.objects.create(mission=bolivia, slug="grave", query="severity=critical,major&sort=-occurred_at")
    move(released(marisol, ana).pk, "invalidate", actor=ana, reason="Filed in error.")
    with contextmanager(described_at)(f"{ROOT}openapi.json") as found:
        yield Asking(found, mend, lambda address, path: fits(address, declared(path)))


@pytest.mark.timeout(1_200)
def test_what_is_made_up_out_of_the_document_is_answered_as_it_says(api, tariq, bolivia):
    _key, secret = ApiKey.issue(holder=tariq, mission=bolivia, is_granted=True, per_minute=32_000)
    answered = api.everything(REQUESTS, {"X-Api-Key": secret})
    assert len(answered) >= REQUESTS * 0.9
    assert {200, 304, 400} <= set(answered)
    assert max(answered) < 500


def test_without_a_key_all_that_is_made_up_is_refused_as_the_document_says(api):
    for operation in api.operations():
        assert set(api.asked(operation, GenerationMode.POSITIVE, 6, {"X-Api-Key": "none"})) == {401}


def declared(path):
    asked = document()["paths"][path]["get"].get("parameters", ())
    return {one["name"]: one["schema"] for one in asked if one["in"] == "query"}


def fits(address, schemas):
    """Whether an address asks for nothing but what the document allows, as it is read: texts, empty or not."""
    pairs = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    return all(name in schemas and fits_one(value, schemas[name]) for name, value in pairs)


def fits_one(value, schema):
    if schema["type"] == "array":
        parts = [part.strip() for part in value.split(",") if part.strip()]
        counts = len(parts) == schema["minItems"] if value and "minItems" in schema else True
        return counts and all(fits_one(part, schema["items"]) for part in parts)
    if schema["type"] in ("integer", "number"):
        number = r"[0-9]+" if schema["type"] == "integer" else r"[+-]?[0-9]+\.?[0-9]*(e[+-]?[0-9]+)?"
        return not value or (
            bool(re.fullmatch(number, value)) and schema["minimum"] <= float(value) <= schema["maximum"]
        )
    return not value or (value in schema["enum"] if "enum" in schema else bool(re.fullmatch(schema["pattern"], value)))


def mend(case):
    """What is right by the document's schemas, made right by its words as well."""
    query, named = case.query, case.path_parameters
    if "slug" in named and len(named["slug"]) % 2:
        named["slug"] = "grave"
    for name, (read, right) in READ.items():
        try:
            read(query.get(name) or right)
        except ValueError:
            query[name] = right
    if query.get("bbox"):
        west, south, east, north = map(float, query["bbox"].split(","))
        south, north = sorted((south / 2, north / 2))
        query["bbox"] = ",".join(map(repr, (west, south, east, north)))
    if "fields" in query:
        query.pop("profile", None)
        query["fields"] = ",".join(name for name in query["fields"].split(",") if name in columns.COLUMNS)


TIME = filters.moment, "2020-10-18T14:00:00Z"
POSITION = paging.position, paging.cursor("", 5)
READ = {
    "occurred_from": TIME,
    "occurred_until": (filters.until, TIME[1]),
    "updated_since": TIME,
    "cursor": POSITION,
    "since": POSITION,
}
