"""What every reader of a format gives, and how a geometry that can't be used is told."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from shapely import from_wkb, from_wkt
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

READ_FAULTS = (ShapelyError, ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError)


class FileFault(Exception):
    """The file as a whole can't be used; in words for a person."""


@dataclass(frozen=True)
class Feature:
    """One row of a file. `number` is how the file's own programs count it; without a geometry, `fault` says why."""

    number: int
    values: dict[str, Any]
    geometry: BaseGeometry | None
    fault: str = ""


@dataclass(frozen=True)
class Layer:
    """`read` goes through the features from the start each time it is called, one at a time."""

    columns: tuple[str, ...]
    count: int
    read: Callable[[], Iterator[Feature]]


def feature(number: int, values: dict[str, Any], read: Callable[[Any], BaseGeometry], raw: Any) -> Feature:
    """A feature whose geometry is `read` from `raw`; a geometry that can't be read is a fault of its row alone."""
    try:
        geometry = read(raw) if raw else None
    except READ_FAULTS:
        return Feature(number, values, None, _("The geometry can't be read. Draw or export it again."))
    if geometry is None or geometry.is_empty:
        return Feature(number, values, None, _("There is no geometry. Draw it, or leave the row out."))
    return Feature(number, values, geometry)


def from_mapping(raw: Any) -> BaseGeometry:
    return shape(raw)


def from_text(raw: str) -> BaseGeometry:
    return from_wkt(raw)


def from_binary(raw: bytes) -> BaseGeometry:
    return from_wkb(raw)


def refuse_system(name: str) -> FileFault:
    """Other coordinate systems are not converted: half the tools that could do it differ by hundreds of metres."""
    message = _(
        "The coordinates are in another system (%(name)s). Export the file in WGS 84 (EPSG:4326) and try again."
    )
    return FileFault(message % {"name": name[:80] or "?"})
