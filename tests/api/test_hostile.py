"""Requests that no honest client sends: each is answered, none with a fault of ours."""

import pytest

from tests.api.cast import CSV, EXPORTS, GEOJSON, ITEMS, ROOT

PARAMETERS = {
    "cursor=%00": "cursor",
    "cursor=!!!!": "cursor",
    "cursor=%F0%9F%92%A5": "cursor",
    "cursor=YWZ0ZXI6LTE": "cursor",
    "cursor=YWZ0ZXI6OTk5OTk5OTk5OTk5OTk5OTk5OQ": "cursor",
    f"cursor={'A' * 5_000}": "cursor",
    "cursor=a&cursor=b": "cursor",
    "limit=-1": "limit",
    "limit=0": "limit",
    "limit=1001": "limit",
    "limit=1e400": "limit",
    "limit=NaN": "limit",
    "limit=٣": "limit",
    f"limit={'9' * 5_000}": "limit",
    "limit=1&limit=2": "limit",
    "updated_since=yesterday": "updated_since",
    "updated_since=2020-13-45": "updated_since",
    "updated_since=%00": "updated_since",
    "updated_since=0001-01-01T00:00:00%2B14:00": "updated_since",
    "updated_since=9999-12-31T23:59:59-14:00": "updated_since",
    "updated_since=1e400": "updated_since",
    f"updated_since={'2' * 9_000}": "updated_since",
    "severity=grave": "severity",
    "severity=critical%00": "severity",
    "severity=critical,grave": "severity",
    "category=%27%20OR%201=1--": "category",
    "verification=unverified": "verification",
    "department=%00": "department",
    f"department={'B' * 41}": "department",
    "format=csv": "format",
    "Severity=critical": "Severity",
    "severity__in=critical": "severity__in",
    "severity[]=critical": "severity[]",
    "properties__severity=critical": "properties__severity",
    "%00=1": "\x00",
    "%ff=1": "�",
}


@pytest.mark.parametrize(("query", "named"), PARAMETERS.items(), ids=[query[:40] for query in PARAMETERS])
def test_a_parameter_that_makes_no_sense_is_named(as_tariq, query, named):
    answer = as_tariq.get(f"{ITEMS}?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == [named]


@pytest.mark.parametrize("address", [GEOJSON, CSV, ROOT])
@pytest.mark.parametrize("name", ["limit", "cursor", "nonsense"])
def test_each_address_knows_its_own_parameters_only(as_tariq, address, name):
    answer = as_tariq.get(f"{address}?{name}=5")
    assert answer.status_code == 400
    assert name in answer.json()["errors"]


def test_a_department_of_any_name_is_merely_unknown(as_tariq):
    for code in ("'", '"', "$.a", "{}", "null", "%25", "[0]", "\\", "ñ"):
        assert as_tariq.get(ITEMS, {"department": code}).json()["items"] == []


def test_too_many_parameters_are_refused_in_the_same_form(as_tariq):
    answer = as_tariq.get(f"{ITEMS}?" + "&".join(f"p{number}=1" for number in range(600)))
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("address", [ROOT, *EXPORTS])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_nothing_can_be_written(as_tariq, address, method):
    answer = getattr(as_tariq, method)(address)
    assert answer.status_code == 405
    assert answer["Content-Type"] == "application/problem+json"
    assert "GET" in answer["Allow"]


@pytest.mark.parametrize("address", [ROOT, *EXPORTS])
def test_a_format_that_is_not_offered_is_refused(as_tariq, address):
    answer = as_tariq.get(address, headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert answer["Content-Type"] == "application/problem+json"


ACCEPTED = [
    (ITEMS, "application/json"),
    (ITEMS, "text/html, application/json;q=0.9, */*;q=0.1"),
    (GEOJSON, "application/geo+json"),
    (GEOJSON, "application/json"),
    (GEOJSON, "application/*"),
    (CSV, "text/csv"),
    (CSV, "text/csv; charset=utf-8"),
    (CSV, "*/*"),
    (CSV, ""),
    (CSV, "application/json;q=0, text/csv;q=0.001"),
]


@pytest.mark.parametrize(("address", "accept"), ACCEPTED)
def test_what_real_clients_accept_is_answered(as_tariq, address, accept):
    assert as_tariq.get(address, headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize("accept", ["text/csv;q=0", "text/csv; Q=0.000, text/html", "*/*;q=0"])
def test_what_a_client_never_takes_is_not_sent(as_tariq, accept):
    assert as_tariq.get(CSV, headers={"Accept": accept}).status_code == 406


@pytest.mark.parametrize("name", ["Accept", "If-None-Match", "If-Modified-Since", "Accept-Language", "Range", "Cookie"])
@pytest.mark.parametrize("value", ["a/b;x*=foo''bar", "\0", "ñ", "///;;q=,", '"', "9" * 50_000, "*;q=zzz", "%"])
def test_no_header_is_a_fault_of_ours(as_tariq, name, value):
    for address in EXPORTS:
        assert as_tariq.get(address, headers={name: value}).status_code < 500


@pytest.mark.parametrize(
    "address", ["/api/", "/api/v2/", "/api/v1/incidents/", "/api/v1/nowhere", "/api/v1/%00", "/api/%0A"]
)
@pytest.mark.parametrize("method", ["get", "post", "options"])
def test_an_address_that_leads_nowhere_is_told_as_a_problem(client, db, address, method):
    answer = getattr(client, method)(address)
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_a_body_is_never_read(as_tariq):
    for address in EXPORTS:
        deep = as_tariq.generic("GET", address, data="[" * 100_000, content_type="application/json")
        assert deep.status_code == 200
        assert as_tariq.options(address).status_code == 200
