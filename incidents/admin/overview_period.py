"""Which stretch of time the overview is about, by the mission's clock: read from the address, cut up for a chart.

Arithmetic and words; asks nothing of the database.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.admin.rota_form import ClockField
from incidents.models import Mission
from incidents.models.overview import Span

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# So long after the election, or before it, the last hours say little.
NEAR_THE_ELECTION = timedelta(days=30)
LATEST = {"1h": HOUR, "6h": 6 * HOUR, "24h": 24 * HOUR}
LABELS = {
    "1h": gettext_lazy("Last hour"),
    "6h": gettext_lazy("Last 6 hours"),
    "24h": gettext_lazy("Last 24 hours"),
    "election": gettext_lazy("Election day"),
    "all": gettext_lazy("Whole mission"),
}
# How wide a part of the chart may be; the first that gives no more than this many.
WIDTHS = (5 * MINUTE, 30 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY, 28 * DAY, 364 * DAY)
MOST_PARTS = 36


@dataclass(frozen=True)
class Period:
    """`code` is as in the address; without one it was typed in."""

    code: str
    span: Span
    zone: ZoneInfo

    @property
    def before(self) -> Span | None:
        """As long a stretch just before, to compare with; of a whole mission there is none."""
        begins, ends = self.span.begins, self.span.ends
        if self.code == "all" or begins is None or ends is None:
            return None
        return Span(begins - (ends - begins), begins)

    @property
    def reach(self) -> Span:
        """In which all else is counted: alerts go out, and signs are given, after the last incident."""
        return Span() if self.code == "all" else self.span

    @property
    def asked(self) -> str:
        """The list's own parameter for it, empty for all time."""
        begins, ends = self.span.begins, self.span.ends
        if self.code == "all" or begins is None or ends is None:
            return ""
        return f"{_stamp(begins)}/{_stamp(ends)}"

    @property
    def typed(self) -> tuple[str, str]:
        """Its ends as they stand in a form, by the mission's clock."""
        ends = (self.span.begins, self.span.ends)
        return tuple(f"{moment.astimezone(self.zone):%Y-%m-%dT%H:%M}" if moment else "" for moment in ends)  # type: ignore[return-value]

    @property
    def words(self) -> str:
        """From when until when, by the mission's clock: "18 Oct 2020, 06:00–12:00"."""
        if self.span.begins is None or self.span.ends is None:
            return _("no incidents yet")
        begins, ends = self.span.begins.astimezone(self.zone), self.span.ends.astimezone(self.zone)
        day, last = date_format(begins, "j M Y"), date_format(ends, "j M Y")
        if begins.time() == ends.time() == time() and ends.date() - begins.date() == DAY:
            return day
        return f"{day}, {begins:%H:%M}–{ends:%H:%M}" if day == last else f"{day}, {begins:%H:%M} – {last}, {ends:%H:%M}"


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


class PeriodForm(forms.Form):
    """From and until, as the mission's clock shows them."""

    since = ClockField(label=gettext_lazy("From"))
    until = ClockField(label=gettext_lazy("Until"))

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for name in ("since", "until"):
            if given.get(name):
                given[name] = given[name].replace(tzinfo=self.zone).astimezone(UTC)
        if given.get("since") and given.get("until") and given["until"] <= given["since"]:
            self.add_error("until", _("The end must come after the beginning."))
        return given


def usual(mission: Mission, now: datetime) -> str:
    """The period that is shown unasked."""
    today = now.astimezone(mission.zone).date()
    return "24h" if abs(today - mission.election_day) <= NEAR_THE_ELECTION else "all"


def named(code: str, mission: Mission, now: datetime, extent: Span) -> Period:
    """One of LABELS. What is happening now belongs to the last hours too, so they end with the minute that runs."""
    if code == "election":
        midnight = datetime.combine(mission.election_day, time(), mission.zone)
        ends = datetime.combine(mission.election_day + DAY, time(), mission.zone)
        return Period(code, Span(midnight.astimezone(UTC), ends.astimezone(UTC)), mission.zone)
    ends = _minute(now)
    if code == "all":
        first = extent.begins and extent.begins.replace(second=0, microsecond=0)
        return Period(code, Span(first, extent.ends and _minute(extent.ends)), mission.zone)
    return Period(code, Span(ends - LATEST[code], ends), mission.zone)


def _minute(moment: datetime) -> datetime:
    """The next full one."""
    return moment.replace(second=0, microsecond=0) + MINUTE


def edges(period: Period) -> tuple[list[datetime], timedelta]:
    """Where the parts of the chart begin and end, and how wide they are: on full hours and days of the mission's clock.

    The first and the last may reach beyond the period, and hold only what lies within it.
    """
    begins, ends = period.span.begins, period.span.ends
    if begins is None or ends is None:
        return [], HOUR
    width = next((width for width in WIDTHS if (ends - begins) / width <= MOST_PARTS), WIDTHS[-1])
    found = []
    for edge in _cuts(begins, width, period.zone):
        if edge <= begins:
            found = [edge]
        else:
            found.append(edge)
        if edge >= ends:
            break
    return found, width


def _cuts(begins: datetime, width: timedelta, zone: ZoneInfo) -> Iterator[datetime]:
    """Full hours, days, or Mondays, from shortly before `begins` on."""
    day = begins.astimezone(zone).date()
    if width >= 7 * DAY:
        day -= timedelta(days=day.weekday())
    if width >= DAY:
        while True:
            yield datetime.combine(day, time(), zone).astimezone(UTC)
            day += width
    edge = datetime.combine(day, time(), zone).astimezone(UTC)
    while True:
        yield edge
        edge += width
