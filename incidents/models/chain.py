"""Chains: how many entries a timeline or a logbook has, and the hash of the last one, so that a missing end is seen.

A row of its own beside the incident: whoever saves an incident can't put an old head back. Knows nothing of hashing.
"""

from django.db import models
from django.utils import timezone

from incidents.models.incident import Incident
from incidents.models.mission import Mission


class Chain(models.Model):
    # "timeline <incident>", "logbook <mission>", "logbook 0" for what belongs to no mission.
    name = models.CharField(max_length=60, primary_key=True)
    incident = models.OneToOneField(Incident, models.PROTECT, null=True, related_name="chain")
    mission = models.ForeignKey(Mission, models.PROTECT, null=True, related_name="chains")
    count = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64)
    # When its last entry was written: no later one stands before it, whatever a server's clock says.
    last_at = models.DateTimeField(null=True)
    # What an earlier release had written without seals, and when it was sealed.
    inherited = models.JSONField(null=True)
    # This row was gone once, and was made anew from the entries that were left.
    regrown = models.BooleanField(default=False)
    seal = models.CharField(max_length=64, blank=True)
    begun_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = (models.Index(fields=("mission", "name"), name="chain_mission"),)

    def __str__(self) -> str:
        return self.name
