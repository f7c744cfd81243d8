"""Files of boundaries and points, whatever their format, as features: a number, named values, a geometry in WGS 84.

Reads files only; what becomes of a feature is decided in `load.py`. Which reader is asked goes by the file's name.
"""

from pathlib import Path

from django.utils.translation import gettext as _

from incidents.places.files import geojson, geopackage, shapefile, table
from incidents.places.files.feature import Feature, FileFault, Layer

__all__ = ["FORMATS", "Feature", "FileFault", "Layer", "open_layer"]

_READERS = {
    ".geojson": geojson.open_layer,
    ".json": geojson.open_layer,
    ".gpkg": geopackage.open_layer,
    ".csv": table.open_layer,
    ".shp": shapefile.open_layer,
    ".zip": shapefile.open_layer,
}
FORMATS = tuple(_READERS)


def open_layer(path: Path, layer: str = "") -> Layer:
    """The features of a file; `layer` names one of several in a GeoPackage. Raises FileFault."""
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        message = _("The name must end in .geojson, .gpkg, .shp, .zip (a zipped shapefile) or .csv.")
        raise FileFault(message)
    try:
        if not path.is_file():
            raise FileFault(_("There is no such file."))
        return reader(path, layer)
    except (OSError, ValueError) as fault:
        why = (fault.strerror if isinstance(fault, OSError) else None) or type(fault).__name__
        raise FileFault(_("The file can't be read (%(why)s).") % {"why": why}) from fault
