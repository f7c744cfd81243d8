"""A small mission with somebody in every role, here and elsewhere, and one of everything that has a page."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone

from incidents.actions import check_in
from incidents.actions.alarm import sound
from incidents.actions.attach import attach
from incidents.actions.close_day import make_root
from incidents.actions.enrol import invite, take_up
from incidents.actions.prepare import prepare
from incidents.actions.record import log
from incidents.evidence import storage
from incidents.models import Alarm, ApiKey, Device, DuplicateWeight, LogbookEntry, SavedExport
from incidents.roles import Role
from tests import make
from tests.conftest import signed_in


def phone_of(monitor):
    """A browser that was enrolled as this monitor's phone."""
    client = Client()
    client.cookies["phone"] = take_up(invite(monitor)[1])[1]
    return client


def populate():
    """(clients by role, ids by part of an address). One incident in La Paz, in which the police is accused."""
    Path(settings.BROKER_DIR / "queue").mkdir(parents=True, exist_ok=True)
    bolivia, other = make.mission(map_file="bolivia.pmtiles", has_public_page=True), make.mission("elsewhere-2021")
    settings.TILES_DIR.mkdir(parents=True, exist_ok=True)
    (settings.TILES_DIR / "bolivia.pmtiles").write_bytes(b"PMTiles\x03")
    departments = make.departments(bolivia)
    ana = make.person("ana", Role.COORDINATOR, bolivia, departments["BO-L"], departments["BO-O"], code="C-1")
    sofia = make.person("sofia", Role.MISSION_ADMIN, bolivia, everywhere=True, code="A-1")
    marisol = make.monitor("marisol", bolivia)
    tariq = make.person("tariq", Role.PARTNER, bolivia, email="")
    _key, secret = ApiKey.issue(holder=tariq, mission=bolivia, is_granted=True)
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
        "partner": Client(headers={"Authorization": f"Bearer {secret}"}),
    }
    return clients, {
        "<uuid:report_id>": report.pk,
        "<str:token>": invitation,
        "<str:name>": "0" * 64,
        "<uuid:evidence_id>": evidence.pk,
        "<uuid:notice_id>": notice.pk,
        "<slug:kind>": "monitors",
        "<slug:collection>": "boundaries",
        "<path:feature>": "BO-L",
        "<slug:slug>": bolivia.slug,
        "<int:surge_id>": make.surge(report.incident).pk,
        "<int:view_id>": make.view(ana).pk,
        "incident": report.incident_id,
        "alarm": alarm.pk,
        "checkin": check_in.promise(marisol, bolivia, timezone.now() + timedelta(hours=1)).pk,
        "delivery": report.incident.deliveries.first().pk,
        "user": marisol.pk,
        "device": Device.objects.filter(monitor=marisol).get().pk,
        "apikey": ApiKey.objects.get().pk,
        "savedexport": SavedExport.objects.create(mission=bolivia, slug=bolivia.slug).pk,
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
