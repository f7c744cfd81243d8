"""Evidence: files that came with a report.

The original stays untouched under its hash; what screens show is a working copy and a thumbnail, made from what it
shows and plays and from nothing else in it.
"""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models.report import Report
from incidents.models.work import Work, WorkQuerySet


class Evidence(Work):
    """One file. As work: done means a working copy was made or found impossible (`preview` says which)."""

    class Preview(models.TextChoices):
        WAITING = "waiting", _("Being prepared")
        READY = "ready", _("Ready")
        NONE = "none", _("No preview")
        UNSUPPORTED = "unsupported", _("No preview for this type")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, models.PROTECT, related_name="evidence")
    sha256 = models.CharField(max_length=64)
    # What it was called on its way, where a report had announced it: the hash of the bytes that travelled.
    name = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=60)
    preview = models.CharField(max_length=12, choices=Preview.choices, default=Preview.WAITING)
    preview_sha256 = models.CharField(max_length=64, blank=True)
    # What the working copy is: a film may have become another kind of file than it came as.
    preview_type = models.CharField(max_length=60, blank=True)
    thumbnail_sha256 = models.CharField(max_length=64, blank=True)
    # A perceptual hash of the working copy, 64 bits as hexadecimals: photos that look alike differ in few bits.
    fingerprint = models.CharField(max_length=16, blank=True)
    received_at = models.DateTimeField(default=timezone.now)

    objects = WorkQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("report", "sha256"), name="one_evidence_per_file"),)
        ordering = ("received_at", "pk")
        indexes = (models.Index(fields=("state", "next_try_at"), name="evidence_due"),)
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")

    def __str__(self) -> str:
        return str(self.pk)[:8]
