"""What each parameter chooses, in what order, and with which columns."""

import json

import pytest

from incidents.models import Release
from tests.api.cast import CSV, GEOJSON, ITEMS, body, public_id, released

SUVA, TONGA, LA_PAZ = (178.4, -18.1), (-175.2, -21.1), (-68.1, -16.5)


@pytest.fixture
def three(marisol, ana):
    """In Suva by the police, in Tonga by police and army, in La Paz by nobody known; a day apart from each other."""
    told = [("police", SUVA, "2020-10-18"), ("armed_forces;police", TONGA, "2020-10-19"), (None, LA_PAZ, "2020-10-20")]
    made = [released(marisol, ana) for _ in told]
    for incident, (accused, (longitude, latitude), day) in zip(made, told, strict=True):
        place = {"longitude": longitude, "latitude": latitude}
        changes = {"perpetrators": accused, "occurred_at": f"{day}T14:00:00Z", **place}
        Release.objects.filter(incident=incident).update(**changes)
    return dict(zip(("suva", "tonga", "la_paz"), map(public_id, made), strict=True))


CHOSEN = [
    ("perpetrator=police", "suva tonga"),
    ("perpetrator=armed_forces", "tonga"),
    ("perpetrator=armed_forces,crowd", "tonga"),
    ("perpetrator=forces", None),
    ("bbox=-180,-90,180,90", "suva tonga la_paz"),
    ("bbox=175,-25,-170,-15", "suva tonga"),
    ("bbox=-70,-17,-68,-16", "la_paz"),
    ("bbox=-170,-25,175,-15", "la_paz"),
    ("bbox=-68.1,-16.5,-68.1,-16.5", "la_paz"),
    ("occurred_from=2020-10-19", "tonga la_paz"),
    ("occurred_from=2020-10-19T14:00:00Z", "tonga la_paz"),
    ("occurred_from=2020-10-19T14:00:01Z", "la_paz"),
    ("occurred_until=2020-10-19", "suva tonga"),
    ("occurred_until=2020-10-19T13:59:59Z", "suva"),
    ("occurred_from=2020-10-19T10:00:00-04:00&occurred_until=2020-10-19T10:00:00-04:00", "tonga"),
    ("occurred_from=2020-10-19T18:00:00+04:00&occurred_until=2020-10-19T18:00:00%2B0400", "tonga"),
    ("perpetrator=police&occurred_from=2020-10-19", "tonga"),
    ("sort=-change", "la_paz tonga suva"),
    ("sort=occurred_at", "suva tonga la_paz"),
    ("sort=-occurred_at", "la_paz tonga suva"),
]


def test_each_parameter_chooses_what_it_says(as_tariq, three):
    names = {identifier: name for name, identifier in three.items()}
    got = {}
    for query, wanted in CHOSEN:
        answer = as_tariq.get(f"{ITEMS}?{query}")
        found = " ".join(names[item["id"]] for item in answer.json()["items"]) if answer.status_code == 200 else None
        if found != wanted:
            got[query] = found
    assert got == {}


def test_in_another_order_pages_lose_nothing_either(as_tariq, three, marisol, ana):
    Release.objects.filter(public_id=three["suva"]).update(occurred_at=None)
    Release.objects.filter(public_id=three["la_paz"]).update(occurred_at="2020-10-19T14:00:00Z")
    for sort, wanted in (("occurred_at", ["suva", "tonga", "la_paz"]), ("-occurred_at", ["la_paz", "tonga", "suva"])):
        address, seen = f"{ITEMS}?sort={sort}&limit=1", []
        while address:
            page = as_tariq.get(address).json()
            seen += [item["id"] for item in page["items"]]
            address = page["next"]
        assert seen == [three[name] for name in wanted]


BOXES = [
    "1,2,3",
    "1,2,3,4,5",
    "a,b,c,d",
    "0,10,0,-10",
    "-181,0,0,0",
    "0,0,0,91",
    "nan,0,0,0",
    "1_0,0,20,1",
    "0,0,0,1e400",
]
TIMES = [
    "2020",
    "20201018",
    "2020-W42-7",
    "2020-02-30",
    "2020-10-18T24:00",
    "2020-10-18 14:30",
    "1603029600",
    "٢٠٢٠-10-18",
]
STRANGE = [
    *(("bbox", value) for value in BOXES),
    *((name, value) for name in ("occurred_from", "occurred_until", "updated_since") for value in TIMES),
    ("fields", "id,words"),
    ("sort", "severity"),
    ("perpetrator", "pol"),
]


def test_what_makes_no_sense_is_refused_by_name(as_tariq):
    got = {(name, value): as_tariq.get(ITEMS, {name: value}) for name, value in STRANGE}
    assert [asked for asked, answer in got.items() if list(answer.json().get("errors", ())) != [asked[0]]] == []


def test_fields_are_given_alone_and_in_their_order(as_tariq, three):
    asked = "?fields=occurred_at,id&occurred_until=2020-10-18"
    (item,) = as_tariq.get(ITEMS + asked).json()["items"]
    assert (list(item), item["id"]) == (["occurred_at", "id"], three["suva"])
    assert body(as_tariq.get(CSV + asked)).splitlines()[2:] == [f"2020-10-18T14:00:00Z,{three['suva']}"]


def test_a_feature_shows_its_place_only_where_both_degrees_are_asked_for(as_tariq, three):
    asked = {
        fields: body(as_tariq.get(f"{GEOJSON}?fields={fields}")) for fields in ("latitude", "latitude,longitude,id")
    }
    without, with_place = (json.loads(text)["features"][0] for text in asked.values())
    assert without["geometry"] is None
    assert list(with_place["properties"]) == ["latitude", "longitude"]
    assert with_place["geometry"]["type"] == "Point"
