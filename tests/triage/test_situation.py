"""Connected groups in place and time: the same whatever comes first, and as comparing all pairs would give them."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents import geo
from incidents.triage.situation import Point, groups, ranges, sources

METRES, MINUTES = 2_000, 60
points = st.lists(
    st.builds(
        lambda east, north, at: (-16.5 + north / 1000, -68.15 + east / 1000, at),
        st.integers(-40, 40),
        st.integers(-40, 40),
        st.integers(0, 240),
    ),
    max_size=25,
).map(lambda rows: [Point(n, *row, frozenset({n % 7})) for n, row in enumerate(rows)])


def grouped(some):
    return {frozenset(point.id for point in group) for group in groups(some, metres=METRES, minutes=MINUTES)}


def by_all_pairs(some):
    parent = {point.id: point.id for point in some}

    def root(n):
        return n if parent[n] == n else root(parent[n])

    for one, other in combinations(some, 2):
        near = geo.distance_m(one.latitude, one.longitude, other.latitude, other.longitude) <= METRES
        if near and abs(one.at - other.at) <= MINUTES:
            parent[root(one.id)] = root(other.id)
    return {frozenset(n for n in parent if root(n) == top) for top in map(root, parent)}


@settings(max_examples=150, deadline=None)
@given(points)
def test_the_cell_index_finds_what_comparing_all_pairs_finds(some):
    assert grouped(some) == by_all_pairs(some)


@settings(max_examples=50, deadline=None)
@given(points, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_no_group(some, chance):
    assert groups(chance.sample(some, len(some)), metres=METRES, minutes=MINUTES) == groups(
        some, metres=METRES, minutes=MINUTES
    )


@pytest.mark.parametrize("latitude", [-16.5, 0.001, 60.0])
def test_the_ranges_of_the_index_hold_whatever_is_close(latitude):
    around = ranges([Point(1, latitude, 10.0, 0)], METRES)
    for north, east in ((0.017, 0), (-0.017, 0), (0, 0.017), (0, -0.017)):
        cell = geo.cell(latitude + north, 10.0 + east)
        assert any(first <= cell <= last for first, last in around)
    assert len(around) <= 4


def test_two_that_are_apart_are_joined_by_one_between_them():
    one, other, between = (Point(n, -16.5, -68.15 + n * 0.01, 0, frozenset({n})) for n in (0, 3, 1.5))
    assert len(groups([one, other], metres=METRES, minutes=MINUTES)) == 2
    (group,) = groups([one, other, between], metres=METRES, minutes=MINUTES)
    assert len(sources(group)) == 3
