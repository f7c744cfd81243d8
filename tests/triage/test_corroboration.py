"""Corroboration: who counts as another source, what that bears out, and that more never bears out less."""

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from incidents.taxonomy import SourceRelation, Verification
from incidents.triage.corroboration import Source, explain, says_more, weigh

RANK = {level: rank for rank, level in enumerate(["unverified", "possible", "likely", "confirmed"])}


def saw(monitor, organisation="", **fields):
    return Source("witness", monitor, organisation, **fields)


def heard(monitor, organisation="", **fields):
    return Source("third_party", monitor, organisation, **fields)


def printed(document, relation="third_party"):
    return Source(relation, document=document)


CASES = {
    "nothing": ([], "unverified"),
    "one who heard of it": ([heard(1)], "unverified"),
    "one witness": ([saw(1)], "possible"),
    "the victim": ([Source("victim", 1)], "possible"),
    "one witness with a photo": ([saw(1, has_evidence=True)], "possible"),
    "one witness who writes three times": ([saw(1), saw(1), saw(1)], "possible"),
    "two strangers who heard of it": ([heard(1), heard(2)], "possible"),
    "two colleagues who heard of it": ([heard(1, "Red"), heard(2, "Red")], "unverified"),
    "a witness and a stranger who heard of it": ([saw(1), heard(2)], "likely"),
    "two witnesses, strangers": ([saw(1, "Red"), saw(2, "Blue")], "likely"),
    "two witnesses of one organisation": ([saw(1, "Red"), saw(2, " red ")], "possible"),
    "three witnesses of one organisation": ([saw(1, "Red"), saw(2, "Red"), saw(3, "Red")], "likely"),
    "three of one organisation with a photo": (
        [saw(1, "Red", has_evidence=True), saw(2, "Red"), saw(3, "Red")],
        "likely",
    ),
    "three strangers, nothing to show": ([saw(1), saw(2), saw(3)], "likely"),
    "three strangers, two saw it, a photo": ([saw(1, has_evidence=True), saw(2), heard(3)], "confirmed"),
    "three strangers, one saw it, a photo": ([saw(1, has_evidence=True), heard(2), heard(3)], "likely"),
    "two rows of one newspaper": ([printed("Daily"), printed("daily")], "unverified"),
    "two newspapers": ([printed("Daily"), printed("Weekly")], "possible"),
    "a newspaper and a witness": ([printed("Daily"), saw(1)], "likely"),
    "two that nobody signed": ([heard(None), heard(None)], "unverified"),
}

sources = st.lists(
    st.builds(
        Source,
        relation=st.sampled_from(SourceRelation.values),
        monitor=st.none() | st.integers(1, 6),
        organisation=st.sampled_from(["", "Red", "Blue", "red "]),
        document=st.sampled_from(["", "Daily", "Weekly"]),
        has_evidence=st.booleans(),
    ),
    max_size=8,
)


@pytest.mark.parametrize(("given_sources", "expected"), CASES.values(), ids=CASES)
def test_cases(given_sources, expected):
    assert weigh(given_sources).level == expected


@given(sources, sources)
def test_more_sources_never_bear_out_less(before, more):
    assert RANK[weigh(before + more).level] >= RANK[weigh(before).level]


@given(sources.flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_the_order_of_arrival_changes_nothing(pair):
    assert weigh(pair[0]) == weigh(pair[1])


@given(sources)
def test_nothing_is_proposed_as_confirmed_without_a_file(given_sources):
    bare = [Source(**{**vars(source), "has_evidence": False}) for source in given_sources]
    assert weigh(bare).level != Verification.CONFIRMED


def test_that_only_a_file_is_missing_is_said():
    with override("en"):
        said = explain(weigh([saw(1), saw(2), saw(3)]).reasons)
    assert said == [
        "3 independent sources",
        "3 saw it or suffered it",
        "No file supports it: not proposed as confirmed",
    ]


def test_reasons_are_told_in_the_readers_language():
    reasons = weigh([saw(1, "Red"), saw(2, "Red"), heard(2, "Red")]).reasons
    with override("en"):
        assert explain(reasons)[1:3] == [
            "1 more report by a source already counted",
            "1 shares an organisation with another: weighs less",
        ]


@pytest.mark.parametrize(
    ("level", "verification", "offered"),
    [
        ("likely", "unverified", True),
        ("likely", "likely", False),
        ("possible", "confirmed", False),
        ("likely", "refuted", False),
        ("likely", "not_a_violation", False),
    ],
)
def test_a_proposal_is_offered_only_where_it_goes_further(level, verification, offered):
    assert says_more(level, verification) is offered
