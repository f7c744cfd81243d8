"""OGC API – Features Part 1 (17-069r4), Annex A, where a program begins: each test names its requirements."""

import pytest

from tests.api.ogc.cast import AREAS, BOUNDARIES, COLLECTIONS, CONFORMANCE, INCIDENTS, ITEMS, ROOT, links

PART_1 = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
PART_3 = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/"


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


def test_what_is_not_there_is_told_as_a_problem(as_tariq, shooting, departments):
    """/req/core/http"""
    ours = f"{ITEMS}/{shooting.pk}"
    for address in (
        f"{ITEMS}/nonsense",
        ours,
        f"{ITEMS}/a/b",
        f"{ITEMS}/%00",
        f"{AREAS}/BO-X",
        f"{AREAS}/BO-L%00",
        "/ogc/x",
        "/ogc/%0A",
    ):
        answer = as_tariq.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
