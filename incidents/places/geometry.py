"""Geometries from outside, made fit to be kept: an area on the globe for a boundary, one point for a place."""

import math
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from shapely import force_2d, get_parts, make_valid, union_all
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from incidents import geo

_AREAS = ("Polygon", "MultiPolygon")


class OutlineFault(Exception):
    """This geometry can't be used; in words for a person, with what to do."""


def area(geometry: BaseGeometry) -> tuple[BaseGeometry, bool]:
    """A valid Polygon or MultiPolygon in two dimensions, and whether it had to be mended. Raises OutlineFault."""
    flat = force_2d(geometry)
    if flat.geom_type not in (*_AREAS, "GeometryCollection"):
        raise OutlineFault(_("A boundary must be an area; this is a line or a point. Is it the right layer?"))
    _check_on_globe(flat)
    if flat.geom_type in _AREAS and flat.is_valid:
        return flat, False
    areas = [part for part in _parts(make_valid(flat)) if part.geom_type == "Polygon" and part.area]
    if not areas:
        raise OutlineFault(_("The outline encloses nothing, and can't be mended. Draw it again."))
    return union_all(areas), True


def _parts(geometry: BaseGeometry) -> list[BaseGeometry]:
    """The simple geometries in a collection, however nested."""
    parts = list(get_parts(geometry))
    return [geometry] if len(parts) == 1 and parts[0].equals(geometry) else [p for part in parts for p in _parts(part)]


def position(geometry: BaseGeometry) -> tuple[Decimal, Decimal]:
    """Latitude and longitude of a point. Raises OutlineFault."""
    parts = list(get_parts(geometry))
    if len(parts) != 1 or parts[0].geom_type != "Point":
        raise OutlineFault(_("A place must be one point. Is it the right layer?"))
    _check_on_globe(parts[0])
    return geo.degrees(parts[0].y), geo.degrees(parts[0].x)


def as_json(geometry: BaseGeometry) -> dict[str, Any]:
    """GeoJSON as a database gives it back: lists, not tuples."""
    return {"type": geometry.geom_type, "coordinates": _lists(mapping(geometry)["coordinates"])}


def _lists(coordinates: Any) -> Any:
    return [_lists(part) for part in coordinates] if isinstance(coordinates, tuple | list) else coordinates


def is_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two GeoJSON outlines enclose the same: some formats turn rings round, or begin them elsewhere."""
    return one == other or bool(shape(one).normalize() == shape(other).normalize())


def _check_on_globe(geometry: BaseGeometry) -> None:
    west, south, east, north = geometry.bounds
    if not all(map(math.isfinite, (west, south, east, north))):
        raise OutlineFault(_("The position is no number of degrees."))
    if not geo.is_position(south, west) or not geo.is_position(north, east):
        raise OutlineFault(
            _("The position lies outside ±90° and ±180°. Export in WGS 84 (EPSG:4326), longitude before latitude.")
        )
