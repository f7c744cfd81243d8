"""How /ogc answers: to whom, from which tables, in how many queries, and that nothing is missed on the way."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incidents.actions.review import summarise, verify
from incidents.api.ogc.offered import COLLECTIONS as OFFERED
from incidents.models import ApiKey, Boundary, Mission
from tests import make
from tests.api.cast import EXPORTS, bearer, body, partner, public_id, released
from tests.api.ogc.cast import API, AREAS, BOUNDARIES, COLLECTIONS, INCIDENTS, ITEMS, KEYED, OPEN, ROOT, ids, links

TABLES = {"incidents_release", "incidents_apikey", "incidents_pull", "incidents_mission", "incidents_boundary"}
PLANTED = "zanahoria"


def test_what_holds_no_data_opens_without_a_key_and_reads_no_table(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answers = [client.get(address) for address in OPEN]
        answers.append(client.get(API, headers={"Authorization": "Basic nonsense"}))
    assert {answer.status_code for answer in answers} == {200}


def test_what_holds_data_asks_for_a_key_as_gis_programs_expect_it(client, db):
    for address in (*KEYED, f"{ITEMS}/x"):
        answer = client.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
        assert answer["WWW-Authenticate"].startswith('Basic realm="')


def test_a_key_sees_its_own_mission_and_departments_only(as_tariq, tariq, trio, bolivia):
    _, elsewhere = partner("elsewhere", make.mission("peru-2021"))
    narrow = ApiKey.issue(holder=tariq, mission=bolivia, departments=["BO-L"], is_granted=True)[1]
    shooting, threat, _nowhere = map(public_id, trio)
    assert ids(Client(headers=bearer(elsewhere)).get(ITEMS)) == []
    assert ids(Client(headers=bearer(narrow)).get(ITEMS)) == [threat]
    assert Client(headers=bearer(narrow)).get(f"{ITEMS}/{shooting}").status_code == 404
    assert "temporal" not in Client(headers=bearer(elsewhere)).get(INCIDENTS).json()["extent"]
    extent = Client(headers=bearer(narrow)).get(INCIDENTS).json()["extent"]
    assert extent["temporal"]["interval"] == [["2020-10-18T09:00:00Z", "2020-10-18T09:00:00Z"]]
    assert extent["spatial"]["bbox"][0][2] < -66.5  # Santa Cruz lies east of it


def test_a_key_sees_the_boundaries_of_its_own_mission_only(as_tariq, departments):
    lima = make.departments(make.mission("peru-2021"))["BO-L"]
    Boundary.objects.filter(pk=lima.pk).update(code="PE-LIM")
    assert ids(as_tariq.get(AREAS)) == ["BO-L", "BO-O", "BO-S"]
    assert as_tariq.get(f"{AREAS}/PE-LIM").status_code == 404


def test_what_is_withdrawn_is_gone(as_tariq, ana, shooting):
    address = f"{ITEMS}/{public_id(shooting)}"
    assert as_tariq.get(address).status_code == 200
    verify(shooting.pk, "possible", actor=ana)
    assert as_tariq.get(address).status_code == 404
    assert ids(as_tariq.get(ITEMS)) == []


def test_only_releases_and_boundaries_are_read_and_no_words_told(client, as_tariq, marisol, ana):
    incident = released(marisol, ana, words=PLANTED, latitude="-16.512345", longitude="-68.154321")
    asked = [*OPEN, *KEYED, f"{ITEMS}/{public_id(incident)}", f"{AREAS}/BO-L", f"{AREAS}?bbox=-70,-20,-60,-10"]
    with CaptureQueriesContext(connection) as seen:
        told = "".join(body(method(address)) for address in asked for method in (as_tariq.get, client.get))
    read = {name for query in seen for name in re.findall(r'"((?:incidents|auth|django)_\w+)"', query["sql"])}
    assert read == TABLES
    assert [one for one in (PLANTED, "16.5123", "68.1543", marisol.code, str(incident.pk)) if one in told] == []


# The key with its mission, this pull and its end, the recent ones, the newest change; the page, and how many there are
# where a page follows. A first look at a few also asks whether they show what a place is like. For boundaries also
# whether they changed, and first which of them fit.
COSTS = {
    f"{ITEMS}?limit=1": 7,
    f"{ITEMS}?limit=2": 8,
    f"{ITEMS}?limit=3": 6,
    f"{ITEMS}?bbox=-70,-23,-57,-9": 6,
    INCIDENTS: 6,
    f"{AREAS}?limit=1": 9,
    f"{AREAS}?limit=3": 8,
}


def test_an_answer_costs_the_same_however_much_is_in_it(as_tariq, trio):
    as_tariq.get(INCIDENTS)
    spent = {}
    for address in COSTS:
        with CaptureQueriesContext(connection) as seen:
            as_tariq.get(address)
        spent[address] = len(seen)
    assert spent == COSTS


def test_following_next_gives_everything_once_and_keeps_what_was_asked(as_tariq, marisol, ana):
    made = [public_id(released(marisol, ana)) for _ in range(4)]
    address, found, asked = f"{ITEMS}?limit=2&category=intimidation&bbox=-70,-23,-57,-9", [], []
    while address:
        answer = as_tariq.get(address)
        found += ids(answer)
        asked.append(address)
        address = links(answer.json()).get("next", {}).get("href")
    assert found == made
    assert [one.partition("?")[2] for one in asked[1:]] == [asked[1].partition("?")[2]]
    assert "limit=2&category=intimidation&bbox=-70%2C-23%2C-57%2C-9&cursor=" in asked[1]


def test_a_feature_that_changes_meanwhile_is_met_again(as_tariq, shooting, threat, ana):
    first = as_tariq.get(f"{ITEMS}?limit=1").json()
    summarise(shooting.pk, "Better known by now.", actor=ana)
    rest = as_tariq.get(links(first)["next"]["href"].replace("limit=1", "limit=9"))
    assert [one["id"] for one in first["features"]] == [public_id(shooting)]
    assert ids(rest) == [public_id(threat), public_id(shooting)]


def test_boundaries_come_in_pages_too(as_tariq, departments):
    first = as_tariq.get(f"{AREAS}?limit=2&bbox=-70,-21,-57,-11").json()
    second = as_tariq.get(links(first)["next"]["href"])
    assert (first["numberMatched"], ids(second), "next" in links(second.json())) == (3, ["BO-S"], False)


JSON_TYPES = {"string": str, "integer": int, "number": float, "boolean": bool, "object": dict}


def test_no_property_is_ever_left_out_and_each_has_the_type_that_is_declared(as_tariq, shooting, nowhere):
    for address, one in ((ITEMS, OFFERED["incidents"]), (AREAS, OFFERED["boundaries"])):
        features = as_tariq.get(address).json()["features"]
        assert all(set(feature["properties"]) == set(one.columns) for feature in features)
        for name, schema in one.columns.items():
            kind = JSON_TYPES[schema["type"]]
            allowed = (kind, type(None)) if schema.get("nullable") else kind
            assert all(isinstance(feature["properties"][name], allowed) for feature in features), name


def test_a_first_look_shows_what_a_place_and_a_time_are_like(as_tariq, marisol, ana):
    """QGIS takes ten features for all: ten without a place made a layer that draws nothing, ever."""
    nowhere, at = {"latitude": "", "longitude": "", "location_source": "none"}, {"occurred_at": "2020-10-18T09:05:00Z"}
    known = ({**nowhere, **at}, {}, nowhere, at)
    *made, both = [public_id(released(marisol, ana, timing="happened", **one)) for one in known]
    first = as_tariq.get(f"{ITEMS}?limit=3")
    assert ids(first) == [*made[:2], both]
    behind = links(first.json())["next"]["href"]
    assert ids(as_tariq.get(behind)) == [made[2]]
    one_by_one = as_tariq.get(behind.replace("limit=3", "limit=1"))
    assert (ids(one_by_one), "next" in links(one_by_one.json())) == ([made[2]], False)
    assert ids(as_tariq.get(f"{ITEMS}?limit=3&adm1_code=BO-S")) == []


def test_what_has_not_changed_is_not_sent_again(as_tariq, shooting, ana):
    for address in (ITEMS, f"{ITEMS}/{public_id(shooting)}", INCIDENTS):
        tag = as_tariq.get(address)["ETag"]
        assert as_tariq.get(address, headers={"If-None-Match": tag}).status_code == 304
        summarise(shooting.pk, f"Better known by now: {address}", actor=ana)
        assert as_tariq.get(address, headers={"If-None-Match": tag}).status_code == 200
    tag = as_tariq.get(API)["ETag"]
    assert as_tariq.get(API, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("address", [ITEMS, INCIDENTS, *EXPORTS])
def test_no_cache_on_the_way_hands_one_keys_answer_to_another(as_tariq, shooting, address):
    first = as_tariq.get(address)
    for answer in (first, as_tariq.get(address, headers={"If-None-Match": first["ETag"]})):
        assert answer["Cache-Control"] == "private, no-cache"
        assert {"Authorization", "X-Api-Key"} <= {name.strip() for name in answer["Vary"].split(",")}


def test_the_same_page_at_another_time_is_not_the_same_to_the_byte(as_tariq, shooting):
    assert as_tariq.get(ITEMS)["ETag"].startswith('W/"')
    assert as_tariq.get(f"{ITEMS}/{public_id(shooting)}")["ETag"].startswith('"')


def test_what_tells_of_boundaries_is_sent_anew_with_them(as_tariq, departments):
    tags = {address: as_tariq.get(address)["ETag"] for address in (COLLECTIONS, BOUNDARIES)}
    moved = Boundary.objects.get(code="BO-S")
    moved.geometry["coordinates"][0][1][0] = -50.0
    moved.save()
    for address, tag in tags.items():
        answer = as_tariq.get(address, headers={"If-None-Match": tag})
        assert "-50.0" in answer.text, address


@pytest.mark.parametrize("address", [AREAS, "/api/v1/boundaries"])
def test_boundaries_loaded_anew_are_sent_anew(as_tariq, departments, address):
    tag = as_tariq.get(address)["ETag"]
    assert as_tariq.get(address, headers={"If-None-Match": tag}).status_code == 304
    renamed = Boundary.objects.get(code="BO-L")
    renamed.names = {"es": "Departamento de La Paz"}
    renamed.save()
    answer = as_tariq.get(address, headers={"If-None-Match": tag})
    assert answer.json()["features"][0]["properties"]["name"] == "Departamento de La Paz"


def test_a_demonstration_says_so(as_tariq, shooting):
    Mission.objects.update(is_demonstration=True)
    assert as_tariq.get(ITEMS).json()["note"].startswith("Demonstration data")


ACCEPTED = {
    (ROOT, "application/json"): 200,
    (API, "application/vnd.oai.openapi+json;version=3.0"): 200,
    (API, "application/vnd.oai.openapi+json;version=3.0, application/openapi+json;version=3.0, application/json"): 200,
    (ITEMS, "application/geo+json"): 200,
    (ITEMS, "application/geo+json, application/json"): 200,
    (ITEMS, "text/html,application/xhtml+xml,*/*;q=0.8"): 200,
    (f"{INCIDENTS}/queryables", "application/schema+json"): 200,
    (ITEMS, "text/html"): 406,
    (API, "image/png"): 406,
}


def test_what_real_clients_accept_is_honoured(as_tariq, db):
    got = {asked: as_tariq.get(asked[0], headers={"Accept": asked[1]}).status_code for asked in ACCEPTED}
    assert got == ACCEPTED


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_nothing_can_be_written(as_tariq, db, method):
    for address in (ROOT, API, INCIDENTS, ITEMS, f"{ITEMS}/x"):
        answer = getattr(as_tariq, method)(address)
        assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")


@pytest.mark.parametrize("value", ["a/b;x*=foo''bar", "\0", "ñ", "///;;q=,", '"', "9" * 50_000, "*;q=zzz", "%"])
def test_no_header_is_a_fault_of_ours(as_tariq, db, value):
    for address in (API, ITEMS):
        for name in ("Accept", "If-None-Match", "If-Modified-Since", "Accept-Language"):
            assert as_tariq.get(address, headers={name: value}).status_code < 500
