"""The demonstration mission: Bolivia 2020 with synthetic reports, and fresh credentials for whoever tries it.

Made once; a second start keeps every row and renews only the enrolment links that were used or have expired.

It is looser than a mission should be, and says so: five monitors are too few to hide anybody among them. So that there
is something to see, three behind a place are enough, nothing waits before it leaves, and the public page is on.
"""

import json
import logging
import os
import secrets
import uuid
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

from incidents.actions.assess import assess
from incidents.actions.coarsen import grouping_of, settle
from incidents.actions.enrol import find_invitation, invite
from incidents.actions.review import move, summarise, verify
from incidents.actions.submit import Origin, submit
from incidents.models import ApiKey, Delivery, Membership, Mission, Place, Report, User
from incidents.notifications import outbox
from incidents.places.load import load_file
from incidents.places.plan import Plan
from incidents.roles import Role
from incidents.statement import StatementForm
from incidents.taxonomy import RELEASABLE

SLUG = "bolivia-2020"
ELECTION_DAY = date(2020, 10, 18)
DATA = Path(__file__).resolve().parent.parent / "data" / "bolivia"
NAMESPACE = uuid.UUID("6a2e5ab4-7a8c-4f0e-9f0e-0b1d5c1e2020")
MONITORS = ("M-01", "M-02", "M-03", "M-04", "M-05")
SUMMARY = "Demonstration: a synthetic incident, summarised for readers outside the mission."
LOOSER = {"group_size": 3, "release_delay_hours": 0, "has_public_page": True}
READ_AFTER = timedelta(minutes=4)

Credentials = dict[str, Any]


def mission() -> Mission:
    """The mission with its departments, places and people; made if it is not there."""
    made, is_new = Mission.objects.get_or_create(
        slug=SLUG,
        defaults={
            "names": {"en": "Bolivia, general election 2020", "es": "Bolivia, elección general 2020"},
            "election_day": ELECTION_DAY,
            "polls_open": time(8),
            "polls_close": time(17),
            "time_zone": "America/La_Paz",
            "languages": ["es", "en"],
            "is_demonstration": True,
            **LOOSER,
        },
    )
    if is_new:
        load_file(made, DATA / "departments.geojson", Plan(level=1))
        load_file(made, DATA / "places.csv", Plan(kind=Place.Kind.LOCALITY))
    return made


def people(of: Mission) -> dict[str, User]:
    """The cast by user name."""
    cast = {code.lower(): _person(of, code.lower(), code, Role.MONITOR, language="es") for code in MONITORS}
    west = of.boundaries.filter(code__in=("BO-L", "BO-O"))
    cast["lapaz"] = _person(of, "lapaz", "C-01", Role.COORDINATOR, departments=west, language="es")
    cast["nacional"] = _person(of, "nacional", "C-02", Role.COORDINATOR, language="en")
    cast["admin"] = _person(of, "admin", "A-01", Role.MISSION_ADMIN, language="en")
    cast["partner"] = _person(of, "partner", "P-01", Role.PARTNER, language="en")
    return cast


def _person(of: Mission, username: str, code: str, role: Role, *, language: str, departments: Any = ()) -> User:
    staff = role in (Role.COORDINATOR, Role.MISSION_ADMIN)
    user, _ = User.objects.get_or_create(
        username=username,
        defaults={
            "code": code,
            "role": role,
            "language": language,
            "email": f"{username}@desk.example" if staff else "",
            "password": "!",
        },
    )
    member, is_new = Membership.objects.get_or_create(
        user=user, mission=of, defaults={"all_departments": not departments}
    )
    if is_new and departments:
        member.departments.set(departments)
    return user


def reports(of: Mission, cast: dict[str, User]) -> int:
    """File, triage and partly review the synthetic reports; returns how many were new."""
    if of.reports.filter(pk=uuid.uuid5(NAMESPACE, "0")).exists():
        return 0
    rows = json.loads((DATA / "demonstration.json").read_text(encoding="utf-8"))
    filed = [_file(of, cast[MONITORS[number % len(MONITORS)].lower()], number, row) for number, row in enumerate(rows)]
    for report in filed:
        assess(report.assessment.pk)
    # The day is long over: its places are decided by all who were active on it.
    settle(grouping_of(of, ELECTION_DAY))
    for report, row in zip(filed, rows, strict=True):
        if row["review"]:
            _review(report, row["review"], cast["nacional"])
    return len(rows)


def send_alerts() -> int:
    """Send what the filing queued, here and now, so that the console is quiet when the addresses are printed."""
    logging.getLogger("observer.mailbox").setLevel(logging.WARNING)
    return sum(outbox.send(pk) for pk in Delivery.objects.due().values_list("pk", flat=True))


def _file(of: Mission, reporter: User, number: int, row: dict[str, Any]) -> Report:
    at = datetime.combine(ELECTION_DAY, time.fromisoformat(row["at"]), tzinfo=of.zone)
    received = (at + READ_AFTER).astimezone(UTC)
    fields = {**row["fields"], "occurred_at": at, "captured_at": received}
    form = StatementForm(fields, places=set(of.places.values_list("code", flat=True)))
    if not form.is_valid():
        raise ValueError(f"demonstration report {number}: {form.errors.as_json()}")
    origin = Origin(mission=of, channel=Report.Channel.WEB, reporter=reporter)
    report_id = uuid.uuid5(NAMESPACE, str(number))
    return submit(form.statement(), report_id=report_id, origin=origin, received_at=received).report


def _review(report: Report, level: str, actor: User) -> None:
    """As a coordinator would: acknowledge, verify, and summarise what partners or the public may read."""
    move(report.incident_id, "acknowledge", actor=actor)
    verify(report.incident_id, level, actor=actor, reason="Demonstration")
    if level in RELEASABLE:
        summarise(report.incident_id, SUMMARY, actor=actor)


def credentials(of: Mission, cast: dict[str, User], path: Path) -> Credentials:
    """The credentials that `path` holds, renewed where they no longer open, and written back (mode 600)."""
    kept = _read(path)
    base = settings.SITE_URL
    found = {
        "base_url": base,
        "monitor_links": _links(kept.get("monitor_links", []), [cast[code.lower()] for code in MONITORS]),
        "coordinators": [_password(kept, cast[name]) for name in ("nacional", "lapaz", "admin")],
        "partner": _key(kept.get("partner", {}), cast["partner"], of),
        "public_page": base + reverse("public:page", args=[of.slug]),
        "mailbox": str(settings.MAILBOX_DIR),
    }
    _write(path, found)
    return found


def _links(kept: list[str], monitors: list[User]) -> list[str]:
    return [_link(kept[number] if number < len(kept) else "", monitor) for number, monitor in enumerate(monitors)]


def _link(kept: str, monitor: User) -> str:
    secret = kept.rstrip("/").rpartition("/")[2]
    if not secret or find_invitation(secret) is None:
        _, secret = invite(monitor)
    return settings.SITE_URL + reverse("intake:enrol", args=[secret])


def _password(kept: Credentials, user: User) -> dict[str, str]:
    known = {entry["username"]: entry["password"] for entry in kept.get("coordinators", [])}
    password = known.get(user.username, "")
    if not password or not user.check_password(password):
        password = secrets.token_urlsafe(12)
        user.set_password(password)
        user.save(update_fields=("password",))
    return {
        "username": user.username,
        "password": password,
        "role": user.role,
        "url": settings.SITE_URL + reverse("admin:index"),
    }


def _key(kept: dict[str, str], partner: User, of: Mission) -> dict[str, str]:
    secret = kept.get("key", "")
    if not secret or ApiKey.objects.valid(secret) is None:
        _, secret = ApiKey.issue(holder=partner, mission=of, is_granted=True)
    url = f"{settings.SITE_URL}/api/v1/incidents"
    return {"key": secret, "url": url, "curl": f"curl -H 'Authorization: Bearer {secret}' {url}"}


def _read(path: Path) -> Credentials:
    try:
        kept: Credentials = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept


def _write(path: Path, found: Credentials) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        json.dump(found, file, indent=2)
        file.write("\n")
