"""OGC API – Features, the definition (Part 1, Annex A) and queryables (Part 3): each test names its requirements."""

import json

import pytest

from tests.api.ogc.cast import BOUNDARIES, INCIDENTS, ITEMS, links, names, parameters

QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"


def test_the_definition_is_complete_in_itself(described):
    """/req/oas30/oas-impl, /req/oas30/completeness"""
    text = json.dumps(described)
    for reference in set(text.split('"$ref": "#')[1:]):
        found = described
        for name in reference.partition('"')[0].strip("/").split("/"):
            found = found[name]
    operations = [path["get"] for path in described["paths"].values()]
    assert len({one["operationId"] for one in operations}) == len(operations) == 12
    assert all("200" in one["responses"] for one in operations)


def test_the_definition_names_every_fault_and_how_to_sign_in(described):
    """/req/oas30/exception-codes, /req/oas30/security"""
    assert {"basic", "bearer", "header"} == set(described["components"]["securitySchemes"])
    for path, operations in described["paths"].items():
        codes = set(operations["get"]["responses"])
        assert {"304", "400", "406"} <= codes
        assert ({"401", "403", "429"} <= codes) == path.startswith("/collections")
        assert ("security" in operations["get"]) == (not path.startswith("/collections"))


QUERIES = {
    "category=shooting": "shooting",
    "severity=critical": "shooting",
    "verification=likely": "threat",
    "adm1_code=BO-L": "threat",
    "adm1_code=BO-X": "",
    "acled=Attack": "shooting",
    "huridocs=02010301": "threat",
    "status=triaged&category=intimidation": "nowhere",
    "place_level=square": "shooting threat",
    "perpetrator=armed_forces": "shooting",
    "updated_since=2020-10-18T00:00:00Z": "shooting threat nowhere",
    "category=shooting&adm1_code=BO-L": "",
}


def test_a_queryable_is_a_parameter_and_gives_what_equals_it(as_tariq, trio):
    """Part 3: /req/queryables-query-parameters/parameters"""
    assert {query: names(trio, as_tariq.get(f"{ITEMS}?{query}")) for query in QUERIES} == QUERIES


@pytest.mark.parametrize("address", [INCIDENTS, BOUNDARIES])
def test_the_queryables_are_the_parameters_of_the_definition(as_tariq, departments, described, address):
    """Part 3: /req/queryables/get-queryables-op, get-queryables-response, queryables-link"""
    link = links(as_tariq.get(address).json())[QUERYABLES]
    answer = as_tariq.get(link["href"])
    assert answer["Content-Type"] == link["type"] == "application/schema+json"
    assert answer.json()["$id"] == link["href"]
    known = parameters(described, address.removeprefix("/ogc") + "/items")
    for name, schema in answer.json()["properties"].items():
        assert known[name]["schema"] == {key: value for key, value in schema.items() if key != "title"}
    assert f"<{link['href']}>" in as_tariq.get(f"{address}/items")["Link"]
