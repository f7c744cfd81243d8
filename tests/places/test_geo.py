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
