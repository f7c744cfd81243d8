"""Duplicates: what the machine suggests, what people joined, and the weights a mission runs on.

The machine only ever suggests. A merge is a person's, and holds what it takes to undo it.
"""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models.incident import Incident
from incidents.models.mission import Mission
from incidents.models.user import User


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def visible_to(self, user: Any) -> Self:
        """Those of whose incidents `user` may know both: a suggestion must not tell of what is hidden."""
        seen = Incident.objects.visible_to(user)
        return self.filter(one__in=seen, other__in=seen)

    def open(self) -> Self:
        return self.filter(state=Suggestion.State.OPEN)

    def about(self, incident: Incident) -> Self:
        return self.filter(Q(one=incident) | Q(other=incident))


class Suggestion(models.Model):
    """That two incidents may be one. Once per pair: `one` has the smaller id."""

    class State(models.TextChoices):
        OPEN = "open"
        MERGED = "merged"
        DISMISSED = "dismissed"

    one = models.ForeignKey(Incident, models.CASCADE, related_name="+")
    other = models.ForeignKey(Incident, models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    # In bits, as the weights are.
    score = models.FloatField()
    is_likely = models.BooleanField(default=False)
    reasons = models.JSONField(default=list)
    method = models.CharField(max_length=40)
    suggested_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("one", "other"), name="one_suggestion_per_pair"),)
        ordering = ("-score", "pk")

    def __str__(self) -> str:
        return f"{self.pk}"


class MergeQuerySet(models.QuerySet["Merge"]):
    def standing(self) -> Self:
        return self.filter(undone_at=None)

    def moved_to(self, incident: Incident) -> set[str]:
        """The ids of the reports that stand under an incident because somebody merged them into it."""
        moved = self.standing().filter(kept=incident).values_list("moved", flat=True)
        return {report for what in moved for report in what.get("reports", ())}


class Merge(models.Model):
    """Reports of `emptied` that a person moved under `kept`.

    `moved` holds ids of reports and deliveries, `changed` what became of fields of `kept`: {field: [before, after]}.
    """

    kept = models.ForeignKey(Incident, models.PROTECT, related_name="merges")
    emptied = models.ForeignKey(Incident, models.PROTECT, related_name="+")
    moved = models.JSONField(default=dict)
    changed = models.JSONField(default=dict)
    merged_at = models.DateTimeField(default=timezone.now)
    merged_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = MergeQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("emptied",), condition=Q(undone_at=None), name="merged_once_at_a_time"),
        )
        ordering = ("-merged_at", "-pk")

    def __str__(self) -> str:
        return f"{self.pk}"


class DuplicateWeight(models.Model):
    """One weight that a mission has changed, in bits; whatever it has not changed stands as shipped."""

    mission = models.ForeignKey(Mission, models.CASCADE, related_name="duplicate_weights", verbose_name=_("mission"))
    agreement = models.CharField(_("agreement"), max_length=60)
    bits = models.FloatField(
        _("weight"),
        help_text=_("+1 doubles the odds that two reports tell of one event, −1 halves them; 0 leaves them alone."),
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("mission", "agreement"), name="one_weight_per_agreement"),)
        ordering = ("mission", "agreement")
        verbose_name = _("weight of duplicates")
        verbose_name_plural = _("weights of duplicates")

    def __str__(self) -> str:
        return self.agreement
