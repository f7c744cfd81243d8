"""Requests made up out of the document of /ogc: what it promises is held, what it forbids refused, nothing breaks."""

import re
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlsplit

import pytest

from incidents.api.ogc.definition import document
from incidents.api.ogc.parameters import BBOX, CURSOR, DATETIME, SINCE, Wanted
from incidents.models import ApiKey
from tests.api.cast import public_id
from tests.api.generated import LONG, Asking, described_at
from tests.api.ogc.cast import API

REQUESTS = 2_400 if LONG else 160
DESCRIBED = document("")
# What the document says of these in words only, and a value that is right.
IN_WORDS = [
    (BBOX, "-70,-23,-57,-9"),
    (DATETIME, "2020-10-18/.."),
    (CURSOR, "WyIiLCAxXQ"),
    (SINCE, "2020-10-18T14:00:00Z"),
]


@pytest.fixture
def ogc(trio):
    with contextmanager(described_at)(API) as found:
        there = {"incidents": public_id(trio[0]), "boundaries": "BO-L"}
        yield Asking(found, lambda case: mend(case, there), fits)


@pytest.mark.timeout(1_200)
def test_what_is_made_up_out_of_the_definition_is_answered_as_it_says(ogc, tariq, bolivia):
    _key, secret = ApiKey.issue(holder=tariq, mission=bolivia, is_granted=True, per_minute=32_000)
    answered = ogc.everything(REQUESTS, {"X-Api-Key": secret})
    # Of an address without parameters nothing more can be made up than itself.
    assert len(answered) >= REQUESTS * 0.8
    assert {200, 400, 404} <= set(answered)
    assert max(answered) < 500


def mend(case, there):
    query, named = case.query, case.path_parameters
    if "featureId" in named and len(named["featureId"]) % 2:
        named["featureId"] = there[case.operation.path.split("/")[2]]
    for parameter, right in IN_WORDS:
        if parameter.name in query:
            try:
                parameter.read(Wanted(), as_sent(query[parameter.name]))
            except ValueError:
                query[parameter.name] = right


def as_sent(value):
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def fits(address, path):
    """Whether an address asks for nothing but what the document allows, as it is read: texts."""
    known = DESCRIBED["paths"][path]["get"].get("parameters", ())
    schemas = {one["name"]: one["schema"] for one in map(resolved, known)}
    pairs = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    names = [name for name, _value in pairs]
    return len(set(names)) == len(names) and all(
        name in schemas and fits_one(value, schemas[name]) for name, value in pairs
    )


def resolved(parameter):
    return (
        DESCRIBED["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]
        if "$ref" in parameter
        else parameter
    )


def fits_one(value, schema):
    if schema["type"] == "integer":
        # A limit above the most counts as the most.
        return bool(re.fullmatch("[0-9]{1,20}", value)) and int(value) >= schema["minimum"]
    if schema["type"] == "array":
        return len(value.split(",")) in (4, 6)
    if "enum" in schema:
        return value in schema["enum"]
    return schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 200) and bool(
        re.search(schema.get("pattern", ""), value)
    )
