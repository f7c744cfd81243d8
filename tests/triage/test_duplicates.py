"""The scorer of duplicates: cases, and what must hold whatever two reports say."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.triage.duplicates import Context, Facts, Grain, score, shipped
from incidents.triage.duplicates.clusters import clusters
from incidents.triage.duplicates.labels import choices, label
from incidents.triage.duplicates.levels import CHAINS
from incidents.triage.duplicates.reasons import explain
from incidents.triage.duplicates.weights import SHIPPED, SUGGEST_FROM, out_of_order
from incidents.triage.duplicates.words import words_of

NOON = datetime(2020, 10, 18, 16, tzinfo=UTC)
TABLE = shipped()
LIKELY = TABLE.bits(SUGGEST_FROM)

SEEN = Facts(
    first_day=date(2020, 10, 18),
    last_day=date(2020, 10, 18),
    at=NOON,
    position=(-16.5, -68.15),
    accuracy_m=12,
    is_measured=True,
    actors=frozenset({"security"}),
    names=frozenset({"police"}),
    categories=frozenset({"arrest_detention"}),
    victims=frozenset({"voter"}),
    harms=frozenset({"detained"}),
    affected=3,
    words=words_of("camioneta plaza jovenes esposados golpes"),
    reporter="1",
)


def bits(a, b, context=None):
    return score(a, b, TABLE, context or Context()).bits


def moved(facts, **changes):
    return replace(facts, reporter="2", **changes)


NEXT_DOOR = (-16.5005, -68.1502)
CASES = [
    ("two monitors at one spot", moved(SEEN, position=NEXT_DOOR, at=NOON + timedelta(minutes=10)), True),
    ("a witness without words", moved(SEEN, words=frozenset(), affected=None), True),
    ("other words, an hour later", moved(SEEN, at=NOON + timedelta(hours=1), words=frozenset({"gases"})), True),
    ("the next week", moved(SEEN, at=NOON + timedelta(days=7), words=frozenset()), False),
    ("another town", moved(SEEN, position=(-17.97, -67.11), words=frozenset()), False),
    ("another thing, by others, far off in the day", moved(
        SEEN, at=NOON - timedelta(hours=9), position=(-16.52, -68.12), names=frozenset(), actors=frozenset({"party"}),
        categories=frozenset({"property_damage"}), words=frozenset(), harms=frozenset({"property_lost"})), False),
]  # fmt: skip


@pytest.mark.parametrize(("case", "other", "same"), CASES, ids=[case[0] for case in CASES])
def test_cases(case, other, same):
    assert (bits(SEEN, other) >= LIKELY) is same


def test_a_photo_that_is_known_settles_it():
    other = {"categories": frozenset({"shooting"}), "affected": None, "position": (-16.52, -68.15)}
    doubtful = moved(SEEN, at=NOON + timedelta(hours=14), words=frozenset(), **other)
    with_photo = [replace(facts, images=(0xF0F0_F0F0_F0F0_F0F0,)) for facts in (SEEN, doubtful)]
    assert bits(SEEN, doubtful) < LIKELY < bits(*with_photo)


def test_one_monitor_who_files_twice_means_two_events():
    assert bits(SEEN, replace(SEEN)) < bits(SEEN, moved(SEEN))


def test_midnight_makes_no_difference():
    late, early = NOON.replace(hour=23, minute=55), NOON.replace(hour=23, minute=55) + timedelta(minutes=10)
    before = replace(SEEN, at=late)
    after = moved(SEEN, at=early, first_day=date(2020, 10, 19), last_day=date(2020, 10, 19))
    assert bits(before, after) == bits(before, moved(SEEN, at=late + timedelta(minutes=10)))


def test_a_coarse_position_leaves_more_distances_open():
    far = moved(SEEN, position=(-16.52, -68.15))
    vague = [replace(facts, accuracy_m=1_400) for facts in (SEEN, far)]
    assert bits(*vague) > bits(SEEN, far)


def test_where_much_happens_being_near_says_less():
    assert bits(SEEN, moved(SEEN), Context(crowd=40)) < bits(SEEN, moved(SEEN), Context(crowd=0))


def test_agreement_on_a_rare_actor_weighs_more():
    usual = Context.of([SEEN] * 30 + [replace(SEEN, names=frozenset({"intelligence"}))])
    rare = replace(SEEN, names=frozenset({"intelligence"}))
    assert bits(rare, moved(rare), usual) > bits(SEEN, moved(SEEN), usual)


@pytest.mark.parametrize(
    "text", ["La Policía detuvo a JÓVENES", "la policia detuvo a jovenes, 18", "POLICÍA: detuvo jóvenes"]
)
def test_accents_capitals_and_numerals_do_not_count(text):
    assert words_of(text) == {"policia", "detuvo", "jovenes"}


@pytest.mark.parametrize("text", ["the election and the", "la elección y los", "avec les élections"])
def test_words_that_every_text_holds_are_left_out(text):
    assert words_of(text) == set()


# -- what must hold always


codes = st.frozensets(st.sampled_from("abcd"), max_size=3)
numbers = st.one_of(st.none(), st.integers(0, 30))
days = st.integers(0, 12).map(lambda count: date(2020, 10, 10) + timedelta(days=count))
positions = st.tuples(st.floats(-17, -16), st.floats(-69, -68))


@st.composite
def reports(draw):
    first, length = draw(days), draw(st.integers(0, 4))
    return Facts(
        first_day=first,
        last_day=first + timedelta(days=length),
        at=draw(st.one_of(st.none(), st.integers(0, 10_000).map(lambda minutes: NOON + timedelta(minutes=minutes)))),
        position=draw(st.one_of(st.none(), positions)),
        grain=draw(st.sampled_from(Grain)),
        accuracy_m=draw(st.one_of(st.none(), st.integers(0, 2_000))),
        is_measured=draw(st.booleans()),
        spot=draw(st.sampled_from(("", "plaza", "mercado viejo"))),
        town=draw(st.sampled_from(("", "plaza", "alba"))),
        actors=draw(codes),
        names=draw(codes),
        categories=draw(codes),
        victims=draw(codes),
        harms=draw(codes),
        killed=draw(numbers),
        injured=draw(numbers),
        affected=draw(numbers),
        words=draw(st.frozensets(st.sampled_from(("tres", "cuatro", "cinco", "seis")))),
        reporter=draw(st.sampled_from(("", "1", "2"))),
        images=draw(st.lists(st.integers(0, 2**64 - 1), max_size=2).map(tuple)),
    )


@given(reports(), reports())
def test_a_score_is_the_same_from_both_sides(a, b):
    assert bits(a, b) == pytest.approx(bits(b, a))


@given(reports(), reports())
def test_every_score_adds_up_and_says_why(a, b):
    result = score(a, b, TABLE, Context())
    assert result.bits == pytest.approx(
        TABLE.bits("start") + sum(reason["bits"] for reason in result.reasons), abs=0.01
    )
    assert all("%(" not in said for said in explain(result.reasons))


def nearer(value, to, share):
    return value + (to - value) * share


@given(reports(), positions, st.floats(0, 1))
def test_moving_closer_never_lowers_the_score(facts, start, share):
    here = replace(facts, position=facts.position or (-16.5, -68.5))
    far = replace(here, position=start)
    near = replace(here, position=tuple(nearer(a, b, share) for a, b in zip(start, here.position, strict=True)))
    assert bits(here, near) >= bits(here, far) - 1e-9


@given(reports(), st.integers(0, 6_000), st.floats(0, 1))
def test_happening_closer_in_time_never_lowers_the_score(facts, minutes, share):
    here = replace(facts, at=NOON)
    far = replace(here, at=NOON + timedelta(minutes=minutes))
    near = replace(here, at=NOON + timedelta(minutes=minutes) * share)
    assert bits(here, near) >= bits(here, far) - 1e-9


@given(reports(), st.integers(1, 40), st.integers(1, 40), st.sampled_from(("killed", "injured", "affected")))
def test_a_number_that_agrees_better_never_lowers_the_score(facts, ours, theirs, field):
    here, other = replace(facts, **{field: ours}), replace(facts, **{field: theirs})
    between = replace(facts, **{field: (ours + theirs) // 2 if ours > theirs else -(-(ours + theirs) // 2)})
    assert bits(here, replace(here)) >= bits(here, between) >= bits(here, other)


@given(reports(), codes, st.sampled_from(("categories", "victims", "harms")))
def test_naming_the_same_never_scores_below_naming_others(facts, others, field):
    here = replace(facts, **{field: getattr(facts, field) or frozenset("a")})
    other = replace(here, **{field: others or frozenset("z")})
    assert bits(here, replace(here)) >= bits(here, other)


def test_no_weight_falls_along_its_chain():
    assert out_of_order(SHIPPED) == []


def test_every_level_has_its_weight_and_its_name():
    levels = {f"{field}.{level}" for field, chain in CHAINS for level in chain.split()}
    assert levels <= set(SHIPPED)
    assert not [code for code, _ in choices() if label(code).endswith(code.partition(".")[2]) and "." in label(code)]


# -- clusters: in whatever order the reports came


@settings(deadline=None)
@given(st.lists(reports(), min_size=2, max_size=7), st.randoms())
def test_the_order_of_arrival_does_not_change_the_clusters(told, chance):
    usual = Context.of(told)
    named = {f"r{number}": facts for number, facts in enumerate(told)}

    def found(order):
        pairs = {(min(a, b), max(a, b)): bits(named[a], named[b], usual) for a, b in combinations(order, 2)}
        return clusters(order, pairs, threshold=-3)

    order = list(named)
    first = found(order)
    chance.shuffle(order)
    assert found(order) == first


def test_reasons_are_told_in_the_readers_language_or_as_they_are():
    reasons = score(SEEN, moved(SEEN, position=(-16.51, -68.15)), TABLE, Context()).reasons
    with override("en"):
        told = explain(reasons)
    assert "Two monitors" in told
    assert "1.1 km apart, both known to ±12 m" in told
    assert explain([{"code": "later.version", "bits": 1.0}]) == ["later.version"]
