"""What a mission sets for the watch over its reports: how rare false alarms are, what is a situation, what a flood,
how soon a person must answer, how often a monitor must be heard from.
"""

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.taxonomy import Severity

ANSWER = [MinValueValidator(1), MaxValueValidator(1_440)]


class Limits(models.Model):
    false_alarms_per_week = models.FloatField(
        _("false alarms a week"),
        default=1.0,
        validators=[MinValueValidator(0.01), MaxValueValidator(50)],
        help_text=_("Of the warning that reports are rising, on quiet days. Fewer means that a rise is noticed later."),
    )
    situation_monitors = models.PositiveSmallIntegerField(
        _("monitors of a situation"),
        default=3,
        validators=[MinValueValidator(2), MaxValueValidator(100)],
        help_text=_("So many monitors, close to each other in place and time, make one developing situation."),
    )
    situation_metres = models.PositiveIntegerField(
        _("metres apart at most"), default=2_000, validators=[MinValueValidator(50), MaxValueValidator(50_000)]
    )
    situation_minutes = models.PositiveIntegerField(
        _("minutes apart at most"), default=60, validators=[MinValueValidator(5), MaxValueValidator(1_440)]
    )
    flood_reports = models.PositiveIntegerField(
        _("reports of one phone"),
        default=20,
        validators=[MinValueValidator(3), MaxValueValidator(10_000)],
        help_text=_("What one phone sends beyond this is held apart: stored, seen at the desk, out of the queue."),
    )
    flood_minutes = models.PositiveIntegerField(
        _("within so many minutes"), default=10, validators=[MinValueValidator(1), MaxValueValidator(1_440)]
    )
    answer_critical = models.PositiveSmallIntegerField(
        _("critical: minutes to an answer"), default=5, validators=ANSWER
    )
    answer_major = models.PositiveSmallIntegerField(_("major: minutes to an answer"), default=15, validators=ANSWER)
    answer_moderate = models.PositiveSmallIntegerField(
        _("moderate: minutes to an answer"), default=60, validators=ANSWER
    )
    answer_minor = models.PositiveSmallIntegerField(
        _("minor: minutes to an answer"),
        default=240,
        validators=ANSWER,
        help_text=_(
            "Where nobody answers in time, the next person and the second channel are told, then the whole desk. "
            "Danger counts as critical."
        ),
    )

    check_in_minutes = models.PositiveSmallIntegerField(
        _("minutes between signs of life"),
        default=0,
        validators=[MaxValueValidator(720)],
        help_text=_(
            "On the election day, from two hours before the polls open to six hours after they close, each monitor is "
            "expected to be heard from this often, from their first sign on. 0: no such rhythm."
        ),
    )
    check_in_grace = models.PositiveSmallIntegerField(
        _("minutes of grace"),
        default=10,
        validators=[MaxValueValidator(240)],
        help_text=_("How long after an agreed time silence raises the alarm."),
    )

    group_size = models.PositiveSmallIntegerField(
        _("monitors behind a place"),
        default=5,
        validators=[MinValueValidator(3), MaxValueValidator(1_000)],
        help_text=_(
            "Outside, a place is told by the smallest square of about 5 km, province or department in which at least "
            "so many monitors were active that week, or not at all: nobody stands out. More hides better and tells "
            "less. It holds from the next day on; what is out stays as it is."
        ),
    )
    release_delay_hours = models.PositiveSmallIntegerField(
        _("hours of delay for small groups"),
        default=24,
        validators=[MaxValueValidator(720)],
        help_text=_(
            "Where fewer than twice as many monitors were active, an incident waits this long after it was reported "
            "before it leaves, so that nobody can tell who was just seen there. 0: nothing waits."
        ),
    )
    has_public_page = models.BooleanField(
        _("public page"),
        default=False,
        help_text=_(
            "Off until you turn it on. A map and counts of what was released to the public, at /p/ and the mission's "
            "short name, for everybody to see and to embed in other sites. It holds nothing else, and sets no cookies."
        ),
    )

    class Meta:
        abstract = True

    @property
    def release_delay(self) -> timedelta:
        return timedelta(hours=self.release_delay_hours)

    def answer_within(self, severity: str, *, danger: bool = False) -> timedelta:
        """How soon a person must answer."""
        level = Severity.CRITICAL if danger or not severity else Severity(severity)
        return timedelta(minutes=getattr(self, f"answer_{level.value}"))

    @property
    def grace(self) -> timedelta:
        return timedelta(minutes=self.check_in_grace)

    @property
    def flood_window(self) -> timedelta:
        return timedelta(minutes=self.flood_minutes)

    @property
    def situation_window(self) -> timedelta:
        return timedelta(minutes=self.situation_minutes)
