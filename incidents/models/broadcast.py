"""Broadcasts: one text from the desk to many monitors or coordinators, until when it counts, and who has seen it.

Whom it is for is settled when it is sent. Nobody linked to a force gets one or sees one: it tells where people are.
"""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents.languages import BORROWS
from incidents.models.mission import Mission
from incidents.models.place import Boundary
from incidents.models.user import Membership, User
from incidents.roles import Action, Role


def whole(user: User) -> Any:
    """The missions that `user` may address as a whole: an admin's, and a coordinator's of all departments."""
    theirs = Membership.objects.filter(user=user)
    if user.role != Role.MISSION_ADMIN:
        theirs = theirs.filter(all_departments=True)
    return theirs.values("mission")


def departments_of(user: User) -> Any:
    """The departments that `user` may address, of all missions."""
    own = Q(memberships__user=user, mission__memberships__user=user)
    return Boundary.objects.filter(Q(mission__in=whole(user)) | own, level=1).order_by("code").distinct()


def may_broadcast(user: Any) -> bool:
    return bool(getattr(user, "is_active", False) and user.may(Action.BROADCAST) and not user.linked_force)


def reached(mission: Mission, departments: Any, roles: Any) -> "models.QuerySet[User]":
    """Whom it would reach: people in these roles who work in any of these departments; without any, everybody."""
    there = Membership.objects.filter(mission=mission)
    if departments:
        there = there.filter(Q(all_departments=True) | Q(departments__in=departments))
    people = User.objects.filter(pk__in=there.values("user"), is_active=True, linked_force="")
    return people.filter(role__in=roles)


class BroadcastQuerySet(models.QuerySet["Broadcast"]):
    def visible_to(self, user: Any) -> Self:
        """Those whose every addressee is the business of `user`: of their whole mission, or of their departments."""
        if not may_broadcast(user):
            return self.none()
        through = Broadcast.departments.through.objects
        own = departments_of(user).order_by().values("pk")
        within = Q(pk__in=through.filter(boundary__in=own).values("broadcast"))
        beyond = Q(pk__in=through.exclude(boundary__in=own).values("broadcast"))
        return self.filter(Q(mission__in=whole(user)) | (within & ~beyond))

    def standing(self) -> Self:
        return self.filter(withdrawn_at=None, expires_at__gt=timezone.now())

    def shown_to(self, user: Any) -> Self:
        """What somebody who gets broadcasts is shown now: theirs, until they put it away."""
        if not getattr(user, "is_active", False) or user.linked_force:
            return self.none()
        theirs = self.standing().filter(addressees__person=user, addressees__closed_at=None)
        return theirs.select_related("author", "mission")

    def counted(self) -> Self:
        seen = Count("addressees", filter=~Q(addressees__seen_at=None))
        return self.annotate(to_count=Count("addressees"), seen_count=seen)


class Broadcast(models.Model):
    # Made on the page that sends it, so that sending it again is the same.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mission = models.ForeignKey(Mission, models.PROTECT, related_name="broadcasts")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    # By language.
    texts = models.JSONField(default=dict)
    # None: the whole mission.
    departments: "models.ManyToManyField[Boundary, Any]" = models.ManyToManyField(
        Boundary, verbose_name=_("departments"), related_name="+"
    )
    roles = models.JSONField(default=list)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)
    expires_at = models.DateTimeField(_("shown until"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = BroadcastQuerySet.as_manager()

    class Meta:
        ordering = ("-sent_at", "pk")
        indexes = (models.Index(fields=("mission", "sent_at"), name="broadcast_sent"),)
        verbose_name = _("broadcast")
        verbose_name_plural = _("broadcasts")

    def __str__(self) -> str:
        return str(self.pk)[:8]

    @property
    def is_standing(self) -> bool:
        return self.withdrawn_at is None and self.expires_at > timezone.now()

    @property
    def spoken(self) -> tuple[str, str]:
        """Language and text for a reader: in theirs, in the one they borrow from, else in the mission's first."""
        language = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
        # A database may forget the order of what it keeps by name.
        wanted = (language, BORROWS.get(language, ""), *(self.mission.languages or ()), *sorted(self.texts))
        return next(((code, self.texts[code]) for code in wanted if self.texts.get(code)), ("", ""))


class Addressee(models.Model):
    """One person whom a broadcast is for."""

    broadcast = models.ForeignKey(Broadcast, models.PROTECT, related_name="addressees")
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(_("seen"), null=True)
    # They have put it away: it is shown to them no more.
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("broadcast", "person"), name="one_addressee_per_broadcast"),)
        ordering = ("person__code", "pk")

    def __str__(self) -> str:
        return f"{self.pk}"
