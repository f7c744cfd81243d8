"""Deliveries: each telling of one thing to one person over one channel, as a row of work."""

import uuid
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents.models.incident import Incident
from incidents.models.situation import Part, Situation
from incidents.models.user import User
from incidents.models.watch import Surge
from incidents.models.work import Work, WorkQuerySet


def _on(incidents: Any) -> Q:
    """Those of these incidents, and of what was merged into them."""
    return Q(incident__in=incidents) | Q(incident__merged_into__in=incidents)


class DeliveryQuerySet(WorkQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Of incidents that `user` may see. What tells of others too is there only for who may know of those."""
        seen = self.filter(_on(Incident.objects.visible_to(user)))
        told = seen.values("incident")
        parts = Part.objects.filter(Q(incident__in=told) | Q(incident__absorbed__in=told))
        made_out = list(Situation.objects.filter(parts__in=parts).seen_by(user))
        in_one = _on(Part.objects.filter(situation__in=made_out).values("incident"))
        rising = _on(Surge.objects.visible_to(user).values("incidents"))
        of_one = ~Q(kind__in=(Delivery.Kind.SITUATION, Delivery.Kind.SURGE))
        known = Q(kind=Delivery.Kind.SITUATION) & in_one
        return seen.filter(of_one | known | (Q(kind=Delivery.Kind.SURGE) & rising))


class Delivery(Work):
    """What is told is looked up when it is sent, so the row holds no words. `id` makes the Message-ID."""

    class Kind(models.TextChoices):
        NEW_INCIDENT = "new_incident", _("New incident")
        DANGER = "danger", _("Monitor in danger")
        SITUATION = "situation", _("Developing situation")
        SURGE = "surge", _("More reports than usual")
        FLOOD = "flood", _("Flood from one phone")
        DANGER_FLOOD = "danger_flood", _("Danger reported many times by one phone")

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")

    # A mail server may be away for hours: with the backoff, 60 attempts last more than nine.
    LIMIT = 60

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="deliveries")
    recipient = models.ForeignKey(User, models.PROTECT, related_name="deliveries")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    queued_at = models.DateTimeField(_("queued"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True)
    # A second attempt after one whose end is unknown: the reader may get it twice and is told so.
    possible_duplicate = models.BooleanField(_("possible duplicate"), default=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("incident", "recipient", "kind", "channel"), name="one_delivery_per_telling"
            ),
        )
        ordering = ("-queued_at", "pk")
        indexes = (models.Index(fields=("state", "next_try_at"), name="delivery_due"),)
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")

    def __str__(self) -> str:
        return str(self.pk)[:8]

    @property
    def shown_state(self) -> str:
        """The state in a coordinator's words: queued, sending, sent, failed."""
        if self.state == self.State.PENDING and self.attempts:
            return str(pgettext_lazy("delivery", "Failed, will be tried again"))
        return str(SHOWN_STATES[self.state])


SHOWN_STATES: dict[str, Any] = {
    Work.State.PENDING: pgettext_lazy("delivery", "Queued"),
    Work.State.WORKING: pgettext_lazy("delivery", "Sending"),
    Work.State.DONE: pgettext_lazy("delivery", "Sent"),
    Work.State.PARKED: pgettext_lazy("delivery", "Failed"),
}
