"""What would become of the incidents if every suggestion were accepted: in any order, and no crowds by chance."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from incidents.triage.duplicates import linked
from incidents.triage.duplicates.clusters import clusters


@given(st.lists(st.sampled_from((-8.0, -2.0, 1.0, 3.0)), min_size=28, max_size=28), st.permutations(range(8)))
def test_equal_scores_are_settled_alike_whatever_came_first(scores, order):
    """Eight reports and few different scores: ties everywhere."""
    names = "abcdefgh"
    pairs = dict(zip(combinations(names, 2), scores, strict=True))
    mixed = dict(
        sorted(pairs.items(), key=lambda item: order[names.index(item[0][0])] * 8 + order[names.index(item[0][1])])
    )
    assert clusters([names[n] for n in order], mixed, threshold=-1) == clusters(names, pairs, threshold=-1)


def test_one_chance_likeness_does_not_join_two_groups():
    pairs = {("a", "b"): 5.0, ("c", "d"): 5.0, ("b", "c"): 2.0, ("a", "c"): -6.0, ("a", "d"): -6.0, ("b", "d"): -6.0}
    assert clusters("abcd", pairs, threshold=-1) == [["a", "b"], ["c", "d"]]


def test_a_report_joins_the_incident_whose_reports_all_resemble_it():
    assert linked([3.0, 1.0]) > linked([4.0, -8.0])
