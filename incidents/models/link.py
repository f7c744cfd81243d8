"""What an entry of any chain carries beside what it says: its place, the entry before it, its hash and its seal."""

from django.db import models


class Link(models.Model):
    # From 1, without a gap.
    seq = models.PositiveIntegerField()
    # The actor's code as it was then: it may be given to nobody else later, but it may be changed.
    by = models.CharField(max_length=40, blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    class Meta:
        abstract = True
