"""Files as other programs write them: the same two squares in every format, and points in them."""

import json
import sqlite3
import struct
import zipfile
from contextlib import closing

import shapefile
from shapely import to_wkb
from shapely.geometry import Point, Polygon, box, mapping

SQUARES = {"BO-L": ("La Paz", box(-69.5, -17.5, -66.5, -12.0)), "BO-O": ("Oruro", box(-69.0, -20.0, -66.5, -17.5))}
BOW_TIE = Polygon([(0, 0), (2, 2), (2, 0), (0, 2), (0, 0)])
WGS84 = (
    'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0]]'
)
UTM = 'PROJCS["WGS_1984_UTM_Zone_19S",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.25]]]]'


def rows(shapes=SQUARES):
    return [{"code": code, "nombre": name, "geometry": drawn} for code, (name, drawn) in shapes.items()]


def geojson(path, some, **more):
    def feature(row):
        drawn = row["geometry"]
        properties = {key: value for key, value in row.items() if key != "geometry"}
        geometry = drawn if drawn is None or isinstance(drawn, dict) else mapping(drawn)
        return {"type": "Feature", "properties": properties, "geometry": geometry}

    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature(row) for row in some], **more}))
    return path


def geopackage(path, some, system=4326, envelope=1, layers=("areas",), as_view=False):
    with closing(sqlite3.connect(path)) as made:
        made.execute(
            "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER, organization TEXT,"
            " organization_coordsys_id INTEGER, definition TEXT)"
        )
        made.execute("INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84', 4326, 'EPSG', 4326, '')")
        made.execute("INSERT INTO gpkg_spatial_ref_sys VALUES ('UTM 19S', 32719, 'EPSG', 32719, '')")
        made.execute("CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER)")
        for layer in layers:
            stored = f"{layer}_rows" if as_view else layer
            made.execute(f'CREATE TABLE "{stored}" (fid INTEGER PRIMARY KEY, geom BLOB, code TEXT, nombre TEXT)')
            made.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?)", (layer, system))
            for row in some:
                blob = row["geometry"] and _blob(row["geometry"], envelope)
                made.execute(f'INSERT INTO "{stored}" VALUES (NULL, ?, ?, ?)', (blob, row["code"], row["nombre"]))
            if as_view:
                made.execute(f'CREATE VIEW "{layer}" AS SELECT * FROM "{stored}"')
        made.commit()
    return path


def _blob(drawn, envelope):
    """The header of the standard: GP, version 0, flags (little-endian, kind of envelope), system, envelope."""
    sides = {0: 0, 1: 4, 2: 6, 3: 6, 4: 8}[envelope]
    return (
        b"GP"
        + struct.pack("<BBi", 0, 1 | envelope << 1, 4326)
        + struct.pack(f"<{sides}d", *[0] * sides)
        + to_wkb(drawn)
    )


def shapes(path, some, prj=WGS84, zipped=False):
    with shapefile.Writer(str(path.with_suffix(""))) as writer:
        writer.field("code", "C", 20)
        writer.field("nombre", "C", 60)
        for row in some:
            writer.shape(mapping(row["geometry"]))
            writer.record(row["code"], row["nombre"])
    if prj:
        path.with_suffix(".prj").write_text(prj)
    if not zipped:
        return path.with_suffix(".shp")
    with zipfile.ZipFile(path.with_suffix(".zip"), "w") as archive:
        for part in path.parent.glob(f"{path.stem}.*"):
            if part.suffix in (".shp", ".shx", ".dbf", ".prj"):
                archive.write(part, f"folder/{part.name}")
    return path.with_suffix(".zip")


def table(path, some):
    lines = ["code;nombre;wkt", *(f"{row['code']};{row['nombre']};{row['geometry'].wkt}" for row in some)]
    path.write_text("\n".join(lines))
    return path


def stations(path, *lines, header="codigo;recinto;latitud;longitud;departamento"):
    path.write_text("\n".join([header, *lines]), encoding="utf-8-sig")
    return path


POINT = Point(-68.15, -16.5)
