"""A superuser of the database changes the record a thousand times, each time in another way: each time it is named.

Each change is undone before the next. And what nobody touched holds.
"""

import random
import uuid

import pytest
from django.db import transaction

from incidents import chain as arithmetic
from incidents.actions import review
from incidents.actions.attach import attach
from incidents.actions.close_day import make_root
from incidents.actions.merge import merge, unmerge
from incidents.actions.record import log
from incidents.actions.submit import Origin, submit
from incidents.actions.talk import reply
from incidents.evidence import storage
from incidents.management.commands.verify_timeline import file_fault
from incidents.models import Chain, Incident, Merge, Report, TimelineEntry
from incidents.seals.bound import bound
from incidents.seals.check import check_mission
from incidents.seals.record import ahead, link
from tests import make
from tests.seals.superuser import Superuser

MUTATIONS, SEED = 1_000, 20201018


@pytest.fixture
def world(marisol, ana, ramiro, sofia, bolivia, departments):
    """Incidents with all that hangs on them, one merged and one merged and undone, a logbook, and two roots."""
    nilda = make.monitor("nilda", bolivia)
    reports = [make.report(reporter, words=f"Words of {n}") for n, reporter in enumerate((marisol, nilda) * 3)]
    for number, report in enumerate(reports):
        again = make.statement(words=f"Later words of {number}")
        origin = Origin(mission=bolivia, channel=Report.Channel.WEB, reporter=report.reporter)
        submit(again, report_id=report.pk, origin=origin)
        attach(report, storage.keep([make.photo((40 + number, 30))]))
        asked = make.question(report, ramiro)
        reply(asked, reply_id=uuid.uuid4(), text="Four of them.", monitor=report.reporter, device=None)
        review.move(report.incident_id, "acknowledge", actor=ramiro, reason="I call them")
        review.verify(report.incident_id, "likely", actor=ramiro, reason="Two of them say so")
    merge(reports[0].incident_id, reports[1].incident_id, actor=ramiro)
    merge(reports[2].incident_id, reports[3].incident_id, actor=ramiro)
    attach(Report.objects.get(pk=reports[3].pk), storage.keep([make.photo((90, 30))]))
    unmerge(Merge.objects.latest("pk").pk, actor=ramiro)
    for number in range(12):
        log(bolivia, "account.signed_in", actor=sofia, reason="as asked", number=number)
    make_root(bolivia)
    review.assign(reports[4].incident_id, ana, actor=ramiro)
    log(bolivia, "account.signed_out", actor=sofia)
    make_root(bolivia)
    return bolivia


def test_a_thousand_changes_by_a_superuser_are_a_thousand_named(world):
    superuser = Superuser(world, random.Random(SEED))
    assert list(check_mission(world, files=file_fault)) == []
    missed, kinds = [], superuser.CHAINS + superuser.OTHERS
    for number in range(MUTATIONS):
        verb = kinds[number % len(kinds)]
        state = superuser.draw.getstate()[1][-1]
        with transaction.atomic():
            found, named = superuser.act(verb)
            transaction.set_rollback(True)
        superuser.undo_file()
        if not named:
            missed.append((number, verb, state, [str(fault) for fault in found]))
    assert missed == [], "\n".join(map(str, missed))
    assert list(check_mission(world, files=file_fault)) == []


def test_ten_thousand_entries_that_nobody_touched_all_hold(bolivia, marisol, ramiro):
    incidents = [Incident(mission=bolivia, category="intimidation") for _number in range(500)]
    Incident.objects.bulk_create(incidents)
    first = make.report(marisol)
    reports, entries, chains = [], [], []
    for number, incident in enumerate(incidents):
        report = Report.objects.get(pk=first.pk) if number == 0 else reports[-1]
        fields = {field.attname: getattr(report, field.attname) for field in Report._meta.concrete_fields}
        report = Report(**{**fields, "id": uuid.uuid4(), "reference": f"T-{number:06}", "incident_id": incident.pk})
        reports.append(report)
        chain = Chain(name=arithmetic.timeline_name(incident.pk), incident=incident, mission=bolivia)
        chain.head = arithmetic.genesis(chain.name, None)
        for turn in range(20):
            event = "incident.verified" if turn else "report.received"
            detail = {"after": "likely"} if turn else {"report": report.reference, "bound": bound(report)}
            entry = TimelineEntry(incident=incident, actor=ramiro, event=event, detail=detail, reason="Ñandú, 2 °C")
            link(chain, entry)
            for name, value in ahead(chain, entry).items():
                setattr(chain, name, value)
            entries.append(entry)
        chains.append(chain)
    for model, rows in ((Report, reports), (TimelineEntry, entries), (Chain, chains)):
        model.objects.bulk_create(rows, batch_size=500)
    assert (len(entries), list(check_mission(bolivia))) == (10_000, [])
