"""OGC API – Features Part 1 (17-069r4), Annex A, features and how they are chosen: each test names its requirements."""

import pytest

from tests.api.ogc.cast import AREAS, INCIDENTS, ITEMS, KEYED, OPEN, ids, links, names, parameters


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


INVALID_OF_AREAS = [
    "level=one",
    "level=-1",
    "level=1000",
    "level=",
    "level=٣",
    "code=",
    "parent=%00",
    "bbox=1",
    "cursor=!",
]


@pytest.mark.parametrize(("address", "queries"), [(ITEMS, INVALID), (AREAS, INVALID_OF_AREAS)])
def test_a_value_that_makes_no_sense_is_refused_and_named(as_tariq, address, queries):
    """/req/core/query-param-invalid, /req/core/http"""
    answers = {query: as_tariq.get(f"{address}?{query}") for query in queries}
    named = {query: list(answer.json().get("errors", ())) for query, answer in answers.items()}
    assert {answer.status_code for answer in answers.values()} == {400}
    assert named == {query: [query.partition("=")[0]] for query in queries}


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
    assert as_tariq.get(f"{ITEMS}?limit=1&bbox=-64.5,-20.5,-57.5,-13.5").json()["numberMatched"] == 2


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
