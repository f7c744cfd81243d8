"""The three exports: what is in them, in which form, and how they are filtered."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from incidents.actions.review import move, verify
from incidents.models import Mission, Release
from incidents.sheet.harmless import harmless
from tests import make
from tests.api.cast import CSV, EXPORTS, GEOJSON, ITEMS, ROOT, body, public_id, released


@pytest.fixture
def pair(marisol, ana):
    """A critical shooting in Santa Cruz, and a threat in La Paz."""
    shooting = released(
        marisol, ana, categories=["shooting"], latitude=str(make.SANTA_CRUZ[0]), longitude=str(make.SANTA_CRUZ[1])
    )
    threat = released(marisol, ana, categories=["verbal_threat"], timing="happened")
    verify(threat.pk, "likely", actor=ana)
    return shooting, threat


FILTERED = [
    ("", 2),
    ("?severity=critical", 1),
    ("?severity=critical,moderate", 2),
    ("?severity=critical&severity=moderate", 2),
    ("?severity=minor", 0),
    ("?severity=", 2),
    ("?category=shooting", 1),
    ("?category=verbal_threat", 1),
    ("?category=killing", 0),
    ("?verification=confirmed", 1),
    ("?verification=likely", 1),
    ("?department=BO-S", 1),
    ("?department=BO-L", 1),
    ("?department=BO-O", 0),
    ("?department=BO-S&category=verbal_threat", 0),
    ("?updated_since=2020-10-18", 2),
    ("?updated_since=2020-10-18T00:00:00+00:00", 2),
    ("?updated_since=2999-01-01T00:00:00Z", 0),
]


@pytest.mark.parametrize(("query", "count"), FILTERED)
def test_all_exports_are_filtered_alike(as_tariq, pair, query, count):
    assert len(as_tariq.get(ITEMS + query).json()["items"]) == count
    assert len(json.loads(body(as_tariq.get(GEOJSON + query)))["features"]) == count
    assert len(list(csv.reader(io.StringIO(body(as_tariq.get(CSV + query)))))) == count + 2


def test_the_index_lists_addresses_that_answer(as_tariq, pair):
    links = as_tariq.get(ROOT).json()["links"]
    assert {"application/json", "application/geo+json", "text/csv"} <= {link["type"] for link in links}
    assert {as_tariq.get(link["href"]).status_code for link in links} == {200}


def test_geojson_puts_longitude_first_and_is_coarse(as_tariq, marisol, ana):
    released(marisol, ana, latitude="-16.498765", longitude="-68.143210")
    response = as_tariq.get(GEOJSON)
    longitude, latitude = json.loads(body(response))["features"][0]["geometry"]["coordinates"]
    assert response["Content-Type"] == "application/geo+json"
    assert abs(longitude + 68.14) < 0.05
    assert abs(latitude + 16.5) < 0.05
    assert longitude != -68.143210


def test_an_empty_export_is_whole_all_the_same(as_tariq):
    assert as_tariq.get(ITEMS).json().items() >= {"items": [], "next": None}.items()
    assert json.loads(body(as_tariq.get(GEOJSON))) == {"type": "FeatureCollection", "features": []}
    assert len(body(as_tariq.get(CSV)).splitlines()) == 2


def test_what_has_no_place_is_exported_without_one(as_tariq, marisol, ana):
    released(marisol, ana, latitude="", longitude="", location_source="none")
    assert json.loads(body(as_tariq.get(GEOJSON)))["features"][0]["geometry"] is None
    assert as_tariq.get(ITEMS).json()["items"][0]["latitude"] is None


def test_csv_has_names_then_hxl_hashtags(as_tariq, pair):
    names, tags, *rows = csv.reader(io.StringIO(body(as_tariq.get(CSV))))
    wanted = {"#event+id", "#date+occurred", "#date+reported", "#event+type", "#severity", "#status", "#adm1+name"}
    wanted |= {"#adm1+code", "#geo+lat", "#geo+lon", "#geo+precision", "#description"}
    assert wanted <= set(tags)
    assert len(set(tags)) == len(names) == len(tags) == len(rows[0])
    assert float(rows[0][names.index("latitude")]) < 0


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝"])
def test_no_cell_of_the_csv_is_a_formula_and_json_says_what_was_written(as_tariq, marisol, ana, sign):
    released(marisol, ana, summary=f"{sign}HYPERLINK(1)")
    names, _tags, row = csv.reader(io.StringIO(body(as_tariq.get(CSV)), newline=""))
    assert row[names.index("description")] == f"'{sign}HYPERLINK(1)"
    assert as_tariq.get(ITEMS).json()["items"][0]["description"] == f"{sign}HYPERLINK(1)"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ok;=cmd|x", "ok;'=cmd|x"),
        ("ok;+1", "ok;'+1"),
        ("ok\t-1", "ok\t'-1"),
        ("ok\n@SUM(1)", "ok\n'@SUM(1)"),
        ('ok; "=1', "ok; \"'=1"),
        ("=a;=b", "'=a;'=b"),
        ("ok; fine = fine - 1", "ok; fine = fine - 1"),
        ("-16.5", "-16.5"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\nx", "'\nx"),
    ],
)
def test_no_part_of_a_cell_is_a_formula_where_a_spreadsheet_splits_it(text, told):
    assert harmless(text) == told


def test_the_csv_holds_what_the_json_holds(as_tariq, pair):
    names, _tags, *rows = csv.reader(io.StringIO(body(as_tariq.get(CSV))))
    item = as_tariq.get(ITEMS).json()["items"][0]
    assert set(names) == set(item)
    told = {key: "" if value is None else str(value).replace("False", "false") for key, value in item.items()}
    assert dict(zip(names, rows[0], strict=True)) == told


def test_a_demonstration_says_so_in_every_export(as_tariq, marisol, ana, bolivia):
    Mission.objects.update(is_demonstration=True)
    bolivia.refresh_from_db()
    released(marisol, ana)
    names, _tags, row = csv.reader(io.StringIO(body(as_tariq.get(CSV))))
    assert row[names.index("is_demonstration")] == "true"
    assert as_tariq.get(ITEMS).json()["items"][0]["is_demonstration"] is True
    assert "note" in json.loads(body(as_tariq.get(GEOJSON)))
    assert "note" in as_tariq.get(ITEMS).json()


def test_a_real_mission_carries_no_such_note(as_tariq, pair):
    assert "note" not in json.loads(body(as_tariq.get(GEOJSON)))


@pytest.mark.parametrize("how", ["verification", "status"])
def test_a_withdrawn_incident_leaves_a_tombstone_and_nothing_else(as_tariq, marisol, ana, how):
    incident = released(marisol, ana)
    known = public_id(incident)
    if how == "verification":
        verify(incident.pk, "possible", actor=ana)
    else:
        move(incident.pk, "invalidate", actor=ana, reason="Filed in error.")
    since = (timezone.now() - timedelta(hours=1)).isoformat().replace("+", "%2B")
    (stone,) = as_tariq.get(f"{ITEMS}?updated_since={since}&severity=minor").json()["items"]
    assert (stone.pop("id"), stone.pop("withdrawn")) == (known, True)
    assert list(stone) == ["updated_at"]
    assert all(known not in body(as_tariq.get(address)) for address in EXPORTS)


def test_only_what_changed_since_is_pulled(as_tariq, pair):
    shooting, threat = pair
    Release.objects.filter(incident=shooting).update(updated_at="2020-10-18T12:00:00Z")
    since = (timezone.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    items = as_tariq.get(f"{ITEMS}?updated_since={since}").json()["items"]
    assert [item["id"] for item in items] == [public_id(threat)]
