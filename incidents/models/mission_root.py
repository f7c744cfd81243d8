"""Roots: one hash a day over the heads of all that was written that day in a mission, chained to the one before.

Whoever has written one down can prove later that nothing which was there then was changed since.
"""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.chain import groups
from incidents.models.mission import Mission
from incidents.models.work import Work, WorkQuerySet
from incidents.roles import Action


class RootQuerySet(WorkQuerySet):
    def visible_to(self, user: Any) -> Self:
        """A mission's admins see its roots; those over what belongs to no mission are for a superuser."""
        if not getattr(user, "is_active", False) or not user.may(Action.SET_UP_MISSION):
            return self.none()
        return self.all() if user.is_superuser else self.filter(mission__in=Mission.objects.visible_to(user))


class MissionRoot(Work):
    """As work: done means that what it covers was checked, and that an outside authority stamped it if one is asked."""

    # An authority may be away for a night: with the backoff, 200 attempts last more than a day.
    LIMIT = 200

    mission = models.ForeignKey(Mission, models.PROTECT, null=True, related_name="roots", verbose_name=_("mission"))
    number = models.PositiveIntegerField(_("number"))
    # The day that it closes, by the mission's own clock.
    day = models.DateField(_("day"))
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    # How many chains have grown since the root before, and the tree over their heads.
    leaf_count = models.PositiveIntegerField()
    merkle = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    root = models.CharField(_("root"), max_length=64)
    seal = models.CharField(max_length=64)
    # When what had grown since the root before was checked, and how many faults that found.
    checked_at = models.DateTimeField(_("checked"), null=True)
    fault_count = models.PositiveIntegerField(default=0)
    # The answer of the authority, as it came (RFC 3161), and the time it says.
    token = models.BinaryField(null=True)
    stamped_at = models.DateTimeField(_("stamped"), null=True)

    objects = RootQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("mission", "number"), name="one_root_per_number"),
            models.UniqueConstraint(fields=("number",), condition=Q(mission=None), name="one_root_of_none"),
        )
        indexes = (models.Index(fields=("state", "next_try_at"), name="root_due"),)
        verbose_name = _("root of the record")
        verbose_name_plural = _("roots of the record")

    def __str__(self) -> str:
        return f"{self.day} · {self.number}"

    @property
    def groups(self) -> list[str]:
        return groups(self.root)


class Leaf(models.Model):
    """The head of one chain as a root holds it. By name: what is left when somebody takes the chain away."""

    root = models.ForeignKey(MissionRoot, models.PROTECT, related_name="leaves")
    chain = models.CharField(max_length=60)
    count = models.PositiveIntegerField()
    head = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("root", "chain"), name="one_leaf_per_chain"),)
        indexes = (models.Index(fields=("chain", "count"), name="leaf_chain"),)

    def __str__(self) -> str:
        return self.chain
