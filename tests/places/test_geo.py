"""Arithmetic of places: cells, distances, and a coarse place that stays the same."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents import geo

latitudes = st.floats(-85, 85, allow_nan=False)
longitudes = st.floats(-180, 179.999, allow_nan=False)


@given(latitudes, longitudes)
def test_a_cell_fits_a_signed_bigint(latitude, longitude):
    assert 0 <= geo.cell(latitude, longitude) < 2**62


@given(latitudes, longitudes, st.integers(1, 18))
def test_points_of_one_tile_share_their_cells_prefix(latitude, longitude, zoom):
    x, y = geo._grid(latitude, longitude, zoom)
    spread = geo._spread(x) | geo._spread(y) << 1
    assert geo.cell(latitude, longitude) >> 2 * (geo.CELL_BITS - zoom) == spread


def test_la_paz_and_santa_cruz_are_550_km_apart():
    assert geo.distance_m(-16.5, -68.15, -17.78, -63.18) == pytest.approx(547_000, rel=0.01)


@given(latitudes, longitudes)
def test_a_coarse_place_is_near_and_the_same_for_the_whole_square(latitude, longitude):
    square = geo.cell(latitude, longitude) >> geo.COARSE_SHIFT
    middle = geo.square_middle(square)
    assert geo.distance_m(latitude, longitude, *middle) < 3_600
    assert geo.cell(*middle) >> geo.COARSE_SHIFT == square


@given(latitudes, longitudes, st.integers(0, 14))
def test_the_box_of_a_square_holds_each_of_its_points(latitude, longitude, bits):
    x, y = geo.column_and_row(geo.cell(latitude, longitude) >> 2 * (geo.CELL_BITS - bits))
    box = geo.Rectangle(x, y, x, y).bounds(bits)
    assert box.south <= round(latitude * 1e6) <= box.north
    assert box.west <= round(longitude * 1e6) <= box.east


sides = st.lists(st.integers(0, 12), min_size=4, max_size=4).map(sorted)


@given(sides, sides, st.booleans())
def test_a_rectangle_is_its_hole_and_the_strips_beside_it(xs, ys, is_empty):
    outer = geo.Rectangle(xs[0], ys[0], xs[3], ys[3])
    hole = geo.Rectangle(xs[1], ys[1], xs[1] - 1 if is_empty else xs[2], ys[2])
    parts = [*outer.beside(hole), hole]
    for x in range(xs[0], xs[3] + 1):
        for y in range(ys[0], ys[3] + 1):
            assert sum(part.holds(x, y) for part in parts) == 1


@pytest.mark.parametrize("bad", [(95, 0), (0, 181), (float("nan"), 0), (float("inf"), 0)])
def test_what_is_off_the_globe_is_no_position(bad):
    assert not geo.is_position(*bad)


@given(st.floats(-80, 80), longitudes, st.floats(1, 100_000), st.floats(0, 360), st.floats(0, 1))
def test_the_cells_around_a_point_hold_every_point_within_reach(latitude, longitude, radius, bearing, share):
    there = moved(latitude, longitude, radius * share * 0.999, bearing)
    ranges = geo.cells_around(latitude, longitude, radius)
    assert len(ranges) <= 4
    assert any(first <= geo.cell(*there) <= last for first, last in ranges)


def test_the_cells_around_a_point_are_few_and_near():
    ranges = geo.cells_around(-16.5, -68.15, 100)
    assert not any(first <= geo.cell(-16.5, -68.16) <= last for first, last in ranges)


def moved(latitude, longitude, metres, bearing):
    """Where one gets to, walking that far on a great circle."""
    angle, course = metres / geo.EARTH_RADIUS_M, math.radians(bearing)
    start = math.radians(latitude)
    end = math.asin(math.sin(start) * math.cos(angle) + math.cos(start) * math.sin(angle) * math.cos(course))
    turned = math.atan2(
        math.sin(course) * math.sin(angle) * math.cos(start), math.cos(angle) - math.sin(start) * math.sin(end)
    )
    return math.degrees(end), (longitude + math.degrees(turned) + 180) % 360 - 180
