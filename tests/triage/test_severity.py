"""Severity: cases, reasons in words, and that more harm never lowers it."""

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from incidents.taxonomy import SEVERITY_RANK, Category, Harm, Perpetrator, Timing, Victim
from incidents.triage.severity import CATEGORY_FLOOR, Facts, explain, score

CASES = [
    (Facts(("killing",)), "critical"),
    (Facts(("arrest_detention",)), "major"),
    (Facts(("arrest_detention",), timing="happening_now"), "critical"),
    (Facts(("intimidation",)), "moderate"),
    (Facts(("intimidation",), perpetrators=("armed_forces",)), "major"),
    (Facts(("intimidation",), harms=("injured",)), "major"),
    (Facts(("intimidation",), victim_count=10), "major"),
    (Facts(("intimidation",), victim_count=9), "moderate"),
    (Facts(("property_damage",)), "minor"),
    (Facts(("property_damage",), victims=("monitor",)), "moderate"),
    (Facts(("harassment", "killing")), "critical"),
    (Facts(("killing",), ("killed",), ("armed_forces",), ("voter",), 50, "happening_now"), "critical"),
]

facts = st.builds(
    Facts,
    categories=st.lists(st.sampled_from(Category.values), min_size=1, max_size=3).map(tuple),
    harms=st.lists(st.sampled_from(Harm.values), max_size=3).map(tuple),
    perpetrators=st.lists(st.sampled_from(Perpetrator.values), max_size=3).map(tuple),
    victims=st.lists(st.sampled_from(Victim.values), max_size=3).map(tuple),
    victim_count=st.integers(0, 1000),
    timing=st.sampled_from(Timing.values),
)


@pytest.mark.parametrize(("given_facts", "expected"), CASES)
def test_cases(given_facts, expected):
    assert score(given_facts).severity == expected


@given(facts, st.sampled_from(Harm.values))
def test_more_harm_never_lowers_the_severity(before, harm):
    after = Facts(**{**before.__dict__, "harms": (*before.harms, harm)})
    assert SEVERITY_RANK[score(after).severity] <= SEVERITY_RANK[score(before).severity]


def test_every_category_has_a_floor():
    assert set(CATEGORY_FLOOR) == set(Category.values)


@given(facts)
def test_every_score_says_why(given_facts):
    result = score(given_facts)
    assert len(explain(result.reasons)) == len(result.reasons) >= 1
    assert all(explain(result.reasons))


def test_reasons_are_told_in_the_readers_language():
    reasons = score(Facts(("killing",), timing="happening_now")).reasons
    with override("es"):
        assert explain(reasons) != explain_in_english(reasons)


def explain_in_english(reasons):
    with override("en"):
        return explain(reasons)
