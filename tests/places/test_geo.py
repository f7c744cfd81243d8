"""Arithmetic of places: cells, distances, and a coarse place that stays the same."""

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
    middle = geo.coarsened(latitude, longitude)
    assert geo.distance_m(latitude, longitude, *middle) < 3_600
    assert geo.coarsened(*middle) == middle


@pytest.mark.parametrize("bad", [(95, 0), (0, 181), (float("nan"), 0), (float("inf"), 0)])
def test_what_is_off_the_globe_is_no_position(bad):
    assert not geo.is_position(*bad)
