"""Reading what other programs wrote: every format says the same, other coordinate systems are refused in words."""

import sqlite3
from contextlib import closing

import pytest

from incidents.places import files
from incidents.places.files import FileFault, open_layer
from tests.places import drawn


def every_format(folder):
    rows = drawn.rows()
    return [
        drawn.geojson(folder / "a.geojson", rows),
        drawn.geojson(folder / "a.json", rows, crs={"properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}),
        *(drawn.geopackage(folder / f"{kind}.gpkg", rows, envelope=kind) for kind in range(5)),
        drawn.shapes(folder / "a.shp", rows),
        drawn.shapes(folder / "b.shp", rows, zipped=True),
        drawn.table(folder / "a.csv", rows),
    ]


@pytest.mark.parametrize("which", range(10))
def test_every_format_says_the_same(tmp_path, which):
    layer = open_layer(every_format(tmp_path)[which])
    read = list(layer.read())
    assert layer.count == len(read) == 2
    assert set(layer.columns) == {"code", "nombre"}
    assert [feature.values["nombre"] for feature in read] == ["La Paz", "Oruro"]
    assert all(feature.geometry.equals(drawn.SQUARES[feature.values["code"]][1]) for feature in read)
    assert next(iter(layer.read())).number == read[0].number


FAULTS = {
    "geojson of another system": (
        lambda at: drawn.geojson(at / "a.geojson", drawn.rows(), crs={"properties": {"name": "EPSG:32719"}}),
        "EPSG:32719",
    ),
    "geopackage of another system": (lambda at: drawn.geopackage(at / "a.gpkg", drawn.rows(), 32719), "UTM 19S"),
    "shapefile of another system": (lambda at: drawn.shapes(at / "a.shp", drawn.rows(), drawn.UTM), "UTM_Zone_19S"),
    "shapefile without a system": (lambda at: drawn.shapes(at / "a.shp", drawn.rows(), ""), ".prj"),
    "geopackage with two layers": (
        lambda at: drawn.geopackage(at / "a.gpkg", drawn.rows(), layers=("one", "two")),
        "one, two",
    ),
    "geopackage of a view": (lambda at: drawn.geopackage(at / "a.gpkg", drawn.rows(), as_view=True), "view"),
    "no file": (lambda at: at / "none.csv", "no such file"),
    "a folder": (lambda at: at, "must end in"),
    "another format": (lambda at: written(at / "a.kml", b"<kml/>"), ".geojson"),
    "no json": (lambda at: written(at / "a.json", b'{"type":'), "line 1"),
    "no collection": (lambda at: written(at / "a.json", b"[]"), "FeatureCollection"),
    "json without an end": (lambda at: written(at / "a.json", b"[" * 100_000), "Not JSON"),
    "not utf-8": (lambda at: written(at / "a.json", b'"\xff"'), "UTF-8"),
    "no geopackage": (lambda at: written(at / "a.gpkg", b"GP" * 500), "GeoPackage"),
    "no zip": (lambda at: written(at / "a.zip", b"PK\3\4" * 50), "zip"),
    "a csv without positions": (lambda at: written(at / "a.csv", b"name;town\na;b\n"), "latitude"),
}


def written(path, content):
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("made", "words"), FAULTS.values(), ids=FAULTS)
def test_what_can_not_be_read_is_told_in_words(tmp_path, made, words):
    with pytest.raises(FileFault) as told:
        open_layer(made(tmp_path))
    assert words in str(told.value)


def test_a_layer_can_be_named(tmp_path):
    path = drawn.geopackage(tmp_path / "a.gpkg", drawn.rows(), layers=("one", "two"))
    assert open_layer(path, "two").count == 2


def test_what_to_install_for_shapefiles_is_said(tmp_path, monkeypatch):
    path = drawn.shapes(tmp_path / "a.shp", drawn.rows())

    def lacking(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(files.shapefile, "import_module", lacking)
    with pytest.raises(FileFault, match="pip install pyshp"):
        open_layer(path)


def test_nothing_is_written_beside_a_geopackage(tmp_path):
    path = drawn.geopackage(tmp_path / "a.gpkg", drawn.rows())
    before = path.read_bytes()
    list(open_layer(path).read())
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.gpkg"]
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", [None, b"", b"\0", b"GP\0\1", b"GP\0\x0e" + b"\0" * 90, b"\xff" * 300])
def test_a_geometry_that_can_not_be_read_is_a_fault_of_its_row_alone(tmp_path, damage):
    path = drawn.geopackage(tmp_path / "a.gpkg", drawn.rows())
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE areas SET geom = ? WHERE fid = 1", (damage,))
    bad, good = open_layer(path).read()
    assert (bad.number, bad.geometry, bool(bad.fault)) == (1, None, True)
    assert good.geometry is not None
