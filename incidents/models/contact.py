"""Where somebody can be reached beside their e-mail, what they want to hear of, and who is on call."""

import re
from datetime import datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models.mission import Mission
from incidents.models.user import User
from incidents.taxonomy import SEVERITY_RANK, Severity


class Channel(models.TextChoices):
    """Ways to tell somebody, in the order in which they are taken where nobody has said otherwise."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    WEBPUSH = "webpush", _("Browser notification")
    WEBHOOK = "webhook", _("Webhook")


# E.164: a plus, the country's code, and at most fifteen digits in all.
E164 = re.compile(r"\+[1-9][0-9]{7,14}")
FILLERS = str.maketrans("", "", " \u00a0\t-./()")


def phone_number(text: str) -> str:
    """A phone number as it is dialled from everywhere. Raises ValidationError."""
    number = text.translate(FILLERS)
    if number.startswith("00"):
        number = "+" + number[2:]
    if not E164.fullmatch(number):
        raise ValidationError(_("Write it with the country's code, such as +591 71234567."))
    return number


class ContactQuerySet(models.QuerySet["Contact"]):
    def usable(self) -> Self:
        return self.filter(disabled_at=None)


class Contact(models.Model):
    """One way to reach a person: a phone number, an address of a program, a browser. E-mail stands with the person."""

    user = models.ForeignKey(User, models.CASCADE, related_name="contacts")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    # +591…; https://…; the push service's endpoint.
    address = models.CharField(_("address"), max_length=1000)
    # A webhook's signing secret; a browser's keys.
    keys = models.JSONField(default=dict, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # Set where the other side says that it is gone for good.
    disabled_at = models.DateTimeField(_("disabled"), null=True, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "channel"), name="one_contact_per_channel"),)
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"


class Subscription(models.Model):
    """What a coordinator wants to hear of, when, and how. Without one it is everything they may see, by e-mail.

    Danger is told whatever it says; a critical incident whatever the hour.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="subscriptions")
    mission = models.ForeignKey(Mission, models.CASCADE, related_name="subscriptions")
    departments: "models.ManyToManyField[Any, Any]" = models.ManyToManyField(
        "incidents.Boundary",
        blank=True,
        verbose_name=_("departments"),
        related_name="+",
        help_text=_("None chosen: all."),
    )
    categories = models.JSONField(_("categories"), default=list, blank=True)
    least_severity = models.CharField(
        _("from severity"), max_length=10, choices=Severity.choices, default=Severity.MINOR
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    # Used at once; the others once a deadline has passed.
    channels = models.JSONField(_("channels at once"), default=list, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "mission"), name="one_subscription_per_mission"),)
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")

    def __str__(self) -> str:
        return f"{self.pk}"

    def hushed_until(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """When quiet hours that hold at `now` are over, in the mission's own time; None outside of them."""
        if self.quiet_from is None or self.quiet_until is None or self.quiet_from == self.quiet_until:
            return None
        local = now.astimezone(zone)
        begun = self.quiet_from <= local.time().replace(tzinfo=None)
        ended = local.time().replace(tzinfo=None) >= self.quiet_until
        over_midnight = self.quiet_from > self.quiet_until
        if not ((begun or not ended) if over_midnight else (begun and not ended)):
            return None
        return _next(local, self.quiet_until)

    @property
    def least_rank(self) -> int:
        return SEVERITY_RANK[self.least_severity]


def _next(local: datetime, at: time) -> datetime:
    """The next moment at which a clock shows `at`."""
    day = local.date() + timedelta(days=local.time().replace(tzinfo=None) >= at)
    return datetime.combine(day, at, local.tzinfo)


class OnCallQuerySet(models.QuerySet["OnCall"]):
    def now(self, mission: Mission, at: datetime) -> Self:
        """Who is on call at a moment, first one first."""
        there = self.filter(mission=mission, starts_at__lte=at, ends_at__gt=at, user__is_active=True)
        return there.order_by("position", "starts_at", "pk")


class OnCall(models.Model):
    """A turn of the rota: from when until when somebody answers, and after whom."""

    mission = models.ForeignKey(Mission, models.CASCADE, related_name="on_call", verbose_name=_("mission"))
    user = models.ForeignKey(User, models.CASCADE, related_name="on_call", verbose_name=_("person"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    position = models.PositiveSmallIntegerField(
        _("order"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(99)],
        help_text=_("1 is told first, 2 when 1 has not answered in time."),
    )

    objects = OnCallQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="on_call_ends_after_it_starts"),
        )
        indexes = (models.Index(fields=("mission", "ends_at"), name="on_call_ends"),)
        ordering = ("starts_at", "position", "pk")
        verbose_name = _("turn on call")
        verbose_name_plural = _("rota")

    def __str__(self) -> str:
        return f"{self.pk}"
