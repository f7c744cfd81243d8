"""What a place is told as, over 10,000 made-up deployments: nobody stands alone behind a name."""

from collections import defaultdict
from itertools import islice, product
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.coarsening import EVERYWHERE, Named, refine

K = 5
DEPLOYMENTS = 10_000
CODES = ("", "BO-L", "BO-S", "BO-N")
PATHS = [*product(CODES), *product(CODES, ("", "01", "02"), range(5))]
PLACES, MONITORS, AT_A_PLACE = 14, 41, 9
settled = settings(max_examples=DEPLOYMENTS // 4, deadline=None)


def deployment(places: int, spelling: bytes) -> dict:
    """So many places with one to nine monitors each, spelt by bytes: far cheaper to draw than sets of sets."""
    letters = iter(spelling)
    return {
        PATHS[next(letters) % len(PATHS)]: frozenset(
            one % MONITORS for one in islice(letters, 1 + next(letters) % AT_A_PLACE)
        )
        for _ in range(places)
    }


enough = PLACES * (2 + AT_A_PLACE)
deployments = st.builds(deployment, st.integers(0, PLACES), st.binary(min_size=enough, max_size=enough))


def groups(named: Named, presence: dict) -> dict:
    """Who stands behind each name that a place of theirs would be told by."""
    found: dict = defaultdict(set)
    for path, people in presence.items():
        found[named.shown(path)] |= people
    return found


@settled
@given(deployments)
def test_no_name_stands_for_fewer_than_k_monitors(presence):
    named = refine(presence, K)
    behind = groups(named, presence)
    assert all(len(behind[node]) >= K for node in named.nodes if node != EVERYWHERE)
    assert len(named.nodes) == 1 or len(behind[EVERYWHERE]) not in range(1, K)


@settled
@given(deployments, st.randoms(use_true_random=False))
def test_the_order_in_which_monitors_are_read_changes_nothing(presence, random: Random):
    shuffled = list(presence.items())
    random.shuffle(shuffled)
    assert refine(dict(shuffled), K) == refine(presence, K)


@settled
@given(deployments, deployments)
def test_what_is_told_later_is_told_no_more_of_than_to_k_again(presence, more):
    """Whoever kept the first answer and lays it beside the second finds no smaller group in both."""
    grown = {path: presence.get(path, frozenset()) | more.get(path, frozenset()) for path in {*presence, *more}}
    first = refine(presence, K)
    second = refine(grown, K, first.nodes)
    both: dict = defaultdict(set)
    for path, people in grown.items():
        both[first.shown(path), second.shown(path)] |= people
    assert all(len(people) >= K for (_, told), people in both.items() if told != EVERYWHERE)


@settled
@given(deployments)
def test_a_count_beside_a_name_is_of_those_who_stand_behind_it(presence):
    named = refine(presence, K)
    behind = groups(named, presence)
    assert {node: len(behind[node]) for node in named.nodes} == dict(named.nodes)


def test_a_city_of_many_monitors_is_named_by_its_square_and_the_rest_by_the_department():
    square = {("BO-L", "", 1): range(0, 9), ("BO-L", "", 2): range(9, 12), ("BO-L",): range(12, 15)}
    named = refine(square, K)
    assert [named.shown(path) for path in square] == [("BO-L", "", 1), ("BO-L",), ("BO-L",)]


def test_a_square_is_not_named_when_that_leaves_too_few_behind():
    presence = {("BO-L", "", 1): range(0, 9), ("BO-L", "", 2): range(9, 12)}
    assert refine(presence, K).shown(("BO-L", "", 1)) == ("BO-L",)


def test_a_province_stands_between_square_and_department():
    presence = {("BO-L", "01", 1): range(0, 4), ("BO-L", "01", 2): range(4, 8), ("BO-L", "02", 3): range(8, 14)}
    named = refine(presence, K)
    assert named.shown(("BO-L", "01", 1)) == ("BO-L", "01")


def test_a_department_with_too_few_is_told_as_the_mission():
    presence = {("BO-N",): range(0, 4), ("BO-L",): range(4, 20), ("BO-S",): range(20, 30)}
    named = refine(presence, K)
    assert (named.shown(("BO-N",)), named.shown(("BO-L",))) == (EVERYWHERE, ("BO-L",))
