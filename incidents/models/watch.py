"""The watch over a mission's reports: a row of work that falls due again and again, and the rises it found."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models.incident import Accusation, Incident
from incidents.models.mission import Mission
from incidents.models.place import Boundary
from incidents.models.user import Membership, User
from incidents.models.work import ClaimLost, Work, WorkQuerySet
from incidents.roles import Action
from incidents.taxonomy import Category, Perpetrator


class Watch(Work):
    """One per mission. Its row is also the lock under which situations are settled."""

    # It falls due for ever: a fault puts it off, up to ten minutes, and never ends it.
    LIMIT = 30_000

    mission = models.OneToOneField(Mission, models.CASCADE, related_name="watch")
    seen_until = models.DateTimeField(null=True)

    objects = WorkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.pk}"

    def rest(self, until: datetime) -> None:
        """End our claim, to fall due again. Raises ClaimLost."""
        now = timezone.now()
        if not self._settle(state=self.State.PENDING, attempts=0, last_error="", next_try_at=until, seen_until=now):
            raise ClaimLost(f"Watch {self.pk}")


class SurgeQuerySet(models.QuerySet["Surge"]):
    def visible_to(self, user: Any) -> Self:
        """The rises `user` may know of, with their counts.

        A mission-wide count belongs to those who see the whole mission. An account linked to a force gets none that
        counts an incident accusing it, nor any that counts whatever was reported.
        """
        if not getattr(user, "is_active", False) or not user.may(Action.VIEW_INCIDENT):
            return self.none()
        seen = self.filter(_within_scope(user))
        if user.linked_force:
            accusing = Accusation.objects.filter(code=user.linked_force).values("incident")
            counting = Surge.incidents.through.objects.filter(incident__in=accusing).values("surge")
            cells = seen.filter(level=Surge.Level.CELL).exclude(perpetrator=user.linked_force)
            seen = cells.exclude(pk__in=counting)
        return seen

    def to_show(self) -> Self:
        """Those that go on, and that nobody has seen; newest first."""
        return self.filter(acknowledged_at=None, closed_at=None).order_by("-opened_at", "pk")


def _within_scope(user: User) -> Q:
    everywhere = Membership.objects.filter(user=user, all_departments=True).values("mission")
    somewhere = Membership.objects.filter(user=user).values("mission")
    departments = Boundary.objects.filter(memberships__user=user, mission__memberships__user=user).values("pk")
    unplaced = Q(mission__in=somewhere, department=None, level=Surge.Level.CELL)
    return Q(mission__in=everywhere) | Q(department__in=departments) | unplaced


class Surge(models.Model):
    class Level(models.TextChoices):
        CELL = "cell", _("Category and perpetrator")
        DEPARTMENT = "department", _("Department")
        MISSION = "mission", _("Mission")

    mission = models.ForeignKey(Mission, models.CASCADE, related_name="surges")
    level = models.CharField(max_length=10, choices=Level.choices)
    department = models.ForeignKey(Boundary, models.SET_NULL, null=True, related_name="surges")
    perpetrator = models.CharField(max_length=30, choices=Perpetrator.choices, blank=True)
    category = models.CharField(max_length=30, choices=Category.choices, blank=True)
    window_start = models.DateTimeField()
    window_end = models.DateTimeField()
    observed = models.PositiveIntegerField()
    expected = models.FloatField()
    # The statistic over its threshold, when it was crossed.
    score = models.FloatField()
    method = models.CharField(max_length=20)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    # What it counts. No constraint in the database: checking it would wait for whoever holds one of the incidents,
    # while they wait for us; and incidents are never deleted.
    incidents: "models.ManyToManyField[Incident, Any]" = models.ManyToManyField(
        Incident, db_constraint=False, related_name="surges"
    )

    objects = SurgeQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_at", "pk")
        indexes = (models.Index(fields=("mission", "closed_at"), name="surge_open"),)

    def __str__(self) -> str:
        return f"{self.pk}"
