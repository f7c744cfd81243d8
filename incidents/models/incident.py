"""Incidents: events as the mission understands them, and the one rule of who sees which."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from django.db import models, transaction
from django.db.models import ExpressionWrapper, F, Q
from django.db.models.functions import Coalesce
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents import geo
from incidents.models.marking import COUNTED, MarkedAccusations, MarkedIncidents
from incidents.models.mission import Mission
from incidents.models.place import Boundary, Place
from incidents.models.tally import mark
from incidents.models.user import Membership, User
from incidents.models.work import Work
from incidents.roles import Action
from incidents.taxonomy import (
    Category,
    Held,
    LocationSource,
    Outcome,
    Perpetrator,
    PlaceSource,
    Precision,
    Severity,
    Timing,
    Verification,
)
from incidents.workflow import OPEN, Move, Status, moves_from


class IncidentQuerySet(MarkedIncidents):
    def visible_to(self, user: Any) -> Self:
        """The incidents `user` may know of. Behind admin, map, mail and export alike.

        A mission's staff see what lies in their departments, and what could not be placed: nobody can say it is not
        theirs. What was merged into another incident stands for nothing any more. An account linked to a force sees
        nothing in which that force is accused.
        """
        if not getattr(user, "is_active", False) or not user.may(Action.VIEW_INCIDENT):
            return self.none()
        seen = self.filter(_within_scope(user), merged_into=None)
        if user.linked_force:
            accusing = Accusation.objects.filter(code=user.linked_force).values("incident")
            seen = seen.exclude(pk__in=accusing)
        return seen

    def open(self) -> Self:
        return self.filter(status__in=OPEN, held="", merged_into=None)

    def held(self) -> Self:
        """Those that wait to be let in or dismissed."""
        return self.filter(status__in=OPEN, merged_into=None).exclude(held="")

    def absorbed_by(self, kept: Any) -> list[uuid.UUID]:
        """The ids of those that were merged into any of `kept`, at whatever remove."""
        found: list[uuid.UUID] = []
        layer = kept
        while layer := list(self.filter(merged_into__in=layer).values_list("pk", flat=True)):
            found += layer
        return found

    def overdue(self, now: datetime | None = None) -> Self:
        """Those whose first deadline has passed without an answer."""
        late = {"escalation__state__in": Work.UNFINISHED, "escalation__deadline__lt": now or timezone.now()}
        return self.filter(**late)

    def ranked(self) -> Self:
        """Danger first, then what is overdue, then gravest, then newest.

        The few that are overdue are found once, by the index of the deadlines, and not asked after row by row.
        """
        late = Q(pk__in=Incident.objects.overdue().order_by().values("pk"))
        ranked = self.annotate(is_late=ExpressionWrapper(late, models.BooleanField()))
        return ranked.order_by("-in_danger_now", "-is_late", "severity_rank", "-opened_at", "pk")


def _within_scope(user: User) -> Q:
    everywhere = Membership.objects.filter(user=user, all_departments=True).values("mission")
    somewhere = Membership.objects.filter(user=user).values("mission")
    # A department counts within its own mission only, whatever somebody ticked.
    departments = Membership.departments.through.objects.filter(
        membership__user=user, boundary__mission=F("membership__mission")
    ).values("boundary")
    return Q(mission__in=everywhere) | Q(department__in=departments) | Q(mission__in=somewhere, department__isnull=True)


class Incident(models.Model):
    # Random, so that nobody can count what they may not see.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mission = models.ForeignKey(Mission, models.PROTECT, related_name="incidents")
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.RECEIVED)
    verification = models.CharField(
        _("verification"), max_length=20, choices=Verification.choices, default=Verification.UNVERIFIED
    )
    in_danger_now = models.BooleanField(_("reporter in danger"), default=False)
    category = models.CharField(_("category"), max_length=30, choices=Category.choices)
    held = models.CharField(_("held apart"), max_length=20, choices=Held.choices, blank=True)
    timing = models.CharField(_("when"), max_length=20, choices=Timing.choices, default=Timing.HAPPENED)
    occurred_at = models.DateTimeField(_("occurred"), null=True)

    # What the reports together would bear out, as triage counted last; people decide on `verification`.
    corroboration = models.CharField(max_length=20, choices=Verification.choices, blank=True)
    independent_sources = models.PositiveSmallIntegerField(default=0)

    severity = models.CharField(_("severity"), max_length=10, choices=Severity.choices, blank=True)
    severity_rank = models.PositiveSmallIntegerField(default=9, editable=False)
    severity_computed = models.CharField(max_length=10, choices=Severity.choices, blank=True)
    severity_reasons = models.JSONField(default=list)
    severity_override = models.CharField(max_length=10, choices=Severity.choices, blank=True)
    severity_override_reason = models.TextField(blank=True)

    department = models.ForeignKey(
        Boundary, models.SET_NULL, null=True, blank=True, related_name="incidents", verbose_name=_("department")
    )
    place = models.ForeignKey(Place, models.SET_NULL, null=True, blank=True, related_name="incidents")
    place_source = models.CharField(max_length=10, choices=PlaceSource.choices, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    cell = models.BigIntegerField(null=True, db_index=True)
    accuracy_m = models.PositiveIntegerField(null=True)
    place_precision = models.CharField(_("precision"), max_length=10, choices=Precision.choices, blank=True)
    location_source = models.CharField(max_length=20, choices=LocationSource.choices, default=LocationSource.NONE)

    # Where its reports went, when a person said that both are one event; this row is kept, so that it can be undone.
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="absorbed")

    # By these its likely duplicates are found: when it happened, and the squares of the grid it lies in.
    happened_at = models.GeneratedField(
        expression=Coalesce("occurred_at", "opened_at"), output_field=models.DateTimeField(), db_persist=True
    )
    square = models.GeneratedField(
        expression=F("cell").bitrightshift(geo.SQUARE_SHIFT), output_field=models.BigIntegerField(), db_persist=True
    )
    region = models.GeneratedField(
        expression=F("cell").bitrightshift(geo.REGION_SHIFT), output_field=models.BigIntegerField(), db_persist=True
    )

    assigned_to = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="assigned", verbose_name=_("assigned to")
    )
    outcome = models.CharField(_("outcome"), max_length=30, choices=Outcome.choices, blank=True)
    public_summary = models.TextField(_("public summary"), blank=True)
    # Whatever else allows it, nothing of it leaves the mission.
    is_kept_back = models.BooleanField(default=False, editable=False)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        indexes = (
            models.Index(fields=("mission", "status", "severity_rank"), name="incident_desk"),
            models.Index(fields=("mission", "department", "opened_at"), name="incident_department"),
            models.Index(fields=("opened_at",), name="incident_opened"),
            models.Index(fields=("mission", "updated_at"), name="incident_changed"),
            models.Index(fields=("mission", "square", "happened_at"), name="incident_square"),
            models.Index(fields=("mission", "region", "happened_at"), name="incident_region"),
            models.Index(fields=("mission", "happened_at"), name="incident_happened"),
            models.Index(fields=("mission", "department", "happened_at"), name="incident_there"),
            models.Index(
                fields=("mission", "department", "happened_at"), condition=Q(cell=None), name="incident_unplaced"
            ),
            # The order of the desk's list, in two walks.
            models.Index(
                fields=("severity_rank", "-opened_at", "id"), condition=Q(in_danger_now=True), name="incident_danger"
            ),
            models.Index(
                fields=("severity_rank", "-opened_at", "id"), condition=Q(in_danger_now=False), name="incident_ranked"
            ),
            # The few that have words a search looks through.
            models.Index(fields=("mission",), condition=Q(public_summary__gt=""), name="incident_summary"),
        )
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")

    def __str__(self) -> str:
        # Also what Django's log keeps: no words, no place, no person.
        return str(self.pk)[:8]

    def save(self, *args: Any, **kwargs: Any) -> None:
        changed = kwargs.get("update_fields")
        if changed is not None and not COUNTED & set(changed):
            super().save(*args, **kwargs)
            return
        with transaction.atomic(savepoint=False):
            super().save(*args, **kwargs)
            mark([self.pk])

    @property
    def moves(self) -> list[Move]:
        return moves_from(self.status)

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def stands_in(self) -> "Incident":
        """The incident that its reports are filed under now: itself, or the one it was merged into, at last."""
        return self.merged_into.stands_in if self.merged_into else self

    @property
    def on_it(self) -> User | None:
        """Who is working on it just now, for the lists that read it with `checkout__person`."""
        checkout = getattr(self, "checkout", None)
        return checkout.person if checkout and checkout.is_running else None

    @property
    def position(self) -> tuple[Decimal, Decimal] | None:
        """Latitude and longitude, where both are known."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude


class Accusation(models.Model):
    """A force or group named in any report of an incident."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="accusations")
    code = models.CharField(max_length=30, choices=Perpetrator.choices)

    objects = MarkedAccusations.as_manager()

    class Meta:
        base_manager_name = "objects"
        constraints = (models.UniqueConstraint(fields=("incident", "code"), name="one_accusation_per_code"),)
        indexes = (models.Index(fields=("code", "incident"), name="accusation_code"),)

    def __str__(self) -> str:
        return self.code

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic(savepoint=False):
            super().save(*args, **kwargs)
            mark([self.incident_id])

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic(savepoint=False):
            mark([self.incident_id])
            return super().delete(*args, **kwargs)


@receiver(post_delete, sender=Incident)
def _uncount(instance: Incident, **_kwargs: Any) -> None:
    """Nothing of the product deletes an incident; where somebody did, it counts nowhere."""
    mark([instance.pk])
