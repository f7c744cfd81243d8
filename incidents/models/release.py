"""Releases: exactly what one audience may see of one incident. The export API reads these rows and nothing else."""

import uuid
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models.incident import Incident
from incidents.models.mission import Mission
from incidents.taxonomy import Audience


class ReleaseQuerySet(models.QuerySet["Release"]):
    def for_key(self, key: object) -> Self:
        """What the holder of an API key may pull; withdrawn rows excluded."""
        return self.changes_for_key(key).filter(withdrawn_at=None)

    def changes_for_key(self, key: object) -> Self:
        """The same, and what was withdrawn from its sight."""
        return self.filter(mission_id=getattr(key, "mission_id", None), audience=getattr(key, "audience", ""))


class Release(models.Model):
    """One row per audience and incident. `public_id` is the only id that leaves; `change` orders by commit."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    mission = models.ForeignKey(Mission, models.PROTECT, related_name="releases")
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="releases")
    audience = models.CharField(max_length=10, choices=Audience.choices)
    change = models.BigIntegerField()
    released_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)
    properties = models.JSONField(default=dict)
    feature = models.TextField(help_text=_("The finished GeoJSON feature."))

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("audience", "incident"), name="one_release_per_audience"),)
        indexes = (models.Index(fields=("mission", "audience", "change"), name="release_change"),)
        verbose_name = _("release")
        verbose_name_plural = _("releases")

    def __str__(self) -> str:
        return str(self.public_id)[:8]
