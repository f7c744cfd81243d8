"""The logbook: what people did that belongs to no one incident. Who signed in, who looked a name up, who set what up.

Like the timeline, it is only added to. It knows nothing of how its rows are sealed, nor of the screens that show it.
"""

from typing import Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.chain import logbook_name
from incidents.models.link import Link
from incidents.models.mission import Mission
from incidents.models.timeline import TimelineIsAppendOnly
from incidents.models.user import User
from incidents.roles import Action


class LogbookQuerySet(models.QuerySet["LogbookEntry"]):
    def visible_to(self, user: Any) -> Self:
        """A mission's admins read its logbook; what belongs to no mission is for a superuser."""
        if not getattr(user, "is_active", False) or not user.may(Action.SET_UP_MISSION):
            return self.none()
        if user.is_superuser:
            return self.all()
        return self.filter(mission__in=Mission.objects.visible_to(user).values("pk"))

    def update(self, **changes: Any) -> int:
        raise TimelineIsAppendOnly("a logbook entry is never changed")

    def delete(self) -> Any:
        raise TimelineIsAppendOnly("a logbook entry is never deleted")


class LogbookEntry(Link):
    """`event` is object and past participle (`account.signed_in`); `detail` holds codes and numbers, never a name."""

    mission = models.ForeignKey(Mission, models.PROTECT, null=True, related_name="logbook", verbose_name=_("mission"))
    at = models.DateTimeField(_("when"), default=timezone.now)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("who"))
    event = models.CharField(_("what"), max_length=60)
    detail = models.JSONField(default=dict)
    reason = models.TextField(_("why"), blank=True)

    objects = LogbookQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ("-at", "-pk")
        indexes = (models.Index(fields=("mission", "at"), name="logbook_mission"),)
        constraints = (
            models.UniqueConstraint(fields=("mission", "seq"), name="one_line_per_place"),
            models.UniqueConstraint(fields=("seq",), condition=models.Q(mission=None), name="one_line_of_none"),
        )
        verbose_name = _("logbook entry")
        verbose_name_plural = _("logbook entries")

    def __str__(self) -> str:
        return self.event

    @property
    def chain_name(self) -> str:
        return logbook_name(self.mission_id)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TimelineIsAppendOnly("a logbook entry is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TimelineIsAppendOnly("a logbook entry is never deleted")
