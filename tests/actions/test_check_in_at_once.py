"""Signs of life, agreements and alarms at once: one check-in runs, and nobody waits for anybody in a circle."""

from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta

import pytest
from django.db import connections
from django.utils import timezone

from incidents.actions import duress
from incidents.actions.check_in import fall_due, promise, sign_off
from incidents.intake.safe import tell_safe
from incidents.models import Alarm, CheckIn
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


def in_own_connection(step):
    try:
        return step()
    finally:
        connections.close_all()


def test_everything_at_once_leaves_one_running_check_in_at_most(bolivia, departments, marisol, ana):
    today = timezone.now().astimezone(bolivia.zone).date()
    type(bolivia).objects.update(
        check_in_minutes=60, check_in_grace=0, election_day=today, polls_open=time(0), polls_close=time(23, 59)
    )
    bolivia.refresh_from_db()
    duress.choose(marisol, "tia rosa")
    due = promise(marisol, bolivia, timezone.now() - timedelta(seconds=1)).pk
    steps = [
        lambda: fall_due(due),
        lambda: make.report(marisol, triaged=False),
        lambda: tell_safe(marisol, bolivia, CheckIn.How.SAFE, said="tia rosa"),
        lambda: promise(marisol, bolivia, timezone.now() + timedelta(hours=1)),
        lambda: sign_off(marisol, bolivia),
        lambda: tell_safe(marisol, bolivia, CheckIn.How.LINK, said=""),
    ] * 4
    with ThreadPoolExecutor(6) as hands:
        list(hands.map(in_own_connection, steps))
    assert set(CheckIn.objects.values_list("last_error", flat=True)) == {""}
    assert CheckIn.objects.running().count() <= 1
    assert Alarm.objects.filter(kind="duress").count() == 1
    assert Alarm.objects.filter(kind="silence").count() <= 1
