"""Giving a monitor's phone its credential: an invitation, taken up once."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from incidents.actions.read_only import check_open
from incidents.actions.record import log
from incidents.models import Device, Invitation, Mission, User
from incidents.models.enrolment import new_secret, secret_hash


@transaction.atomic
def invite(monitor: User) -> tuple[Invitation, str]:
    """A new invitation and its secret, which is told once and stored hashed; earlier ones no longer open."""
    check_open(monitor.latest_mission)
    secret = new_secret()
    Invitation.objects.filter(monitor=monitor, used_at=None).update(expires_at=timezone.now())
    return Invitation.objects.create(monitor=monitor, token_hash=secret_hash(secret)), secret


@transaction.atomic
def invite_all(
    monitors: Iterable[User], *, mission: Mission, actor: User, revoke: bool = False
) -> list[tuple[User, Invitation, str]]:
    """New invitations for these, in a few statements, and a line in the logbook; `revoke` ends their phones as well."""
    check_open(mission)
    people = list(monitors)
    secrets = [new_secret() for _person in people]
    now = timezone.now()
    Invitation.objects.filter(monitor__in=people, used_at=None, expires_at__gt=now).update(expires_at=now)
    revoked = Device.objects.filter(monitor__in=people, revoked_at=None).update(revoked_at=now) if revoke else 0
    made = Invitation.objects.bulk_create(
        Invitation(monitor=person, token_hash=secret_hash(secret))
        for person, secret in zip(people, secrets, strict=True)
    )
    log(mission, "invitations.issued", actor=actor, count=len(people), revoked=revoked)
    return list(zip(people, made, secrets, strict=True))


def sign_out(device: Device) -> None:
    """End a phone's credential at its own wish. It is not revoked: what it has sealed before still counts."""
    Device.objects.filter(pk=device.pk).update(token_hash=secret_hash(new_secret()))


def find_invitation(secret: str) -> Invitation | None:
    """The invitation that `secret` opens, if it can still be taken up."""
    invitation = Invitation.objects.select_related("monitor").filter(token_hash=secret_hash(secret)).first()
    return invitation if invitation and invitation.is_open else None


@transaction.atomic
def take_up(secret: str) -> tuple[Device, str] | None:
    """Use the invitation up and make a device; None if it is used, expired or unknown. Two phones at once: one wins."""
    invitation = find_invitation(secret)
    if invitation is None:
        return None
    now = timezone.now()
    if not Invitation.objects.filter(pk=invitation.pk, used_at=None, expires_at__gt=now).update(used_at=now):
        return None
    credential = new_secret()
    monitor = invitation.monitor
    device = Device.objects.create(
        monitor=monitor,
        mission=monitor.latest_mission,
        invitation=invitation,
        token_hash=secret_hash(credential),
    )
    return device, credential
