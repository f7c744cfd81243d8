"""The tries of a delivery, each with its end, so that the ledger can show what was done about it."""

from django.db import models
from django.utils import timezone

from incidents.models.delivery import Delivery


class Attempt(models.Model):
    """One try of a delivery: when, and how it ended. Without an end, whoever tried it was stopped in the middle."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("number", "pk")

    def __str__(self) -> str:
        return f"{self.number}"
