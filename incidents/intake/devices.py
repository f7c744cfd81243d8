"""Which phone is asking: the cookie of an enrolled device, and the mission its monitor works for.

A cookie of its own, not a session: it outlives sign-outs, is stored hashed and is revoked by one column.
"""

import contextlib
from dataclasses import dataclass
from datetime import timedelta

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from incidents.models import Device, Mission
from incidents.models.enrolment import secret_hash
from incidents.roles import Action

COOKIE = "phone"
COOKIE_LIFE = timedelta(days=180)
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Phone:
    """A device we know, and the mission it reports to."""

    device: Device
    mission: Mission
    is_member: bool

    @property
    def is_open(self) -> bool:
        """Whether it may be shown anything. A phone that is not open may still send, so that nothing is lost."""
        trusted = self.device.revoked_at is None and self.is_member
        return trusted and self.device.monitor.may(Action.FILE_REPORT)


def phone_of(request: HttpRequest) -> Phone | None:
    """The phone whose cookie came with the request; None if there is none."""
    secret = request.COOKIES.get(COOKIE)
    if not secret:
        return None
    device = Device.objects.select_related("monitor", "mission").filter(token_hash=secret_hash(secret)).first()
    return None if device is None else phone_with(device)


def phone_with(device: Device) -> Phone | None:
    """A device that was made out otherwise than by its cookie; None if its monitor never had a mission."""
    current = device.monitor.latest_mission
    mission = current or device.mission
    if mission is None:
        return None
    _mark_seen(device)
    return Phone(device, mission, is_member=current is not None)


def remember(response: HttpResponse, secret: str, *, secure: bool) -> None:
    response.set_cookie(COOKIE, secret, max_age=COOKIE_LIFE, secure=secure, httponly=True, samesite="Lax", path="/")


def _mark_seen(device: Device) -> None:
    """At most one write a minute, and never a reason to refuse a page."""
    now = timezone.now()
    if device.last_seen_at > now - SEEN_EVERY:
        return
    with contextlib.suppress(DatabaseError):
        Device.objects.filter(pk=device.pk, last_seen_at__lte=now - SEEN_EVERY).update(last_seen_at=now)
