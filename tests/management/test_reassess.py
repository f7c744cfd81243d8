"""Triage again by command: one incident or a mission, twice the same, a fault in one kept from the others."""

import os
import signal
import uuid

import pytest
from django.core.management import CommandError, call_command

from incidents.grading import Rule
from incidents.management.commands import reassess as module
from incidents.models import Incident, SeverityRule, TimelineEntry
from tests import make
from tests.management.log import account


@pytest.fixture
def reassess(capsys):
    def run(*options):
        code = 0
        try:
            call_command("reassess", *options)
        except CommandError as fault:
            code = fault.returncode
            print(fault)
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return run


@pytest.fixture
def three(marisol, bolivia):
    """Three incidents, and since then a table by which two of them are graver."""
    found = [make.incident(marisol, timing="happened", categories=[code]) for code in ("other", "other", "killing")]
    SeverityRule.objects.replace(
        bolivia, [Rule("category", "other", level="major"), Rule("category", "killing", level="critical")]
    )
    return found


def severities():
    return list(Incident.objects.order_by("opened_at").values_list("severity", flat=True))


def test_a_mission_is_triaged_again_and_the_second_time_nothing_changes(reassess, three):
    assert account(reassess("--mission=bolivia-2020")[1]) == [3, 2, 1, 0]
    assert severities() == ["major", "major", "critical"]
    lines = TimelineEntry.objects.count()
    assert account(reassess("--mission=bolivia-2020")[1]) == [3, 0, 3, 0]
    assert TimelineEntry.objects.count() == lines


def test_one_incident_is_triaged_again(reassess, three):
    assert account(reassess(f"--incident={three[0].pk}")[1]) == [1, 1, 0, 0]
    assert severities() == ["major", "minor", "critical"]


def test_only_what_was_opened_since_is_looked_at(reassess, three):
    Incident.objects.filter(pk=three[0].pk).update(opened_at="2020-10-17T23:00Z")
    assert account(reassess("--mission=bolivia-2020", "--since=2020-10-18")[1])[0] == 2
    assert account(reassess("--mission=bolivia-2020", "--since=2020-10-17T22:00Z")[1])[0] == 3


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--mission=nowhere",),
        ("--incident=7",),
        (f"--incident={uuid.uuid4()}",),
        ("--mission=bolivia-2020", "--since=soon"),
        ("--mission=bolivia-2020", "--since=2020-13-45T00:00Z"),
    ],
)
def test_what_makes_no_sense_is_told_in_words(reassess, bolivia, options):
    code, told = reassess(*options)
    assert code == 1
    assert "Traceback" not in told


def test_an_incident_that_breaks_is_named_and_the_others_go_on(reassess, three, monkeypatch):
    real = module.reassess

    def broken(pk):
        return real(pk) if pk != three[0].pk else 1 / 0

    monkeypatch.setattr(module, "reassess", broken)
    code, told = reassess("--mission=bolivia-2020")
    assert (code, account(told)) == (1, [3, 1, 1, 1])
    assert f"incident {three[0].pk}: ZeroDivisionError" in told


def test_stopping_in_the_middle_can_go_on(reassess, three, monkeypatch):
    real = module.reassess

    def pressed(pk):
        os.kill(os.getpid(), signal.SIGINT)
        return real(pk)

    monkeypatch.setattr(module, "reassess", pressed)
    code, told = reassess("--mission=bolivia-2020")
    assert (code, account(told)) == (130, [1, 1, 0, 0])
    monkeypatch.setattr(module, "reassess", real)
    assert account(reassess("--mission=bolivia-2020")[1]) == [3, 1, 2, 0]


def test_whoever_is_newly_told_is_rung_for(reassess, marisol, bolivia, ramiro, bells):
    report = make.report(marisol, triaged=False)
    reassess("--mission=bolivia-2020")
    assert ("incidents.tasks.send_delivery", str(report.incident.deliveries.get().pk)) in bells
