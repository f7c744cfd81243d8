"""Two people open one incident in the same moment, or take the same step back: one of them has it, one undo stands."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from incidents.actions import check_out
from incidents.actions.review import move
from incidents.actions.undo import undo
from incidents.models import Checkout
from incidents.workflow import MoveNotAllowed
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*steps):
    def in_own_connection(step):
        try:
            return step()
        except MoveNotAllowed:
            return None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(steps)) as hands:
        return list(hands.map(in_own_connection, steps))


def test_of_many_who_open_it_at_once_one_has_it(marisol, departments, ana, ramiro, sofia):
    incident = make.incident(marisol)
    people = [ana, ramiro, sofia] * 3
    found = at_once(*(lambda person=person: check_out.take(incident.pk, actor=person) for person in people))
    (holder,) = {checkout.person_id for checkout in found}
    assert Checkout.objects.get().person_id == holder


def test_a_step_is_taken_back_once_however_often_it_is_asked(marisol, departments, ana, sofia):
    incident = make.incident(marisol)
    move(incident.pk, "acknowledge", actor=ana)
    entry = incident.timeline.get(event="incident.acknowledged")
    done = at_once(*(lambda person=person: undo(incident.pk, entry.pk, actor=person) for person in (ana, sofia) * 3))
    assert len([one for one in done if one]) == incident.timeline.filter(event="move.undone").count() == 1
