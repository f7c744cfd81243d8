"""OGC API – Features Part 1 (17-069r4), Annex A, and Part 3's queryables: each test names its requirements."""

import json

import pytest

from tests.api.ogc.cast import (
    API,
    AREAS,
    BOUNDARIES,
    COLLECTIONS,
    CONFORMANCE,
    INCIDENTS,
    ITEMS,
    KEYED,
    OPEN,
    ROOT,
    ids,
    links,
    names,
)

PART_1 = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
PART_3 = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"


@pytest.fixture(scope="module")
def described(django_db_setup):
    """The API's own document, which opens without a key and reads no table."""
    from django.test import Client

    return Client().get(API).json()


def parameters(described, path):
    """{name: its definition} of what a path takes, references resolved."""
    given = described["paths"][path]["get"]["parameters"]
    known = described["components"]["parameters"]
    resolved = [known[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in given]
    return {one["name"]: one for one in resolved}


@pytest.mark.parametrize("address", ["/ogc", ROOT])
def test_the_landing_page_links_what_there_is(client, address):
    """/req/core/root-op, /req/core/root-success"""
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    found = links(answer.json())
    assert {"self", "service-desc", "conformance", "data"} <= set(found)
    assert found["self"]["href"] == f"http://testserver{address}"
    assert {client.get(found[rel]["href"]).status_code for rel in ("service-desc", "conformance")} == {200}


def test_the_definition_is_openapi_under_its_own_media_type(client):
    """/req/core/api-definition-op, /req/core/api-definition-success, /req/oas30/oas-definition-1, -2"""
    link = links(client.get(ROOT).json())["service-desc"]
    answer = client.get(link["href"], headers={"Accept": link["type"]})
    assert answer["Content-Type"] == link["type"] == "application/vnd.oai.openapi+json;version=3.0"
    assert answer.json()["openapi"].startswith("3.0.")
    assert answer.json()["servers"] == [{"url": "http://testserver/ogc"}]


def test_the_conformance_classes_are_declared(client):
    """/req/core/conformance-op, /req/core/conformance-success"""
    told = client.get(CONFORMANCE).json()["conformsTo"]
    wanted = {f"{PART_1}{name}" for name in ("core", "geojson", "oas30")}
    assert wanted | {f"{PART_3}queryables", f"{PART_3}queryables-query-parameters"} == set(told)


def test_an_unknown_parameter_is_refused_everywhere(as_tariq):
    """/req/core/query-param-unknown"""
    for address in (*OPEN, *KEYED):
        answer = as_tariq.get(f"{address}?severtiy=critical")
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json"), address
        assert list(answer.json()["errors"]) == ["severtiy"]


INVALID = [
    "limit=0",
    "limit=-1",
    "limit=ten",
    "limit=",
    "limit=5&limit=6",
    "bbox=1,2,3",
    "bbox=1,2,3,4,5",
    "bbox=-200,-23,-57,-9",
    "bbox=-70,-9,-57,-23",
    "bbox=a,b,c,d",
    "bbox=-70,-23,low,-57,-9,high",
    "bbox=nan,nan,nan,nan",
    "status=verified",
    "datetime=yesterday",
    "datetime=../..",
    "datetime=/",
    "datetime=",
    "datetime=..",
    "datetime=2020-10-19T00:00:00Z/2020-10-18T00:00:00Z",
    "datetime=2020-10-18/2020-10-19/2020-10-20",
    "datetime=2020-13-45",
    "datetime=0001-01-01T00:00:00%2B14:00",
    "datetime=2020-10-18  10:00:00Z",
    "severity=grave",
    "severity=critical,major",
    "severity=",
    "severity=critical%00",
    "adm1_code=",
    "adm1_code=%00",
    f"adm1_code={'B' * 201}",
    "perpetrator=police.*",
    "updated_since=soon",
    "cursor=!",
    "cursor=",
    f"limit={'9' * 5_000}",
]


def test_a_value_that_makes_no_sense_is_refused_and_named(as_tariq):
    """/req/core/query-param-invalid, /req/core/http"""
    answers = {query: as_tariq.get(f"{ITEMS}?{query}") for query in INVALID}
    named = {query: list(answer.json().get("errors", ())) for query, answer in answers.items()}
    assert {answer.status_code for answer in answers.values()} == {400}
    assert named == {query: [query.partition("=")[0]] for query in INVALID}


def test_the_collections_are_listed_and_link_their_items(as_tariq, departments):
    """/req/core/fc-md-op, fc-md-success, fc-md-links, fc-md-items, fc-md-items-links"""
    body = as_tariq.get(COLLECTIONS).json()
    assert [one["id"] for one in body["collections"]] == ["incidents", "boundaries"]
    assert links(body)["self"]["href"] == f"http://testserver{COLLECTIONS}"
    for one in body["collections"]:
        items = links(one)["items"]
        assert items["type"] == "application/geo+json"
        assert as_tariq.get(items["href"])["Content-Type"] == "application/geo+json"


def test_the_extent_holds_every_place_and_time(as_tariq, trio):
    """/req/core/fc-md-extent"""
    extent = as_tariq.get(INCIDENTS).json()["extent"]
    ((west, south, east, north),) = extent["spatial"]["bbox"]
    told = [feature for feature in as_tariq.get(ITEMS).json()["features"] if feature["geometry"]]
    assert all(west <= one["geometry"]["coordinates"][0] <= east for one in told)
    assert all(south <= one["geometry"]["coordinates"][1] <= north for one in told)
    assert extent["temporal"]["interval"] == [["2020-10-18T09:00:00Z", "2020-10-19T14:00:00Z"]]
    areas = as_tariq.get(BOUNDARIES).json()["extent"]
    assert areas == {"spatial": {"bbox": [[-69.5, -20.5, -57.5, -12.0]]}}


@pytest.mark.parametrize("address", [INCIDENTS, BOUNDARIES])
def test_a_collection_tells_of_itself_what_the_list_tells(as_tariq, departments, address):
    """/req/core/sfc-md-op, /req/core/sfc-md-success"""
    listed = {links(one)["self"]["href"]: one for one in as_tariq.get(COLLECTIONS).json()["collections"]}
    assert as_tariq.get(address).json() == listed[f"http://testserver{address}"]
    assert as_tariq.get("/ogc/collections/secrets").status_code == 404


def test_a_limit_is_kept_and_one_beyond_the_most_is_no_error(as_tariq, trio, described, monkeypatch):
    """/req/core/fc-limit-definition, /req/core/fc-limit-response-1"""
    schema = parameters(described, "/collections/incidents/items")["limit"]["schema"]
    assert (schema["default"], schema["maximum"]) == (1_000, 1_000)
    assert [len(ids(as_tariq.get(f"{ITEMS}?limit={limit}"))) for limit in (1, 2, 3, 1_000)] == [1, 2, 3, 3]
    monkeypatch.setattr("incidents.api.filters.MAX_LIMIT", 2)
    assert len(ids(as_tariq.get(f"{ITEMS}?limit=50000"))) == 2


BOXES = {
    "-70,-23,-57,-9": "shooting threat nowhere",
    "-64.5,-20.5,-57.5,-13.5": "shooting nowhere",
    "-69.5,-17.5,0,-66.5,-12,4000": "threat nowhere",
    "170,-20,-68,-10": "threat nowhere",
    "0,0,1,1": "nowhere",
}


def test_a_box_gives_what_lies_in_it_and_what_has_no_place(as_tariq, trio):
    """/req/core/fc-bbox-definition, /req/core/fc-bbox-response"""
    assert {box: names(trio, as_tariq.get(f"{ITEMS}?bbox={box}")) for box in BOXES} == BOXES


TIMES = {
    "2020-10-18T09:00:00Z": "threat nowhere",
    "2020-10-18": "threat nowhere",
    "2020-10-18T05:00:00-04:00/2020-10-18T23:00:00Z": "threat nowhere",
    "2020-10-18/2020-10-19": "shooting threat nowhere",
    "2020-10-18T10:00:00Z/..": "shooting nowhere",
    "2020-10-18T10:00:00Z/": "shooting nowhere",
    "../2020-10-18T10:00:00Z": "threat nowhere",
    "/2020-10-18T10:00:00Z": "threat nowhere",
    "2020-10-20T/..": "nowhere",
    # As QGIS writes an end or a beginning that is open, and what its user typed.
    "0000-01-01T00:00:00Z/2020-10-18T10:00:00Z": "threat nowhere",
    "2020-10-18T10:00:00Z/9999-12-31T00:00:00Z": "shooting nowhere",
    "2020-10-18 10:00:00/..": "shooting nowhere",
    "2020-10-18T05:00:00.000-04:00/2020-10-18t23:00:00.0000000z": "threat nowhere",
}


def test_an_interval_gives_what_fell_into_it_and_what_has_no_time(as_tariq, trio):
    """/req/core/fc-time-definition, /req/core/fc-time-response"""
    assert {when: names(trio, as_tariq.get(ITEMS, {"datetime": when})) for when in TIMES} == TIMES


def test_a_page_tells_its_links_its_time_and_its_numbers(as_tariq, trio):
    """/req/core/fc-op, fc-response, fc-links, fc-rel-type, fc-timeStamp, fc-numberMatched, fc-numberReturned"""
    answer = as_tariq.get(f"{ITEMS}?limit=2&bbox=-70,-23,-57,-9")
    body = answer.json()
    assert (body["type"], body["numberMatched"], body["numberReturned"]) == ("FeatureCollection", 3, 2)
    assert links(body)["self"]["href"] == f"http://testserver{ITEMS}?limit=2&bbox=-70,-23,-57,-9"
    assert {link["type"] for link in body["links"]} == {"application/geo+json", "application/json"}
    assert body["timeStamp"].endswith("Z")
    assert f'<{links(body)["next"]["href"]}>; rel="next"' in answer["Link"]
    last = as_tariq.get(links(body)["next"]["href"]).json()
    assert (last["numberReturned"], "next" in links(last), "numberMatched" in last) == (1, False, False)


def test_a_feature_stands_alone_and_says_where_it_belongs(as_tariq, trio):
    """/req/core/f-op, /req/core/f-success, /req/core/f-links"""
    first = as_tariq.get(ITEMS).json()["features"][0]
    answer = as_tariq.get(f"{ITEMS}/{first['id']}")
    alone = answer.json()
    found = {link["rel"]: link["href"] for link in alone.pop("links")}
    assert (answer["Content-Type"], alone) == ("application/geo+json", first)
    assert found["collection"] == f"http://testserver{INCIDENTS}"
    assert found["self"] == f"http://testserver{ITEMS}/{first['id']}"


def test_features_are_geojson_with_longitude_first(as_tariq, trio):
    """/req/geojson/definition, /req/geojson/content, /req/core/crs84"""
    shooting, _threat, nowhere = as_tariq.get(ITEMS).json()["features"]
    longitude, latitude = shooting["geometry"]["coordinates"]
    assert (-64.5 < longitude < -57.5, -20.5 < latitude < -13.5) == (True, True)
    assert (nowhere["geometry"], nowhere["type"]) == (None, "Feature")
    assert "crs" not in as_tariq.get(ITEMS).json()


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


BORDERED = {
    "": ["BO-L", "BO-O", "BO-S"],
    "code=BO-O": ["BO-O"],
    "level=1": ["BO-L", "BO-O", "BO-S"],
    "level=2": [],
    "parent=BO-L": [],
    "bbox=-60,-15,-59,-14": ["BO-S"],
    "bbox=-70,-17.6,-66,-17.4": ["BO-L", "BO-O"],
    "datetime=2020-10-18": ["BO-L", "BO-O", "BO-S"],
    "limit=2": ["BO-L", "BO-O"],
}


def test_boundaries_are_a_collection_like_the_other(as_tariq, departments):
    """/req/core/fc-op, fc-bbox-response, fc-time-response; Part 3"""
    assert {query: ids(as_tariq.get(f"{AREAS}?{query}")) for query in BORDERED} == BORDERED


def test_what_is_not_there_is_told_as_a_problem(as_tariq, shooting):
    """/req/core/http"""
    ours = f"{ITEMS}/{shooting.pk}"
    for address in (f"{ITEMS}/nonsense", ours, f"{ITEMS}/a/b", f"{ITEMS}/%00", f"{AREAS}/BO-X", "/ogc/x", "/ogc/%0A"):
        answer = as_tariq.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
