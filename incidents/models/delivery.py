"""Deliveries: each telling of one thing to one person over one channel, as a row of work."""

import uuid
from functools import reduce
from operator import or_
from typing import Any, Self, cast
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incidents.models.alarm import Alarm
from incidents.models.contact import Channel
from incidents.models.incident import Incident
from incidents.models.logbook import LogbookEntry
from incidents.models.mission import Mission
from incidents.models.shown import AS_MERGED, IN_STATE, Shown, standing
from incidents.models.situation import Part, Situation
from incidents.models.user import User
from incidents.models.watch import Surge
from incidents.models.work import Work, WorkQuerySet
from incidents.roles import Action


def _on(incidents: Any) -> Q:
    """Those of these incidents, and of what was merged into them."""
    return Q(incident__in=incidents) | Q(incident__merged_into__in=incidents)


class DeliveryQuerySet(WorkQuerySet):
    def with_subject(self) -> Self:
        """With what a message is made of, and without the outlines of departments."""
        related = ("incident__mission", "incident__department", "alarm__mission", "alarm__department", "recipient")
        return self.select_related(*related, "entry__mission", "mission").defer(
            "incident__department__geometry", "alarm__department__geometry"
        )

    def given_up(self) -> Self:
        """Parked, and nobody was told so yet."""
        return self.filter(state=Work.State.PARKED, failure_told_at=None)

    def unseen(self) -> Self:
        """Parked, and nobody at the desk has looked at it yet."""
        return self.filter(state=Work.State.PARKED, failure_seen_at=None)

    def shown_as(self, state: str) -> Self:
        """Those that stand at the desk in this state, or in these where several have a name together."""
        return self.filter(standing(state))

    def visible_to(self, user: Any) -> Self:
        """Of incidents that `user` may see; of what the logbook holds, their own.

        What tells of others too is there only for who may know of those.
        """
        seen = self.filter(_on(Incident.objects.visible_to(user)))
        told = seen.values("incident")
        parts = Part.objects.filter(Q(incident__in=told) | Q(incident__absorbed__in=told))
        made_out = list(Situation.objects.filter(parts__in=parts).seen_by(user))
        in_one = _on(Part.objects.filter(situation__in=made_out).values("incident"))
        rising = _on(Surge.objects.visible_to(user).values("incidents"))
        of_one = ~Q(kind__in=(*Delivery.OF_SITUATIONS, Delivery.Kind.SURGE))
        known = Q(kind__in=Delivery.OF_SITUATIONS) & in_one
        seen = seen.filter(of_one | known | (Q(kind=Delivery.Kind.SURGE) & rising))
        alarms = Q(alarm__in=Alarm.objects.visible_to(user))
        own = Q(recipient=getattr(user, "pk", None)) & (Q(kind=Delivery.Kind.TEST) | Q(entry__isnull=False))
        return self.filter(Q(pk__in=seen.values("pk")) | alarms | own | _to_partners(user))


def _to_partners(user: Any) -> Q:
    """What partners were told of releases: for those who give them their keys."""
    if not getattr(user, "is_active", False) or not user.may(Action.SET_UP_MISSION):
        return Q(pk__in=())
    return Q(kind=Delivery.Kind.RELEASES, mission__in=Mission.objects.visible_to(user).values("pk"))


def _one_of(*names: str) -> Q:
    """Exactly one of these is there."""
    chosen = (Q(**{f"{other}__isnull": other != name for other in names}) for name in names)
    return reduce(or_, chosen)


class Delivery(Work):
    """What is told is looked up when it is sent, so the row holds no words. `id` makes the Message-ID."""

    class Kind(models.TextChoices):
        NEW_INCIDENT = "new_incident", _("New incident")
        DANGER = "danger", _("Monitor in danger")
        SITUATION = "situation", _("Developing situation")
        SURGE = "surge", _("More reports than usual")
        FLOOD = "flood", _("Flood from one phone")
        DANGER_FLOOD = "danger_flood", _("Danger reported many times by one phone")
        DIGEST = "digest", _("More of a developing situation")
        OVERDUE = "overdue", _("Nobody has answered")
        UNDELIVERED = "undelivered", _("An alert could not be delivered")
        SILENCE = "silence", _("Monitor not heard from")
        DURESS = "duress", _("Silent alarm")
        REPLY = "reply", _("A monitor has answered")
        TAMPERED = "tampered", _("The record does not hold")
        TAKEN = "taken", _("Phone lost or taken")
        TEST = "test", _("Test")
        EMERGENCY = "emergency", _("Emergency step of the mission")
        ACCOUNT = "account", _("Change of an account")
        RELEASES = "releases.changed", _("Releases have changed")

    Channel = Channel

    OF_SITUATIONS = (Kind.SITUATION, Kind.DIGEST)
    # Somebody may be in danger: sent before all else, and never held back.
    URGENT = (Kind.DANGER, Kind.DANGER_FLOOD, Kind.SILENCE, Kind.DURESS, Kind.TAKEN)

    # A mail server may be away for hours: with the backoff, 60 attempts last more than nine.
    LIMIT = 60

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # What it tells of, one of these; a test and the news that releases have changed name their mission alone.
    incident = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="deliveries")
    alarm = models.ForeignKey(Alarm, models.PROTECT, null=True, related_name="deliveries")
    entry = models.ForeignKey(LogbookEntry, models.PROTECT, null=True, related_name="deliveries")
    mission = models.ForeignKey(Mission, models.PROTECT, null=True, related_name="+")
    recipient = models.ForeignKey(User, models.PROTECT, related_name="deliveries")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    # That releases have changed: behind which change, and up to which. Later ones are added while it is not sent.
    after_change = models.BigIntegerField(null=True)
    change = models.BigIntegerField(null=True)
    # The same told once more: overdue again, one more digest.
    round = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField(_("queued"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True)
    # Where the other side says so: a gateway's receipt, a program's good answer.
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True)
    # When somebody else was told that this one was given up.
    failure_told_at = models.DateTimeField(null=True)
    # When a person at the desk said that they had looked at the failure.
    failure_seen_at = models.DateTimeField(null=True)
    # The gateway's own name for it.
    reference = models.CharField(max_length=100, blank=True)
    # A second attempt after one whose end is unknown: the reader may get it twice and is told so.
    possible_duplicate = models.BooleanField(_("possible duplicate"), default=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("incident", "recipient", "kind", "channel", "round"),
                condition=Q(alarm=None),
                name="one_delivery_per_telling",
            ),
            models.UniqueConstraint(
                fields=("alarm", "recipient", "kind", "channel", "round"),
                condition=Q(incident=None),
                name="one_delivery_per_alarm",
            ),
            models.UniqueConstraint(
                fields=("entry", "recipient", "channel"), condition=~Q(entry=None), name="one_delivery_per_entry"
            ),
            models.CheckConstraint(
                condition=_one_of("incident", "alarm", "entry", "mission"),
                name="delivery_of_one_thing",
            ),
        )
        ordering = ("-queued_at", "pk")
        indexes = (
            models.Index(fields=("state", "next_try_at"), name="delivery_due"),
            models.Index(
                fields=("queued_at",), condition=Q(state="parked", failure_told_at=None), name="delivery_given_up"
            ),
            models.Index(
                fields=("queued_at",), condition=Q(state="parked", failure_seen_at=None), name="delivery_unseen"
            ),
        )
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")

    def __str__(self) -> str:
        return str(self.pk)[:8]

    @property
    def subject(self) -> Incident | Alarm:
        """What it tells of, where that is no entry of the logbook and no test."""
        return cast(Incident | Alarm, self.incident or self.alarm)  # a constraint holds it

    @property
    def is_test(self) -> bool:
        return self.kind == self.Kind.TEST

    @property
    def asks(self) -> bool:
        """Whether somebody is to answer it."""
        return self.mission_id is None and self.entry_id is None

    @property
    def of_mission(self) -> Mission:
        # An entry without a mission is told to nobody.
        return self.mission or cast(Mission, (self.entry or self.subject).mission)

    @property
    def zone(self) -> ZoneInfo:
        """The clock of the mission that it belongs to."""
        return self.of_mission.zone

    @property
    def shown(self) -> Shown:
        if self.acknowledged_at:
            return Shown.ACKNOWLEDGED
        if self.delivered_at:
            return Shown.DELIVERED
        if self.state == self.State.PENDING:
            return Shown.RETRYING if self.attempts else Shown.QUEUED
        if self.is_settled:
            return Shown.SETTLED
        return next(shown for shown, state in IN_STATE.items() if state == self.state)

    @property
    def shown_state(self) -> str:
        """The state in a coordinator's words: queued, sending, sent, delivered, acknowledged, failed, settled."""
        return str(self.shown.label)

    @property
    def is_settled(self) -> bool:
        return self.state == self.State.PARKED and self.last_error in AS_MERGED

    @property
    def why(self) -> str:
        """What stands beside the state: the fault as the other side named it, or why it was settled."""
        return gettext("Told under the incident that its own was merged into.") if self.is_settled else self.last_error

    @property
    def can_be_tried(self) -> bool:
        """Whether a person may have it tried now: it failed or waits. A program may also be told once more."""
        again = self.state == self.State.DONE and self.channel == Channel.WEBHOOK
        waits = self.state in (self.State.PARKED, self.State.PENDING)
        return again or (waits and not self.is_settled)
