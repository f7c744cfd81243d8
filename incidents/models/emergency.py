"""The gravest step of an emergency takes two people: every phone of a mission is revoked once a second one confirms."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models.mission import Mission
from incidents.models.user import User

CONFIRMED_WITHIN = timedelta(minutes=30)


class RevocationQuerySet(models.QuerySet["Revocation"]):
    def standing(self) -> Self:
        """Proposed and still to be confirmed."""
        asked = self.filter(confirmed_at=None, withdrawn_at=None)
        return asked.filter(proposed_at__gt=timezone.now() - CONFIRMED_WITHIN)


class Revocation(models.Model):
    """A proposal to revoke every phone of a mission, and what became of it."""

    mission = models.ForeignKey(Mission, models.PROTECT, related_name="revocations")
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    reason = models.TextField()
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = RevocationQuerySet.as_manager()

    class Meta:
        ordering = ("-proposed_at", "-pk")
        verbose_name = _("revocation of every phone")
        verbose_name_plural = _("revocations of every phone")

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def until(self) -> datetime:
        return self.proposed_at + CONFIRMED_WITHIN
