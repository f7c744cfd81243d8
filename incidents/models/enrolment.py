"""How a phone becomes a monitor's phone: an invitation is used once and makes a device.

Secrets are stored as SHA-256 only: they are 256 random bits, so a slow hash would add nothing.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models.mission import Mission
from incidents.models.user import User

INVITATION_LIFE = timedelta(days=14)


def new_secret() -> str:
    """256 bits for an address or a cookie."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def in_two_weeks() -> datetime:
    return timezone.now() + INVITATION_LIFE


class Invitation(models.Model):
    """A one-time link. The monitor's, not the phone's: a lost phone gets a new one."""

    monitor = models.ForeignKey(User, models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"), default=in_two_weeks)
    used_at = models.DateTimeField(_("used"), null=True, editable=False)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.used_at is None and self.expires_at > timezone.now() and self.monitor.is_active


class Device(models.Model):
    """A phone that was enrolled. Its cookie outlives sessions; revoking is one column."""

    monitor = models.ForeignKey(User, models.CASCADE, related_name="devices")
    # Remembered from the day it was enrolled: a monitor who was taken off the mission may still have a report to send.
    mission = models.ForeignKey(Mission, models.CASCADE, null=True, editable=False, related_name="devices")
    # What it brought in may be judged as one.
    invitation = models.ForeignKey(Invitation, models.SET_NULL, null=True, editable=False, related_name="devices")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    enrolled_at = models.DateTimeField(_("enrolled"), default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(_("last seen"), default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        ordering = ("-enrolled_at",)
        verbose_name = _("device")
        verbose_name_plural = _("devices")

    def __str__(self) -> str:
        return f"{self.pk}"
