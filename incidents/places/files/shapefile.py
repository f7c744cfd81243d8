"""Shapefiles, by pyshp, an optional extra: .shp with .shx, .dbf and .prj beside it, or all of them in a .zip."""

import io
import zipfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from incidents.places.files.feature import Feature, FileFault, Layer, feature, from_mapping, refuse_system

_PARTS = (".shp", ".shx", ".dbf", ".prj")
# What a zip may unpack to; a country's municipalities in full detail stay far below.
UNPACKED_LIMIT = 512 * 1024 * 1024
_PRJ_LIMIT = 10_000


def open_layer(path: Path, layer: str = "") -> Layer:
    try:
        pyshp = import_module("shapefile")
    except ImportError as fault:
        message = _(
            "Shapefiles need the package pyshp: pip install pyshp. Or export the file as GeoPackage or GeoJSON."
        )
        raise FileFault(message) from fault
    parts = _unzipped(path) if path.suffix.lower() == ".zip" else _beside(path)
    for missing in [part for part in (".shp", ".dbf", ".prj") if part not in parts]:
        message = _("The file %(part)s is missing beside the .shp. All of them belong together.")
        raise FileFault(message % {"part": missing})
    _check_system(parts.pop(".prj")[:_PRJ_LIMIT].decode("utf-8", "replace"))
    try:
        reader = _reader(pyshp, parts)
        columns = tuple(str(field[0]) for field in reader.fields if field[0] != "DeletionFlag")
        return Layer(columns, len(reader), lambda: _read(pyshp, parts, columns))
    except Exception as fault:  # pyshp raises whatever struct and its own code meet in a damaged file
        raise FileFault(_("The shapefile is damaged.")) from fault


def _read(pyshp: Any, parts: dict[str, bytes], columns: tuple[str, ...]) -> Iterator[Feature]:
    try:
        for number, row in enumerate(_reader(pyshp, parts).iterShapeRecords(), start=1):
            values = dict(zip(columns, row.record, strict=False))
            empty = row.shape.shapeType == pyshp.NULL
            yield feature(number, values, from_mapping, None if empty else row.shape.__geo_interface__)
    except FileFault:
        raise
    except Exception as fault:
        raise FileFault(_("The shapefile is damaged.")) from fault


def _reader(pyshp: Any, parts: dict[str, bytes]) -> Any:
    """Text is UTF-8 nearly everywhere today; what is not, is read with marks in it rather than refused."""
    files = {part[1:]: io.BytesIO(content) for part, content in parts.items()}
    return pyshp.Reader(**files, encoding="utf-8", encodingErrors="replace")


def _beside(path: Path) -> dict[str, bytes]:
    found = {other.suffix.lower(): other for other in path.parent.iterdir() if other.stem == path.stem}
    return {part: found[part].read_bytes() for part in _PARTS if part in found}


def _unzipped(path: Path) -> dict[str, bytes]:
    """The parts of the one shapefile in a zip, read into memory and never written out under names from outside."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = {Path(entry.filename).suffix.lower(): entry for entry in archive.infolist()}
            if sum(Path(entry.filename).suffix.lower() == ".shp" for entry in archive.infolist()) > 1:
                raise FileFault(_("There is more than one shapefile in this zip. Zip one layer at a time."))
            wanted = {part: entries[part] for part in _PARTS if part in entries}
            if sum(entry.file_size for entry in wanted.values()) > UNPACKED_LIMIT:
                raise FileFault(_("Unpacked, this file is too large."))
            return {part: archive.read(entry) for part, entry in wanted.items()}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as fault:
        raise FileFault(_("This zip can't be opened.")) from fault


def _check_system(prj: str) -> None:
    """WGS 84 in degrees. The text is well-known text of ESRI's or OGC's kind; the first name in it is the system's."""
    plain = "".join(prj.upper().split()).replace("_", "").replace(" ", "")
    if not plain.startswith(("GEOGCS[", "GEOGCRS[")) or ("WGS84" not in plain and "WGS1984" not in plain):
        raise refuse_system(prj.partition('"')[2].partition('"')[0])
