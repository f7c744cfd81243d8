"""Arithmetic of places: bounds, distances, and the cell index. No database, no geometry library.

A point is two decimal degrees (WGS 84) and a cell: web-mercator x and y, 31 bits each, interleaved (Morton
order) into one integer that fits a signed 64-bit column. Cells that share a prefix lie in the same square, so a tile is
a range of integers and a cluster is `cell >> shift`, on any database.
"""

import math
from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import NamedTuple, Self

CELL_BITS = 31
EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG
MERCATOR_MAX_LATITUDE = 85.05112878
_DEGREE_STEP = Decimal("0.000001")  # about 0.1 m


def is_position(latitude: float | Decimal, longitude: float | Decimal) -> bool:
    """Whether both are finite degrees on the globe."""
    return math.isfinite(latitude) and math.isfinite(longitude) and -90 <= latitude <= 90 and -180 <= longitude <= 180


def degrees(value: float | str | Decimal) -> Decimal:
    """A coordinate as it is stored: six decimals. Raises decimal.InvalidOperation on what is no number."""
    return Decimal(str(value)).quantize(_DEGREE_STEP, rounding=ROUND_HALF_EVEN)


def cell(latitude: float | Decimal, longitude: float | Decimal) -> int:
    """The Morton cell of a point, 0 ≤ cell < 2⁶². Latitudes past the mercator square are clamped to its edge."""
    x, y = _grid(latitude, longitude, CELL_BITS)
    return _spread(x) | (_spread(y) << 1)


def _grid(latitude: float | Decimal, longitude: float | Decimal, bits: int) -> tuple[int, int]:
    """Column and row of a point in a web-mercator grid of 2^bits squares a side, row 0 in the north."""
    squares = 1 << bits
    bounded = max(-MERCATOR_MAX_LATITUDE, min(MERCATOR_MAX_LATITUDE, float(latitude)))
    sine = math.sin(math.radians(bounded))
    x = (float(longitude) + 180) / 360
    y = 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)
    return _clamp(int(x * squares), squares), _clamp(int(y * squares), squares)


def _clamp(index: int, squares: int) -> int:
    return max(0, min(squares - 1, index))


def _spread(value: int) -> int:
    """Bits of `value` moved apart, a zero between each two."""
    value = (value | value << 16) & 0x0000FFFF0000FFFF
    value = (value | value << 8) & 0x00FF00FF00FF00FF
    value = (value | value << 4) & 0x0F0F0F0F0F0F0F0F
    value = (value | value << 2) & 0x3333333333333333
    return (value | value << 1) & 0x5555555555555555


def distance_m(lat_a: float | Decimal, lon_a: float | Decimal, lat_b: float | Decimal, lon_b: float | Decimal) -> float:
    """Great-circle distance in metres by the haversine formula."""
    phi_a, phi_b = math.radians(lat_a), math.radians(lat_b)
    half_phi = (phi_b - phi_a) / 2
    half_lambda = math.radians(float(lon_b) - float(lon_a)) / 2
    chord = math.sin(half_phi) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(half_lambda) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))


def cells_around(latitude: float | Decimal, longitude: float | Decimal, radius_m: float) -> list[tuple[int, int]]:
    """Ranges of cells (first and last, at most four) that cover every point within `radius_m`, and some beyond it.

    For an index to narrow down; whoever asks measures the distance of what is found.
    """
    reach = math.degrees(radius_m / EARTH_RADIUS_M)
    farthest = min(MERCATOR_MAX_LATITUDE, abs(float(latitude)) + reach)
    shrink = math.cos(math.radians(farthest))
    widest_m = 2 * math.pi * EARTH_RADIUS_M * shrink
    # Squares no smaller than the circle's box, so that it touches two by two of them at most.
    bits = max(0, min(CELL_BITS, int(math.log2(widest_m / (2 * max(radius_m, 0.1))))))
    corners = {
        _grid(float(latitude) + north * reach, _wrapped(float(longitude) + east * reach / shrink), bits)
        for north in (-1, 1)
        for east in (-1, 1)
    }
    shift = 2 * (CELL_BITS - bits)
    squares = sorted(_spread(x) | (_spread(y) << 1) for x, y in corners)
    return [(square << shift, (square + 1 << shift) - 1) for square in squares]


def _wrapped(longitude: float) -> float:
    return (longitude + 180) % 360 - 180


# A square of the 2¹³ × 2¹³ mercator grid, `cell >> COARSE_SHIFT`: 4.9 km at the equator, 4.7 km in Bolivia's north.
COARSE_BITS = 13
COARSE_SHIFT = 2 * (CELL_BITS - COARSE_BITS)


def _corner(column: float, row: float, bits: int) -> tuple[float, float]:
    """Latitude and longitude of the north-western corner of a grid square, in millionths of a degree."""
    squares = 1 << bits
    latitude = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / squares))))
    return latitude * 1e6, (column / squares * 360 - 180) * 1e6


def square_middle(square: int) -> tuple[float, float]:
    """The middle of a coarse grid square, as (latitude, longitude) to four decimals."""
    column, row = column_and_row(square)
    latitude, longitude = _corner(column + 0.5, row + 0.5, COARSE_BITS)
    return round(latitude / 1e6, 4), round(longitude / 1e6, 4)


# Squares by which neighbours are looked for: of 2¹⁴ (2.4 km at the equator) and of 2¹⁰ (39 km) a side of the world.
SQUARE_SHIFT = 2 * (CELL_BITS - 14)
REGION_SHIFT = 2 * (CELL_BITS - 10)


def around(latitude: float | Decimal, longitude: float | Decimal, shift: int) -> list[int]:
    """The square that holds the point (`cell >> shift`), then the eight around it, fewer at the edge of the world."""
    bits = CELL_BITS - shift // 2
    x, y = _grid(latitude, longitude, bits)
    beside = ((x + right, y + down) for down in (0, -1, 1) for right in (0, -1, 1))
    squares = 1 << bits
    return [_spread(column % squares) | (_spread(row) << 1) for column, row in beside if 0 <= row < squares]


class Rectangle(NamedTuple):
    """Columns and rows of a mercator grid, both ends included; none where an end stands before its beginning."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> int:
        return max(0, self.right - self.left + 1) * max(0, self.bottom - self.top + 1)

    @classmethod
    def around(cls, squares: Iterable[tuple[int, int]]) -> "Rectangle":
        """The smallest that holds all of these, each a column and a row."""
        columns, rows = zip(*squares, strict=True)
        return cls(min(columns), min(rows), max(columns), max(rows))

    def bounds(self, bits: int) -> "Bounds":
        """In a grid of 2^bits a side, the box of degrees that holds every point of it, and a hair more."""
        north, west = _corner(self.left, self.top, bits)
        south, east = _corner(self.right + 1, self.bottom + 1, bits)
        return Bounds(
            math.floor(west) - 1, math.floor(south) - 1, math.ceil(east) + 1, math.ceil(north) + 1
        ).with_poles()

    def holds(self, x: int, y: int) -> bool:
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def finer(self, bits: int) -> "Rectangle":
        """The same part of the world in a grid of so many bits more."""
        last = (1 << bits) - 1
        return Rectangle(self.left << bits, self.top << bits, (self.right << bits) + last, (self.bottom << bits) + last)

    def beside(self, hole: "Rectangle") -> list["Rectangle"]:
        """What of it lies beside a rectangle within: four strips at most, so that an index finds each."""
        if not hole.size:
            return [self] if self.size else []
        strips = (
            Rectangle(self.left, self.top, hole.left - 1, self.bottom),
            Rectangle(hole.right + 1, self.top, self.right, self.bottom),
            Rectangle(hole.left, self.top, hole.right, hole.top - 1),
            Rectangle(hole.left, hole.bottom + 1, hole.right, self.bottom),
        )
        return [strip for strip in strips if strip.size]

    def cells(self, without: "Rectangle | None" = None) -> list[int]:
        """Their Morton numbers, in order; but for those of a rectangle within."""
        hole = without if without and without.size else Rectangle(0, 0, -1, -1)
        columns = [(x, _spread(x)) for x in range(self.left, self.right + 1)]
        beside = [spread for x, spread in columns if not hole.left <= x <= hole.right]
        across = [spread for _x, spread in columns]
        found = []
        for y in range(self.top, self.bottom + 1):
            row = _spread(y) << 1
            found += [spread | row for spread in (beside if hole.top <= y <= hole.bottom else across)]
        return sorted(found)


# Farther out than this a map shows no more of the world.
_EDGE = 85_051_128


class Bounds(NamedTuple):
    """A box in millionths of a degree, as positions are stored: both ends included, so that comparing is exact."""

    west: int
    south: int
    east: int
    north: int

    @classmethod
    def read(cls, text: str) -> Self:
        """From "west,south,east,north" in degrees; what lies past the map's own edge is cut off.

        Raises ValueError on anything else, and on a box that crosses 180°.
        """
        try:
            west, south, east, north = (Decimal(part.strip()) for part in text[:200].split(","))
            if not (west <= east and south <= north and all(map(Decimal.is_finite, (west, south, east, north)))):
                raise ValueError(text)
        except InvalidOperation as fault:
            raise ValueError(text) from fault
        return cls(
            _millionths(west, 180, ROUND_CEILING),
            _millionths(south, 90, ROUND_CEILING),
            _millionths(east, 180, ROUND_FLOOR),
            _millionths(north, 90, ROUND_FLOOR),
        ).with_poles()

    def with_poles(self) -> Self:
        """Up to the pole where it reaches the map's edge: what lies beyond is drawn there."""
        south = -90_000_000 if self.south <= -_EDGE else self.south
        return self._replace(south=south, north=90_000_000 if self.north >= _EDGE else self.north)

    def within(self, other: "Bounds") -> "Bounds":
        west, south = max(self.west, other.west), max(self.south, other.south)
        return Bounds(west, south, min(self.east, other.east), min(self.north, other.north))

    def touched(self, bits: int) -> Rectangle:
        """The squares of a grid of 2^bits a side in which anything of the box lies."""
        left, top = _grid(self.north / 1e6, self.west / 1e6, bits)
        right, bottom = _grid(self.south / 1e6, self.east / 1e6, bits)
        return Rectangle(left, top, right, bottom)

    def inner(self, bits: int) -> Rectangle:
        """Those squares that lie in the box as a whole. Every point of them is within, whatever was rounded."""
        left, top, right, bottom = self.touched(bits)
        return Rectangle(
            left + (self.west > -180_000_000),
            top + (self.north < 90_000_000),
            right - (self.east < 180_000_000),
            bottom - (self.south > -90_000_000),
        )

    def ranges(self, most: int = 16) -> list[tuple[int, int]]:
        """Ranges of cells, first and last, that cover the box and some beyond it, for an index to narrow down."""
        bits = next(bits for bits in range(CELL_BITS, -1, -1) if self.touched(bits).size <= most)
        shift = 2 * (CELL_BITS - bits)
        joined: list[tuple[int, int]] = []
        for square in self.touched(bits).cells():
            first, last = square << shift, (square + 1 << shift) - 1
            if joined and joined[-1][1] + 1 == first:
                first = joined.pop()[0]
            joined.append((first, last))
        return joined


WORLD = Bounds(-180_000_000, -90_000_000, 180_000_000, 90_000_000)


def _millionths(degrees: Decimal, most: int, rounding: str) -> int:
    bounded = max(Decimal(-most), min(Decimal(most), degrees))
    return int((bounded * 1_000_000).to_integral_value(rounding))


def column_and_row(square: int) -> tuple[int, int]:
    """The column and row of a Morton number, of any number of bits."""
    return _gathered(square), _gathered(square >> 1)


def _gathered(value: int) -> int:
    value &= 0x5555555555555555
    for shift, mask in (
        (1, 0x3333333333333333),
        (2, 0x0F0F0F0F0F0F0F0F),
        (4, 0x00FF00FF00FF00FF),
        (8, 0x0000FFFF0000FFFF),
        (16, 0x00000000FFFFFFFF),
    ):
        value = (value | value >> shift) & mask
    return value
