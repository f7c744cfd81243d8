"""Severity: cases, reasons in words, and that more harm never lowers it, under any table of floors and raises."""

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from incidents.grading import CODES, DEFAULT_RULES, Effect, Fact, Rule, digest
from incidents.taxonomy import SEVERITY_RANK, Category, Harm, Perpetrator, Severity, Timing, Victim
from incidents.triage.severity import Facts, explain, method, score

NOW = ("happening_now",)
CASES = [
    (Facts(("killing",)), "critical"),
    (Facts(("arrest_detention",)), "major"),
    (Facts(("arrest_detention",), timings=NOW), "critical"),
    (Facts(("intimidation",)), "moderate"),
    (Facts(("intimidation",), timings=("about_to_happen",)), "moderate"),
    (Facts(("intimidation",), perpetrators=("armed_forces",)), "major"),
    (Facts(("intimidation",), perpetrators=("armed_forces", "paramilitary")), "major"),
    (Facts(("intimidation",), perpetrators=("armed_forces",), timings=NOW), "critical"),
    (Facts(("intimidation",), harms=("injured",)), "major"),
    (Facts(("intimidation",), harms=("property_lost",)), "moderate"),
    (Facts(("intimidation",), victim_count=10), "major"),
    (Facts(("intimidation",), victim_count=9), "moderate"),
    (Facts(("property_damage",)), "minor"),
    (Facts(("property_damage",), in_polling_hours=True), "moderate"),
    (Facts(("arrest_detention",), in_polling_hours=True), "major"),
    (Facts(("property_damage",), victims=("monitor",)), "moderate"),
    (Facts(("harassment", "killing")), "critical"),
    (Facts(()), "minor"),
    (Facts(("killing",), ("killed",), ("armed_forces",), ("voter",), 50, NOW, True), "critical"),
]
TWO_STEPS = [
    Rule("category", "harassment", level="minor"),
    Rule("victim_count", effect="raise", steps=1, threshold=5),
    Rule("victim_count", effect="raise", steps=2, threshold=50),
    Rule("perpetrator", "crowd", level="moderate"),
]


def several(codes):
    return st.lists(st.sampled_from(codes), max_size=3).map(tuple)


facts = st.builds(
    Facts,
    categories=st.lists(st.sampled_from(Category.values), min_size=1, max_size=3).map(tuple),
    harms=several(Harm.values),
    perpetrators=several(Perpetrator.values),
    victims=several(Victim.values),
    victim_count=st.integers(0, 1000),
    timings=several(Timing.values),
    in_polling_hours=st.booleans(),
)
kinds = st.sampled_from(Fact.values)
rules = kinds.flatmap(
    lambda kind: st.builds(
        Rule,
        kind=st.just(kind),
        code=st.sampled_from(CODES[kind].values) if kind in CODES else st.just(""),
        effect=st.sampled_from(Effect.values),
        level=st.sampled_from(Severity.values),
        steps=st.integers(1, 2),
        threshold=st.integers(1, 100) if kind == Fact.VICTIM_COUNT else st.just(0),
    )
)
tables = st.lists(rules, max_size=30, unique_by=lambda rule: (rule.kind, rule.code, rule.threshold)).map(tuple)


@pytest.mark.parametrize(("given_facts", "expected"), CASES)
def test_cases(given_facts, expected):
    assert score(given_facts, DEFAULT_RULES).severity == expected


@pytest.mark.parametrize(("count", "expected"), [(4, "minor"), (5, "moderate"), (49, "moderate"), (50, "major")])
def test_the_highest_threshold_that_is_reached_counts(count, expected):
    assert score(Facts(("harassment",), victim_count=count), TWO_STEPS).severity == expected


@given(facts, facts, st.one_of(st.just(DEFAULT_RULES), tables))
def test_more_of_anything_never_lowers_the_severity(before, more, table):
    after = Facts(
        categories=before.categories + more.categories,
        harms=before.harms + more.harms,
        perpetrators=before.perpetrators + more.perpetrators,
        victims=before.victims + more.victims,
        victim_count=before.victim_count + more.victim_count,
        timings=before.timings + more.timings,
        in_polling_hours=before.in_polling_hours or more.in_polling_hours,
    )
    assert SEVERITY_RANK[score(after, table).severity] <= SEVERITY_RANK[score(before, table).severity]


@given(facts, st.sampled_from(Harm.values))
def test_more_harm_never_lowers_the_severity(before, harm):
    after = Facts(**{**vars(before), "harms": (*before.harms, harm)})
    ranks = [SEVERITY_RANK[score(each, DEFAULT_RULES).severity] for each in (after, before)]
    assert ranks[0] <= ranks[1]


def test_the_default_table_names_every_category_and_only_codes_that_exist():
    assert {rule.code for rule in DEFAULT_RULES if rule.kind == Fact.CATEGORY} == set(Category.values)
    assert all(rule.code in CODES[rule.kind].values for rule in DEFAULT_RULES if rule.kind in CODES)


@given(facts, tables)
def test_every_score_says_why(given_facts, table):
    result = score(given_facts, table)
    assert len(explain(result.reasons)) == len(result.reasons)
    assert all(explain(result.reasons))
    assert result.reasons or result.severity == "minor"


def test_the_method_names_its_table_whatever_the_order_of_the_rows():
    assert method(DEFAULT_RULES) == method(reversed(DEFAULT_RULES)) == f"severity-2:{digest(DEFAULT_RULES)}"
    assert method(DEFAULT_RULES) != method(DEFAULT_RULES[1:])


def test_reasons_of_the_first_version_are_still_told():
    earlier = [{"code": "armed", "value": "police"}, {"code": "many_victims", "value": 12}, {"code": "happening_now"}]
    monitor = {"code": "monitor_targeted", "value": "", "sets": "moderate"}
    with override("en"):
        assert explain([*earlier, monitor]) == [
            "Police involved: one step up",
            "12 people affected: one step up",
            "It is happening now: one step up",
            "Monitor affected: at least moderate",
        ]
