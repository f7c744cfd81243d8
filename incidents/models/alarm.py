"""Alarms about a monitor rather than an event: somebody has not been heard from, or said so silently."""

import uuid
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models.mission import Mission
from incidents.models.place import Boundary
from incidents.models.report import Report
from incidents.models.user import Membership, User
from incidents.roles import Action


class AlarmQuerySet(models.QuerySet["Alarm"]):
    def visible_to(self, user: Any) -> Self:
        """Alarms of the departments somebody is responsible for, and those without one; nobody linked to a force."""
        if not getattr(user, "is_active", False) or not user.may(Action.VIEW_INCIDENT) or user.linked_force:
            return self.none()
        everywhere = Membership.objects.filter(user=user, all_departments=True).values("mission")
        somewhere = Membership.objects.filter(user=user).values("mission")
        departments = Membership.departments.through.objects.filter(
            membership__user=user, boundary__mission=F("membership__mission")
        ).values("boundary")
        unplaced = Q(mission__in=somewhere, department=None)
        return self.filter(Q(mission__in=everywhere) | Q(department__in=departments) | unplaced)

    def open(self) -> Self:
        return self.filter(resolved_at=None)


class Alarm(models.Model):
    class Kind(models.TextChoices):
        SILENCE = "silence", _("Not heard from")
        DURESS = "duress", _("Silent alarm")
        TAKEN = "taken", _("Phone lost or taken")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mission = models.ForeignKey(Mission, models.PROTECT, related_name="alarms")
    monitor = models.ForeignKey(User, models.PROTECT, related_name="alarms")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    raised_at = models.DateTimeField(_("raised"), default=timezone.now)
    # Where and when the monitor was last heard from, as it was known then.
    last_report = models.ForeignKey(Report, models.PROTECT, null=True, related_name="+")
    last_seen_at = models.DateTimeField(_("last heard from"), null=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    accuracy_m = models.PositiveIntegerField(null=True)
    department = models.ForeignKey(Boundary, models.SET_NULL, null=True, related_name="alarms")
    # A later sign of life. It ends nothing by itself: a person looks, for somebody else may hold the phone.
    heard_since = models.DateTimeField(_("heard from since"), null=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True)
    acknowledged_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    resolved_at = models.DateTimeField(_("resolved"), null=True)
    resolved_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    note = models.TextField(_("what was found out"), blank=True)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("mission", "resolved_at"), name="alarm_open"),)
        ordering = ("-raised_at", "pk")
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")

    def __str__(self) -> str:
        return str(self.pk)[:8]

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None
