"""Reports: one person's testimony. What was stated never changes; only where it is filed may.

Staff can neither edit nor delete a report, through any door: saving, updating in bulk and deleting refuse.
"""

import uuid
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models.enrolment import Device
from incidents.models.incident import Incident
from incidents.models.mission import Mission
from incidents.models.place import Place
from incidents.models.user import User
from incidents.taxonomy import Consent, Held, LocationSource, SourceRelation, Timing

# Filing, not testimony: the incident it is held under, and when somebody first read it.
FILING = frozenset({"incident", "incident_id", "read_at"})


class ImmutableTestimony(Exception):
    """Somebody tried to change or remove what a reporter stated."""


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(incident__in=Incident.objects.visible_to(user))

    def update(self, **changes: Any) -> int:
        if not FILING.issuperset(changes):
            raise ImmutableTestimony("a report's statement is never changed")
        return super().update(**changes)

    def delete(self) -> Any:
        raise ImmutableTestimony("a report is never deleted")


class Report(models.Model):
    class Channel(models.TextChoices):
        WEB = "web", _("Web form")
        PHONE = "phone", _("Queue of a phone")
        IMPORT = "import", _("Import")

    # Made on the reporter's side, so that sending again is the same report.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(_("reference"), max_length=12, unique=True)
    mission = models.ForeignKey(Mission, models.PROTECT, related_name="reports")
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="reports")
    reporter = models.ForeignKey(User, models.PROTECT, null=True, related_name="reports")
    device = models.ForeignKey(Device, models.SET_NULL, null=True, related_name="reports")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    # Source and row of an imported report: the same file twice adds nothing.
    external_id = models.CharField(max_length=200, blank=True)

    categories = models.JSONField(default=list)
    perpetrators = models.JSONField(default=list)
    victims = models.JSONField(default=list)
    victim_count = models.PositiveIntegerField(null=True)
    harms = models.JSONField(default=list)
    source_relation = models.CharField(_("how they know"), max_length=30, choices=SourceRelation.choices)
    timing = models.CharField(max_length=20, choices=Timing.choices)
    in_danger_now = models.BooleanField(default=False)
    words = models.TextField(_("in their own words"), blank=True)
    language = models.CharField(max_length=12, blank=True)
    consent = models.CharField(max_length=10, choices=Consent.choices)

    location_source = models.CharField(max_length=20, choices=LocationSource.choices)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    accuracy_m = models.PositiveIntegerField(null=True)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="reports")

    occurred_at = models.DateTimeField(null=True)
    captured_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    clock_skew_s = models.BigIntegerField(null=True)

    body = models.TextField()
    body_sha256 = models.CharField(max_length=64)
    read_at = models.DateTimeField(_("read"), null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ("received_at", "pk")
        indexes = (
            models.Index(fields=("mission", "received_at"), name="report_received"),
            models.Index(fields=("device", "received_at"), name="report_device"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("mission", "external_id"),
                condition=~models.Q(external_id=""),
                name="one_report_per_external_id",
            ),
        )
        verbose_name = _("report")
        verbose_name_plural = _("reports")

    def __str__(self) -> str:
        return self.reference

    def save(self, *args: Any, **kwargs: Any) -> None:
        fields = kwargs.get("update_fields")
        if not self._state.adding and (fields is None or not FILING.issuperset(fields)):
            raise ImmutableTestimony("a report's statement is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise ImmutableTestimony("a report is never deleted")

    @property
    def acknowledged_at(self) -> datetime | None:
        """When a coordinator took it on. What was merged into an incident in good hands is taken on when it is read."""
        taken = self.incident.acknowledged_at
        return self.read_at if taken and taken < self.received_at else taken


class RevisionQuerySet(models.QuerySet["Revision"]):
    def that_count(self) -> Self:
        """Those that speak for the incident: not what is held apart."""
        return self.filter(held="")

    def update(self, **changes: Any) -> int:
        raise ImmutableTestimony("what was sent later is testimony too")

    def delete(self) -> Any:
        raise ImmutableTestimony("what was sent later is testimony too")


class Revision(models.Model):
    """A different body that came under the id of a report: kept for a human to compare, never put in its place."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="revisions")
    body = models.TextField()
    body_sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField(default=timezone.now)
    # As of an incident: what a revoked phone adds is read by people, and moves nothing by itself.
    held = models.CharField(max_length=20, choices=Held.choices, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        constraints = (models.UniqueConstraint(fields=("report", "body_sha256"), name="one_revision_per_body"),)
        ordering = ("received_at", "pk")

    def __str__(self) -> str:
        return f"{self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ImmutableTestimony("what was sent later is testimony too")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise ImmutableTestimony("what was sent later is testimony too")
