"""A database of an earlier release is brought up to date without a change to what was testified.

Each release's last migration stands in RELEASES; a row of every kind is written as that release would have, and read
after migrating to the newest.
"""

import datetime
import uuid

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import QuerySet

from incidents.models import Chain, Mission, Report
from incidents.seals.check import check_mission
from incidents.seals.faults import Found

pytestmark = pytest.mark.django_db(transaction=True)
RELEASES = ["0001_initial", "0002_device_remembers_its_mission"]
BODY = '{"schema": 1, "categories": ["intimidation"], "words": "Two officers at the door.", "consent": "partners"}'


def migrate(to):
    executor = MigrationExecutor(connection)
    executor.migrate([("incidents", to)])
    return executor.loader.project_state([("incidents", to)]).apps


@pytest.fixture
def newest():
    """The newest migration, restored whatever happens."""
    name = next(name for app, name in MigrationExecutor(connection).loader.graph.leaf_nodes() if app == "incidents")
    yield name
    migrate(name)


def written(apps):
    """A report with a later text, a file and a line of the timeline, by that release's own tables."""

    def make(model, **fields):
        return apps.get_model("incidents", model).objects.create(**fields)

    mission = make("Mission", slug="old", names={}, election_day=datetime.date(2020, 10, 18), time_zone="UTC")
    incident = make("Incident", mission=mission, category="intimidation")
    report = make(
        "Report",
        reference="AAAA-0001",
        mission=mission,
        incident=incident,
        channel="web",
        source_relation="witness",
        timing="happened",
        consent="partners",
        location_source="none",
        words="Two officers at the door.",
        body=BODY,
        body_sha256="a" * 64,
    )
    make("Revision", report=report, body=BODY, body_sha256="b" * 64)
    make("Evidence", id=uuid.uuid4(), report=report, sha256="c" * 64, size=7, media_type="image/jpeg")
    make("TimelineEntry", incident=incident, event="report.received", detail={"report": "AAAA-0001"})


# What must not change, table by table.
KEPT = {
    "Report": ("pk", "reference", "words", "consent", "body", "body_sha256", "received_at"),
    "Revision": ("body", "body_sha256", "received_at"),
    "Evidence": ("pk", "sha256", "size", "media_type", "received_at"),
    "TimelineEntry": ("at", "event", "detail"),
}


def said(apps):
    return {name: apps.get_model("incidents", name).objects.values(*fields).get() for name, fields in KEPT.items()}


@pytest.mark.parametrize("release", RELEASES)
def test_testimony_of_an_earlier_release_is_unchanged_and_sealed_as_it_stands(newest, release):
    earlier = migrate(release)
    written(earlier)
    before = said(earlier)
    assert said(migrate(newest)) == before
    assert (list(check_mission(Mission.objects.get())), Chain.objects.get().inherited["count"]) == ([], 1)
    QuerySet(Report).update(words="Two officers at the gate.")
    assert [fault.found for fault in check_mission(Mission.objects.get())] == [Found.ROW_CHANGED]
