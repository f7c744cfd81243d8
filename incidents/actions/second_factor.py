"""The second factor of whoever works at the desk: a code of an authenticator app, or one of ten that were written down.

The app's key has to be kept as it is, for the server computes the same codes; the ten are kept as keyed hashes. How
fast codes may be tried is held by the device itself: after each wrong one it waits twice as long.
"""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from incidents.actions.record import log
from incidents.models import Delivery, User
from incidents.notifications import outbox
from incidents.workflow import MoveNotAllowed

RECOVERY_CODES = 10
DIGITS = 6
# No letter that looks like a digit; ten of them are 49 bits.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Checked:
    """Whether a code was right, which kind it was, and until when no other is looked at."""

    is_right: bool
    by: str = ""
    wait_until: datetime | None = None


def begin(person: User) -> TOTPDevice:
    """A new key for an app, which opens nothing until `set_up`; an earlier one that was not confirmed is gone."""
    TOTPDevice.objects.filter(user=person, confirmed=False).delete()
    return TOTPDevice.objects.create(user=person, name="app", confirmed=False)


def begun(person: User, device_id: int | None) -> TOTPDevice | None:
    """The key of a set-up that is under way."""
    found: TOTPDevice | None = TOTPDevice.objects.filter(pk=device_id, user=person, confirmed=False).first()
    return found


@transaction.atomic
def set_up(person: User, device_id: int, typed: str) -> list[str] | None:
    """Confirm the app by its first code. Returns the recovery codes, told once; None where the code is wrong."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    person.refresh_from_db(fields=("second_factor", "session_epoch"))
    device = TOTPDevice.objects.select_for_update().filter(pk=device_id, user=person, confirmed=False).first()
    if person.second_factor_id or device is None or not device.verify_token(_plain(typed)):
        return None
    device.confirmed = True
    device.save(update_fields=("confirmed",))
    _change(person, device)
    codes = _new_codes(person)
    log(person.latest_mission, "second_factor.set_up", actor=person)
    return codes


@transaction.atomic
def check(person: User, typed: str) -> Checked:
    """Look at a code; each is good once. What a wrong one costs is written down, so nothing here may be undone."""
    plain = _plain(typed)
    by_app = len(plain) == DIGITS and plain.isdecimal()
    model = TOTPDevice if by_app else StaticDevice
    device = model.objects.select_for_update().filter(user=person, confirmed=True).first()
    if device is None:
        return Checked(is_right=False)
    may_try, why_not = device.verify_is_allowed()
    if not may_try:
        return Checked(is_right=False, wait_until=why_not["locked_until"])
    is_right = device.verify_token(plain if by_app else _hashed(plain))
    return Checked(is_right, by="app" if by_app else "recovery_code")


def codes_left(person: User) -> int:
    return StaticToken.objects.filter(device__user=person).count()


@transaction.atomic
def renew_codes(person: User) -> list[str]:
    """Ten new recovery codes in place of those that were left."""
    codes = _new_codes(person)
    log(person.latest_mission, "recovery_codes.renewed", actor=person)
    return codes


@transaction.atomic
def remove(person: User, *, actor: User | None, reason: str = "") -> list[uuid.UUID]:
    """Take it away, so that the next sign-in sets up another. Ends their sessions; returns the deliveries queued.

    `actor` None is whoever runs the server. A colleague's removal is told to both. Raises MoveNotAllowed.
    """
    by_another = actor is None or actor.pk != person.pk
    if by_another and not reason.strip():
        raise MoveNotAllowed(_("Give a reason for this step."))
    StaticDevice.objects.filter(user=person).delete()
    TOTPDevice.objects.filter(user=person).delete()
    _change(person, None)
    mission = person.latest_mission
    entry = log(mission, "second_factor.reset", actor=actor, reason=reason.strip(), of=person.code)
    told = [one for one in (person, actor) if one is not None]
    return outbox.announce(entry, Delivery.Kind.ACCOUNT, told) if by_another and mission else []


def _change(person: User, device: TOTPDevice | None) -> None:
    """Whatever was opened with another one ends."""
    User.objects.filter(pk=person.pk).update(second_factor=device, session_epoch=F("session_epoch") + 1)
    person.refresh_from_db(fields=("second_factor", "session_epoch"))


def _new_codes(person: User) -> list[str]:
    StaticDevice.objects.filter(user=person).delete()
    device = StaticDevice.objects.create(user=person, name="recovery")
    codes = ["".join(secrets.choice(_ALPHABET) for _letter in range(10)) for _code in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_hashed(code)) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _plain(typed: str) -> str:
    """As it is compared: without the spaces and hyphens by which codes are read."""
    return "".join(typed.split()).replace("-", "").casefold()[:64]


def _hashed(code: str) -> str:
    """64 bits by the server's secret key, as many as the column has room for."""
    shown = code.encode("utf-8", "replace")
    return salted_hmac("incidents.recovery_code", shown, algorithm="sha256").hexdigest()[:16]
