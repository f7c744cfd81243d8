"""Loading boundaries and places at the desk: checked first, row faults in words, limits said, own missions only."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from incidents.admin import loading
from incidents.models import Assessment, Boundary
from tests import make
from tests.places import drawn


@pytest.fixture
def here():
    return reverse("admin:incidents_boundary_load")


@pytest.fixture
def send(as_sofia, bolivia, here):
    def post(path, button="load", name=None, **fields):
        upload = SimpleUploadedFile(name or path.name, path.read_bytes())
        return as_sofia.post(here, {"mission": bolivia.pk, "kind": "1", "file": upload, button: "1", **fields})

    return post


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "zip", "csv"])
def test_a_file_is_checked_and_then_loaded(send, bolivia, tmp_path, ending):
    Boundary.objects.all().delete()
    make_file = {"geojson": drawn.geojson, "gpkg": drawn.geopackage, "csv": drawn.table}.get(ending, drawn.shapes)
    path = make_file(tmp_path / f"a.{ending}", drawn.rows(), **({"zipped": True} if ending == "zip" else {}))
    checked = send(path, "check")
    assert dict(checked.context["account"].counts)["new"] == 2
    assert not Boundary.objects.exists()
    assert send(path).status_code == 200
    assert sorted(bolivia.boundaries.values_list("code", flat=True)) == ["BO-L", "BO-O"]


def test_bad_rows_are_listed_with_their_reasons_and_good_ones_are_stored(send, tmp_path, bolivia):
    rows = [*drawn.rows(), {"code": "Z", "nombre": "", "geometry": drawn.POINT.buffer(1)}]
    answer = send(drawn.geojson(tmp_path / "a.geojson", rows))
    text = answer.content.decode()
    assert "Row 3" in text
    assert "There is no name. Give one, or leave the row out." in text


def test_open_incidents_are_placed_anew_if_that_is_wanted(send, tmp_path, marisol):
    make.incident(marisol)
    path = drawn.geojson(tmp_path / "a.geojson", drawn.rows())
    send(path)
    assert Assessment.objects.get().state == "done"
    send(path, locate="on")
    assert Assessment.objects.get().state == "pending"
    Assessment.objects.update(state="done")
    send(path, "check", locate="on")
    assert Assessment.objects.get().state == "done"


def test_a_file_that_is_too_large_is_told_where_to_go(send, tmp_path, monkeypatch):
    path = drawn.geojson(tmp_path / "a.geojson", drawn.rows())
    monkeypatch.setattr(loading, "ROW_LIMIT", 1)
    assert "Use the command load_places" in send(path).content.decode()
    monkeypatch.setattr(loading, "SIZE_LIMIT", 100)
    answer = send(path)
    assert answer.status_code == 422
    assert "too large for this page" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.kml", b"<kml/>"),
        ("a.geojson", b"{"),
        ("a.gpkg", b"SQLite format 3\0" + b"\0" * 200),
        ("a.zip", b"PK\3\4"),
        ("a.csv", b"\xff\xfe"),
        ("geojson", b"{}"),
        ("../../a.geojson\0", b"[]"),
        ("a.csv", b"name;lat;lon\n" + b'"' * 7),
        ("a.geojson", b'{"features": [1, null, {"geometry": 7}, {"properties": {"name": {}}}]}'),
        ("a.geojson", b'{"features": [{"properties": {"name": "A", "names": []}, "geometry": {"type": "Point"}}]}'),
    ],
)
def test_a_hostile_file_is_answered_in_words(send, tmp_path, name, content):
    path = tmp_path / "hostile"
    path.write_bytes(content)
    answer = send(path, name=name)
    assert answer.status_code in (200, 422)
    assert not Boundary.objects.filter(code="A").exists()


def test_without_a_file_or_with_strange_fields_the_page_says_so(as_sofia, here, bolivia):
    assert as_sofia.post(here, {"mission": bolivia.pk, "kind": "1"}).status_code == 422
    assert as_sofia.post(here, {"mission": "9" * 40, "kind": "x", "name": "a\0"}).status_code == 422
    assert as_sofia.get(f"{here}?mission=" + "9" * 40).status_code == 200


def test_another_mission_is_not_offered(send, tmp_path):
    other = make.mission("elsewhere")
    answer = send(drawn.geojson(tmp_path / "a.geojson", drawn.rows()), mission=other.pk)
    assert answer.status_code == 422
    assert not other.boundaries.exists()


def test_the_page_is_closed_to_coordinators_and_offered_in_the_lists(as_ana, as_sofia, here):
    assert as_ana.get(here).status_code == 403
    for model in ("boundary", "place"):
        assert here in as_sofia.get(reverse(f"admin:incidents_{model}_changelist")).content.decode()
