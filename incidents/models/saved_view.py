"""Saved views: a set of filters and a search under a name, a person's own or shared with the desk of a mission.

Holds what was asked for and nothing that was found: opened by somebody else it shows what they may see.
"""

from typing import Any, Self
from urllib.parse import urlencode

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models.mission import Mission
from incidents.models.user import Membership, User
from incidents.roles import Action

NAME_LIMIT = 40


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: Any) -> Self:
        """The person's own, and what is shared with the desk of a mission they belong to."""
        if not getattr(user, "is_active", False) or not user.may(Action.VIEW_INCIDENT):
            return self.none()
        return self.filter(Q(owner=user) | Q(mission__in=_missions(user)))

    def changeable_by(self, user: Any) -> Self:
        """What is shared is everybody's: only a mission admin changes it, whoever made it."""
        own = Q(owner=user, mission=None)
        shared = Q(mission__in=_missions(user)) if user.may(Action.SET_UP_MISSION) else Q(pk__in=())
        return self.visible_to(user).filter(own | shared)


def _missions(user: Any) -> Any:
    return Membership.objects.filter(user=user).values("mission")


class SavedView(models.Model):
    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_views", verbose_name=_("person"))
    # With whose desk it is shared; none while it is its owner's alone.
    mission = models.ForeignKey(Mission, models.CASCADE, null=True, related_name="saved_views")
    name = models.CharField(_("name"), max_length=NAME_LIMIT)
    # {"severity": "critical", "q": "…"}: parameters of the list's address.
    asked = models.JSONField(default=dict)
    # Opened when its owner opens the desk.
    is_default = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("owner", "name"), name="one_view_per_name"),
            models.UniqueConstraint(fields=("owner",), condition=Q(is_default=True), name="one_default_view"),
        )

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def address(self) -> str:
        """The query string that asks for it, always written the same way."""
        return urlencode(sorted(self.asked.items()))
