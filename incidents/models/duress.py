"""The words that monitors have agreed on for when they are not free to speak: as keyed hashes, which no page shows."""

from django.db import models
from django.utils import timezone

from incidents.models.user import User


class DuressWord(models.Model):
    """One of a monitor's words. `mark` is an HMAC of the folded word, so that the table tells nothing of it."""

    monitor = models.ForeignKey(User, models.CASCADE, related_name="duress_words")
    mark = models.CharField(max_length=64)
    chosen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("monitor", "mark"), name="one_mark_per_word"),)

    def __str__(self) -> str:
        return f"{self.pk}"
