"""Programs that partners use, against a running server: GDAL, OWSLib, and a checker of the API's own document."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from ogcapi_registry import parse_conformance_classes, validate_conformance, validate_document, validate_ogc_api
from owslib.ogcapi.features import Features
from owslib.util import Authentication

from incidents.models import Pull
from tests.api.cast import public_id
from tests.api.ogc.cast import API, CONFORMANCE

GDAL = Path(__file__).with_name("gdal_client.py")
# Features without a place or time fit every box and interval; GDAL takes the former out again, but not the latter.
SEEN = {
    "layers": {"incidents": "Point", "boundaries": "Polygon"},
    "count": 3,
    "crs": "EPSG:4326",
    "categories": ["shooting", "verbal_threat", "intimidation"],
    "without a place": 1,
    "grave": ["shooting"],
    "of a department": ["verbal_threat"],
    "from a day on": ["shooting", "intimidation"],
    "between": ["verbal_threat", "intimidation"],
    "in a box": ["shooting"],
    "page by page": ["shooting", "verbal_threat", "intimidation"],
    "borders": ["BO-S"],
}
TYPES = {
    "OFTDateTime": {"occurred_at", "reported_at", "updated_at"},
    "OFTReal": {"latitude", "longitude"},
    "OFTInteger": {"huridocs_list", "is_demonstration"},
}
# What GDAL was to leave to the server.
SENT = (
    "?limit=1000",
    "&severity=critical",
    "&adm1_code=BO-L&verification=likely",
    "&datetime=2020-10-19T%2F..",
    "&datetime=2020-10-18T00:00:00Z%2F2020-10-18T23:59:59Z",
    "&bbox=-64.5,-20.5,-57.5,-13.5",
    "?limit=1&cursor=",
    "boundaries/items?limit=1000&code=BO-S",
)


@pytest.mark.django_db(transaction=True)
def test_gdal_and_owslib_read_everything_and_leave_filtering_to_the_server(live_server, trio, tariq):
    """One test for both: emptying the tables after a running server takes longer than either."""
    gdal_reads_everything(f"{live_server.url}/ogc", tariq.secret)
    asked = list(Pull.objects.values_list("address", flat=True))
    assert [one for one in SENT if not any(one in address for address in asked)] == []
    assert set(Pull.objects.values_list("status", flat=True)) == {200}
    owslib_finds_its_way(f"{live_server.url}/ogc", tariq.secret, *map(public_id, trio[:2]))


def gdal_reads_everything(url, key):
    done = subprocess.run([sys.executable, GDAL, url, f"tariq:{key}"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {name: told[name] for name in SEEN} == SEEN
    types = {kind: {name for name, its in told["fields"].items() if its == kind} for kind in TYPES}
    assert (types, len(told["fields"])) == (TYPES, 24)


def owslib_finds_its_way(url, key, shooting, threat):
    service = Features(url, auth=Authentication(username="tariq", password=key))
    assert service.api()["openapi"].startswith("3.0.")
    assert service.feature_collections() == ["incidents", "boundaries"]
    assert "severity" in service.collection_queryables("incidents")["properties"]
    asked = {"bbox": [-64.5, -20.5, -57.5, -13.5], "datetime_": "2020-10-18/2020-10-20", "limit": 10}
    found = service.collection_items("incidents", **asked, category="shooting")
    assert [feature["id"] for feature in found["features"]] == [shooting]
    assert service.collection_item("incidents", threat)["properties"]["category"] == "verbal_threat"


def test_the_registry_finds_no_fault_with_the_definition(client):
    document, declared = client.get(API).json(), client.get(CONFORMANCE).json()["conformsTo"]
    found = validate_ogc_api(document, parse_conformance_classes(declared))
    assert (found.is_valid, found.errors, found.warnings) == (True, (), ())
    assert validate_document(document).errors == ()
    assert validate_conformance(declared).unrecognised == ()
