"""GeoPackage (OGC 12-128r18): an SQLite file whose geometries are WKB behind a header of its own. Read without GDAL.

The file comes from outside: it is opened for reading only, its own triggers, views and functions are not trusted, and
only plain tables are read.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from incidents.places.files.feature import Feature, FileFault, Layer, feature, from_binary, refuse_system

_WGS84 = 4326
# Bytes of the envelope, by its indicator in the header's flags.
_ENVELOPES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_HEADER = 8


@dataclass(frozen=True)
class _Table:
    name: str
    key: str
    geometry: str
    columns: tuple[str, ...]


def open_layer(path: Path, layer: str = "") -> Layer:
    try:
        with closing(_connect(path)) as connection:
            table = _table(connection, layer)
            (count,) = connection.execute(f"SELECT count(*) FROM {_quoted(table.name)}").fetchone()  # noqa: S608
    except sqlite3.Error as fault:
        raise FileFault(_("Not a GeoPackage, or a damaged one.")) from fault
    return Layer(table.columns, count, lambda: _read(path, table))


def _connect(path: Path) -> sqlite3.Connection:
    # immutable: nothing is written beside the file, not even a lock.
    connection = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1", uri=True)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    return connection


def _table(connection: sqlite3.Connection, wanted: str) -> _Table:
    rows = connection.execute(
        "SELECT g.table_name, g.column_name, s.srs_id, s.organization, s.organization_coordsys_id, s.srs_name"
        " FROM gpkg_geometry_columns g JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id ORDER BY g.table_name"
    ).fetchall()
    layers = {str(row[0]): row for row in rows}
    if wanted not in layers and (wanted or len(layers) != 1):
        message = _("Name the layer to read; there are: %(names)s.")
        raise FileFault(message % {"names": ", ".join(name[:60] for name in list(layers)[:20]) or "–"})
    name, geometry, _id, organisation, number, label = layers[wanted] if wanted else rows[0]
    if str(organisation).upper() != "EPSG" or number != _WGS84:
        raise refuse_system(str(label))
    (made,) = connection.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)
    ).fetchone() or (None,)
    if not made or made.upper().startswith("CREATE VIRTUAL"):
        raise FileFault(_("This layer is a view. Export it as a layer of its own."))
    described = connection.execute(f"PRAGMA table_info({_quoted(name)})").fetchall()
    key = next((str(column[1]) for column in described if column[5]), "rowid")
    columns = tuple(str(column[1]) for column in described if column[1] not in (geometry, key))
    return _Table(str(name), key, str(geometry), columns)


def _read(path: Path, table: _Table) -> Iterator[Feature]:
    names = ", ".join(_quoted(name) for name in (table.key, table.geometry, *table.columns))
    query = f"SELECT {names} FROM {_quoted(table.name)} ORDER BY 1"  # noqa: S608 - names are quoted, and the file's own
    with closing(_connect(path)) as connection:
        try:
            for number, raw, *values in connection.execute(query):
                yield feature(int(number), dict(zip(table.columns, values, strict=True)), _geometry, raw)
        except (sqlite3.Error, ValueError, TypeError) as fault:
            raise FileFault(_("The GeoPackage is damaged.")) from fault


def _geometry(raw: Any) -> BaseGeometry:
    """WKB without the header: magic, version, flags, system, envelope."""
    if not isinstance(raw, bytes) or raw[:2] != b"GP":
        raise ValueError("no GeoPackage geometry")
    flags = raw[3]
    return from_binary(raw[_HEADER + _ENVELOPES[flags >> 1 & 7] :])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
