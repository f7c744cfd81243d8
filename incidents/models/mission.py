"""Missions: one election observed by one team."""

from datetime import UTC, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents.languages import BORROWS
from incidents.models.apart import SavedApart
from incidents.models.ground import Ground
from incidents.models.limits import Limits

PLAUSIBLE_BEFORE = timedelta(days=366)
PLAUSIBLE_AFTER = timedelta(days=14)


def check_time_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as fault:
        raise ValidationError(_("Not a time zone of the tz database, such as America/La_Paz.")) from fault


class MissionQuerySet(models.QuerySet["Mission"]):
    def visible_to(self, user: Any) -> Self:
        """The missions `user` belongs to; all of them for a superuser, who must be able to set up the first."""
        if not getattr(user, "is_active", False):
            return self.none()
        return self.all() if user.is_superuser else self.filter(memberships__user=user)


class Mission(SavedApart, Limits, Ground):
    class Mode(models.TextChoices):
        OPEN = "open", _("As usual")
        READ_ONLY = "read_only", _("Read-only")
        CLOSED = "closed", _("Closed")

    apart = frozenset({"release_change", "release_changed_at", "mode", "mode_since"})

    slug = models.SlugField(_("short name"), unique=True)
    names = models.JSONField(_("names by language"), default=dict, help_text=_('{"en": "…", "es": "…"}'))
    election_day = models.DateField(_("election day"))
    polls_open = models.TimeField(_("polls open"), null=True, blank=True)
    polls_close = models.TimeField(
        _("polls close"), null=True, blank=True, help_text=_("On the election day, by the mission's own clock.")
    )
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[check_time_zone])
    # Those its monitors are likeliest to read, offered first; none is ever withheld.
    languages = models.JSONField(_("languages"), default=list)
    is_demonstration = models.BooleanField(_("demonstration"), default=False)
    # Counts the changes of this mission's releases; taken under the row's lock, so its order is commit order.
    release_change = models.BigIntegerField(default=0, editable=False)
    release_changed_at = models.DateTimeField(default=timezone.now, editable=False)
    # What an emergency has set: the desk changes nothing, or the mission takes no more reports either.
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.OPEN, editable=False)
    mode_since = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MissionQuerySet.as_manager()

    class Meta:
        ordering = ("-election_day", "slug")
        verbose_name = _("mission")
        verbose_name_plural = _("missions")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The mission's name in the reader's language, else in English, else its short name."""
        names: dict[str, str] = self.names or {}
        language = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
        return names.get(language) or names.get(BORROWS.get(language, "en")) or next(iter(names.values()), self.slug)

    @property
    def is_read_only(self) -> bool:
        """Whether the desk changes nothing; so it is in a closed mission too."""
        return self.mode != self.Mode.OPEN

    @property
    def is_closed(self) -> bool:
        return self.mode == self.Mode.CLOSED

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def polls_are_open(self, at: datetime) -> bool:
        """Whether people were voting then; never where the hours are not set."""
        if self.polls_open is None or self.polls_close is None:
            return False
        local = at.astimezone(self.zone)
        return local.date() == self.election_day and self.polls_open <= local.time() < self.polls_close

    @property
    def earliest(self) -> datetime:
        """Before this no occurrence is plausible: a year before the election or before today."""
        election = datetime(self.election_day.year, self.election_day.month, self.election_day.day, tzinfo=UTC)
        return min(election, timezone.now()) - PLAUSIBLE_BEFORE

    @property
    def latest(self) -> datetime:
        return timezone.now() + PLAUSIBLE_AFTER
