"""Marks and their folding: nothing that changes a count goes unmarked, and what is folded stays true."""

import random

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from incidents.actions import fold as folding
from incidents.actions.fold import compare, fold
from incidents.models import Accusation, Counted, Incident, Mark, Tally, counting
from incidents.models.tally import FORCES
from incidents.taxonomy import Perpetrator
from tests import make
from tests.admin import world

RIGHT = {"incidents": 0, "sums": 0}


@pytest.fixture
def made(bolivia, departments):
    return world.fill(random.Random(3), [(bolivia, departments.values())], [], count=60)


def fold_all():
    while fold():
        pass


def marked():
    return set(Mark.objects.values_list("incident", flat=True))


def test_every_code_of_a_force_has_its_bit():
    assert set(Perpetrator.values) == set(FORCES)


def test_whatever_happens_is_folded_in_the_end(made):
    chance = random.Random(11)
    for _ in range(60):
        world.happens(chance, made)
        fold(chance.choice((1, 5, 40)))
    fold_all()
    assert compare() == RIGHT
    assert Counted.objects.count() == Incident.objects.filter(merged_into=None).count()


WRITES = {
    "save": lambda one: one.save(),
    "update": lambda one: Incident.objects.filter(pk=one.pk).update(status="closed"),
    "bulk_update": lambda one: Incident.objects.bulk_update([one], ["department"]),
    "related": lambda one: one.mission.incidents.update(severity="minor"),
    "accused": lambda one: Accusation.objects.create(incident=one, code="crowd"),
    "accused_in_bulk": lambda one: Accusation.objects.bulk_create([Accusation(incident=one, code="crowd")]),
    "acquitted": lambda one: one.accusations.all().delete(),
    "acquitted_of_one": lambda one: one.accusations.first().delete(),
    "boundary_removed": lambda one: one.department.delete(),
}


@pytest.mark.parametrize("way", WRITES)
def test_no_way_to_write_goes_unmarked(marisol, departments, way):
    one = make.incident(marisol)
    fold_all()
    WRITES[way](one)
    assert one.pk in marked()
    fold_all()
    assert compare() == RIGHT


def test_what_is_not_counted_needs_no_mark(marisol, departments):
    one = make.incident(marisol)
    fold_all()
    one.save(update_fields=("corroboration", "updated_at"))
    Incident.objects.filter(pk=one.pk).update(public_summary="Taken.", outcome="remedied")
    assert marked() == set()


def test_a_mark_written_while_an_incident_is_read_is_kept(made, monkeypatch):
    """As a report that comes in between the folder's look at the marks and at the incidents."""
    fold_all()
    Incident.objects.filter(pk=made[0].pk).update(severity="minor")
    restate = counting.restate

    def interrupted(incidents):
        restate(incidents)
        Incident.objects.filter(pk=made[0].pk).update(severity="critical")

    monkeypatch.setattr(folding.counting, "restate", interrupted)
    fold()
    monkeypatch.undo()
    assert marked() == {made[0].pk}
    fold_all()
    assert compare() == RIGHT


def test_a_fold_that_is_ended_in_the_middle_changes_nothing(made, monkeypatch):
    before = (set(Mark.objects.values_list("pk")), Tally.objects.count())

    def killed(incidents):
        counting.restate(incidents)
        raise KeyboardInterrupt

    monkeypatch.setattr(folding, "counting", type("Dying", (), {"restate": staticmethod(killed)}))
    with pytest.raises(KeyboardInterrupt):
        fold()
    assert (set(Mark.objects.values_list("pk")), Tally.objects.count()) == before


def test_recount_says_what_is_off_and_mends_it(made, capsys):
    fold_all()
    call_command("recount")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE incidents_tally SET n = n + 1 WHERE facet = 'status' AND bits = 10")
        cursor.execute("UPDATE incidents_incident SET severity = 'critical' WHERE severity = 'minor'")
    with pytest.raises(CommandError, match="--mend"):
        call_command("recount")
    assert compare() != RIGHT
    call_command("recount", "--mend")
    assert compare() == RIGHT


def test_sums_of_nothing_are_swept_out(made):
    fold_all()
    Incident.objects.update(severity="major", status="closed")
    while Mark.objects.exists():
        fold()
    assert Tally.objects.filter(n=0).exists()
    Folding = folding.Folding
    Folding.objects.update(swept_at=None)
    fold()
    assert not Tally.objects.filter(n=0).exists()
