"""Requests made up out of the OpenAPI document: what it promises is held, what it forbids refused, and nothing breaks.

Half are as the document wants them, half are not. Seeded, so that a run that fails can be run again. The long form is
`make generated`.
"""

import os
import re
from urllib.parse import parse_qsl, urlsplit

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS
from schemathesis.generation import GenerationMode

from incidents.actions.review import move
from incidents.api import columns, filters, paging
from incidents.api.document import document
from incidents.models import ApiKey
from observer.wsgi import application
from tests.api.cast import ROOT, released

LONG = os.environ.get("OBSERVER_TEST_LONG") == "1"
REQUESTS = 5_400 if LONG else 240
SEED = 20201018
TIMES = st.datetimes().map(lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20))
DAYS = st.dates().map(lambda day: day.isoformat())
# What the document can't say of these is said in words.
POSITIONS = st.builds(paging.cursor, st.sampled_from(("", "2020-10-18T14:00:00Z")), st.integers(-1, 2**63 - 1))


@pytest.fixture
def api(tariq, marisol, ana, departments):
    schemathesis.openapi.format("date-or-time", TIMES | DAYS)
    schemathesis.openapi.format("cursor", POSITIONS)
    for _ in range(4):
        released(marisol, ana, perpetrators=["police", "armed_forces"])
    released(marisol, ana, latitude="", longitude="", location_source="none")
    move(released(marisol, ana).pk, "invalidate", actor=ana, reason="Filed in error.")
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)  # it would end the test's own transaction
    found = schemathesis.openapi.from_wsgi(f"{ROOT}openapi.json", application)
    found.config.generation.update(with_security_parameters=False)  # the tests bring their own keys
    yield found
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.timeout(1_200)
def test_what_is_made_up_out_of_the_document_is_answered_as_it_says(api, tariq, bolivia):
    _key, secret = ApiKey.issue(holder=tariq, mission=bolivia, is_granted=True, per_minute=32_000)
    operations = [found.ok() for found in api.get_all_operations()]
    # An address without parameters can't be asked wrongly.
    plan = [(one, mode) for one in operations for mode in GenerationMode if one.query or mode.is_positive]
    answered = []
    for operation, mode in plan:
        answered += asked(operation, mode, REQUESTS // len(plan), {"X-Api-Key": secret})
    assert len(answered) >= REQUESTS * 0.9
    assert {200, 304, 400} <= set(answered)
    assert max(answered) < 500
    print(f"{len(answered)} requests: { ({status: answered.count(status) for status in sorted(set(answered))}) }")


def test_without_a_key_all_that_is_made_up_is_refused_as_the_document_says(api):
    for operation in (found.ok() for found in api.get_all_operations()):
        assert set(asked(operation, GenerationMode.POSITIVE, 6, {"X-Api-Key": "none"})) == {401}


def asked(operation, mode, count, headers):
    """The statuses of so many answers, each held against the document."""
    statuses = []

    @seed(SEED)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        if mode is GenerationMode.POSITIVE:
            mend(case.query)
        answer = case.call(headers={**headers, "Accept-Encoding": "identity"})
        statuses.append(answer.status_code)
        excluded = [CHECKS.get_one("ignored_auth")]  # it asks three times more; the other test is about that
        if answer.status_code == 401:
            excluded.append(CHECKS.get_one("positive_data_acceptance"))
        if fits(answer.request.url, declared(operation.path)):
            excluded.append(CHECKS.get_one("negative_data_rejection"))  # on its way it has become what is allowed
        case.validate_response(answer, headers=headers, excluded_checks=excluded)

    ask()
    return statuses


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


def mend(query):
    """What is right by the document's schemas, made right by its words as well."""
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
