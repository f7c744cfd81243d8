"""The simulation says what the watch promises, the same for the same seed, and reads its options strictly."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from incidents.management.commands.simulate_surge import interval

SHORT = ("--days", "120", "--trials", "2", "--seed", "7")


def run(*options):
    out = StringIO()
    call_command("simulate_surge", *options, stdout=out)
    return out.getvalue()


def test_it_prints_false_alarms_beside_what_is_set_and_delays_for_both_rises():
    told = json.loads(run(*SHORT, "--json"))
    assert told["false_alarms"]["expected"] == pytest.approx(120 / 7)
    assert told["false_alarms"]["observed"] <= told["false_alarms"]["expected"] * 1.7
    assert {row["times"] for row in told["delays"]} == {2.0, 10.0}


def test_the_same_seed_tries_the_same_days():
    assert run(*SHORT, "--json") == run(*SHORT, "--json")


def test_it_reads_for_people_too():
    text = run(*SHORT)
    assert "120 quiet days" in text
    assert "Poisson interval" in text
    assert "whole mission" in text


@pytest.mark.parametrize("option", ["--days=0", "--days=x", "--rate=-1", "--rate=nan", "--trials=0"])
def test_an_option_that_makes_no_sense_is_refused(option):
    with pytest.raises(CommandError):
        run(option)


@pytest.mark.parametrize(("count", "low", "high"), [(0, 0, 3.69), (10, 4.80, 18.39), (100, 81.36, 121.63)])
def test_the_interval_is_the_exact_one(count, low, high):
    assert interval(count) == pytest.approx((low, high), abs=0.01)
