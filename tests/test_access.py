"""Who gets what from which address: every route of the product × every role, read from `access_table.txt`.

Complete by construction: the routes come from the resolver, and one without a line in the table fails, as does a
line without a route. The answers are to GET; `POST` lines stand for the routes that take one.
"""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from incidents.actions import check_in
from incidents.actions.alarm import sound
from incidents.actions.attach import attach
from incidents.actions.close_day import make_root
from incidents.actions.enrol import invite, take_up
from incidents.actions.prepare import prepare
from incidents.actions.record import log
from incidents.evidence import storage
from incidents.models import Alarm, ApiKey, Device, DuplicateWeight, LogbookEntry, Mission
from incidents.roles import Role
from tests import make
from tests.conftest import signed_in

ROLES = (
    "stranger",
    "monitor",
    "other_monitor",
    "coordinator",
    "elsewhere",
    "linked",
    "admin",
    "other_admin",
    "partner",
)
TABLE = Path(__file__).with_name("access_table.txt")


def routes(resolver=None, prefix=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, here)
        else:
            yield here


def table():
    """{(method, route): {role: status}}"""
    lines = [line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return {
        (method, "" if route == "(root)" else route): dict(zip(ROLES, statuses, strict=True))
        for method, route, *statuses in lines
    }


def phone_of(monitor):
    """A browser that was enrolled as this monitor's phone."""
    client = Client()
    client.cookies["phone"] = take_up(invite(monitor)[1])[1]
    return client


@pytest.fixture
def world(settings, bolivia, departments, marisol, ana, sofia, tariq):
    """One incident in La Paz in which the police is accused, and somebody in every role, here and elsewhere."""
    Path(settings.BROKER_DIR / "queue").mkdir(parents=True, exist_ok=True)
    other = make.mission("elsewhere-2021")
    settings.TILES_DIR = settings.EVIDENCE_DIR
    settings.TILES_DIR.mkdir()
    (settings.TILES_DIR / "bolivia.pmtiles").write_bytes(b"PMTiles\x03")
    Mission.objects.filter(pk=bolivia.pk).update(map_file="bolivia.pmtiles")
    report = make.report(marisol, perpetrators=["police"])
    evidence = attach(report, storage.keep([make.photo()]))
    prepare(evidence.pk)
    with transaction.atomic():
        alarm, _queued = sound(marisol, bolivia, Alarm.Kind.SILENCE)
    notice = make.broadcast(sofia, departments["BO-L"], roles=[Role.MONITOR, Role.COORDINATOR])
    log(bolivia, "account.signed_in", actor=sofia)
    invitation = invite(make.monitor("nilda", bolivia))[1]
    clients = {
        "stranger": Client(),
        "monitor": phone_of(marisol),
        "other_monitor": phone_of(make.monitor("jorge", bolivia)),
        "coordinator": signed_in(ana),
        "elsewhere": signed_in(make.person("elena", Role.COORDINATOR, bolivia, departments["BO-S"])),
        "linked": signed_in(make.person("luis", Role.COORDINATOR, bolivia, everywhere=True, linked_force="police")),
        "admin": signed_in(sofia),
        "other_admin": signed_in(make.person("olga", Role.MISSION_ADMIN, other, everywhere=True)),
        "partner": Client(headers={"Authorization": f"Bearer {tariq.secret}"}),
    }
    return clients, {
        "<uuid:report_id>": report.pk,
        "<str:token>": invitation,
        "<str:name>": "0" * 64,
        "<uuid:evidence_id>": evidence.pk,
        "<uuid:notice_id>": notice.pk,
        "<slug:kind>": "monitors",
        "<int:surge_id>": make.surge(report.incident).pk,
        "<int:view_id>": make.view(ana).pk,
        "incident": report.incident_id,
        "alarm": alarm.pk,
        "checkin": check_in.promise(marisol, bolivia, timezone.now() + timedelta(hours=1)).pk,
        "delivery": report.incident.deliveries.first().pk,
        "user": marisol.pk,
        "device": Device.objects.filter(monitor=marisol).get().pk,
        "apikey": ApiKey.objects.get().pk,
        "mission": bolivia.pk,
        "<int:mission_id>": bolivia.pk,
        "duplicateweight": DuplicateWeight.objects.create(mission=bolivia, agreement="image.same", bits=7).pk,
        "missionroot": make_root(bolivia).pk,
        "logbookentry": LogbookEntry.objects.get(mission=bolivia).pk,
        "oncall": make.turn(ana).pk,
        "boundary": departments["BO-L"].pk,
        "broadcast": notice.pk,
        "place": make.place(bolivia, department=departments["BO-L"]).pk,
    }


def address(route, ids):
    """A real address of the route: of the things in `world`."""
    found = route.replace("^(?P<app_label>incidents)/$", "incidents/").replace("(?P<url>.*)$", "nothing/here")
    found = found.replace("^[\\s\\S]*$", "nothing/here")
    for placeholder in (placeholder for placeholder in ids if placeholder.startswith("<")):
        found = found.replace(placeholder, str(ids[placeholder]))
    for model in ids:
        if f"/{model}/" in found:
            found = found.replace("<path:object_id>", str(ids[model])).replace("<id>", str(ids[model]))
    assert "<" not in found, route
    return "/" + found


def test_every_route_has_its_line_and_every_line_its_route():
    assert {route for method, route in table() if method == "GET"} == set(routes())


@pytest.mark.parametrize(("method", "route"), sorted(table()))
def test_each_role_gets_what_the_table_says(world, method, route):
    clients, ids = world
    there = address(route, ids)
    got = {role: str(clients[role].generic(method, there).status_code) for role in ROLES}
    assert got == table()[method, route]
