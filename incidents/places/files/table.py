"""CSV: points as two columns of degrees, or any geometry as well-known text."""

from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from incidents.places.files.feature import Feature, FileFault, Layer, feature, from_text
from incidents.sheet import Sheet, SheetFault, listed

LATITUDE = ("latitude", "lat", "latitud", "y")
LONGITUDE = ("longitude", "lon", "lng", "long", "longitud", "x")
WKT = ("wkt", "geometry", "geom", "geometria")
# A coastline in one cell.
CELL_LIMIT = 50_000_000


def open_layer(path: Path, layer: str = "") -> Layer:
    try:
        sheet = Sheet(path, cell_limit=CELL_LIMIT)
    except SheetFault as fault:
        raise FileFault(str(fault)) from fault
    wkt, latitude, longitude = (_column(sheet, names) for names in (WKT, LATITUDE, LONGITUDE))
    if not wkt and not (latitude and longitude):
        message = _("No columns for positions: name them latitude and longitude, or wkt. There are: %(names)s.")
        raise FileFault(message % {"names": listed(sheet.header)})
    taken = {wkt} if wkt else {latitude, longitude}
    columns = tuple(name for name in sheet.header if name and name not in taken)
    return Layer(columns, sheet.count, lambda: _read(sheet, wkt, latitude, longitude))


def _column(sheet: Sheet, names: tuple[str, ...]) -> str:
    return next((column for name in names for column in sheet.header if column.lower() == name), "")


def _read(sheet: Sheet, wkt: str, latitude: str, longitude: str) -> Iterator[Feature]:
    for number, cells in sheet.rows():
        if len(cells) > len(sheet.header):
            yield Feature(number, {}, None, _("More cells than the header has columns."))
            continue
        row = sheet.named(cells)
        text = row[wkt].strip() if wkt else point(row[latitude], row[longitude])
        yield feature(number, dict(row), from_text, text)


def point(latitude: str, longitude: str) -> str:
    """As well-known text; a decimal comma is a point, as spreadsheets write it in half the world."""
    north, east = (cell.strip().replace(",", ".") for cell in (latitude, longitude))
    return f"POINT ({_degrees(east)} {_degrees(north)})" if north and east else ""


def _degrees(cell: str) -> str:
    try:
        return repr(float(cell))
    except ValueError:
        return "?"  # no number: the geometry can't be read, and its row is told
