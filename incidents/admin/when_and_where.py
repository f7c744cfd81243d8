"""Two chips that offer little and take any value of their form: a stretch of time, and an area of the map."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.admin import ModelAdmin
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from incidents.admin.chips import Chip, Choices, only_counted
from incidents.admin.ground import mission_of
from incidents.admin.overview_period import Period
from incidents.geo import Bounds
from incidents.models.overview import Span
from incidents.models.question import Question

LAST = {
    "1h": (timedelta(hours=1), _("Last hour")),
    "6h": (timedelta(hours=6), _("Last 6 hours")),
    "24h": (timedelta(hours=24), _("Last 24 hours")),
    "7d": (timedelta(days=7), _("Last 7 days")),
}
LONGEST = 80
AN_HOUR = timedelta(hours=1)
UTC_ZONE = ZoneInfo("UTC")


class TimeChip(Chip):
    """By when it happened: lately, or from and until, the end not included. Whole seconds count."""

    title = _("Time")
    parameter_name = "time"
    field = "happened_at"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        lately: Choices = [(code, label) for code, (_length, label) in LAST.items()]
        if self.asked in LAST or not self.span:
            return lately
        mission = mission_of(request, ())
        return [*lately, (self.asked, _said(Span(*self.span), mission.zone if mission else UTC_ZONE))]

    @cached_property
    def span(self) -> tuple[datetime, datetime] | None:
        if self.asked in LAST:
            now = timezone.now().replace(microsecond=0)
            # To the end of the hour that runs: a whole hour is counted already, half of one has to be looked through.
            return now - LAST[self.asked][0], now.replace(minute=0, second=0) + AN_HOUR
        begin, _slash, end_text = self.asked[:LONGEST].partition("/")
        ends = (_moment(begin), _moment(end_text))
        return (ends[0], ends[1]) if ends[0] and ends[1] and ends[0] < ends[1] else None

    def offers(self, value: str) -> bool:
        return self.span is not None

    def narrow(self, queryset: Any, value: str) -> Any:
        begin, end = self.span or (None, None)
        return queryset.filter(**{f"{self.field}__gte": begin, f"{self.field}__lt": end})

    def tell(self, question: Question, value: str) -> Question | None:
        begin, end = self.span or (None, None)
        if begin is None or end is None or begin.timestamp() < 0:
            return None
        return replace(question, span=(int(begin.timestamp()), int(end.timestamp())))


def _said(span: Span, zone: ZoneInfo) -> str:
    """As the overview and the line under the map say it; the ends of all time have no other clock."""
    try:
        return Period("", span, zone).words
    except OverflowError:
        return Period("", span, UTC_ZONE).words


def _moment(text: str) -> datetime | None:
    """A time with its zone, in UTC; a time of no zone is in UTC."""
    try:
        read = parse_datetime(text)
        if read is None:
            return None
        aware = read if read.tzinfo else read.replace(tzinfo=UTC)
        return aware.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None


class AreaChip(Chip):
    """What lies in a box of the map, which the map itself asks for: "west,south,east,north" in degrees."""

    title = _("Area")
    parameter_name = "area"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return [(self.asked, _("What the map shows"))] if self.asked else []

    def has_output(self) -> bool:
        return bool(self.asked) or (not only_counted(self.request) and bool(self.lookup_choices))

    @cached_property
    def bounds(self) -> Bounds | None:
        try:
            return Bounds.read(self.asked)
        except ValueError:
            return None

    def offers(self, value: str) -> bool:
        return self.bounds is not None

    def narrow(self, queryset: Any, value: str) -> Any:
        return within(queryset, self.bounds) if self.bounds else queryset.none()

    def tell(self, question: Question, value: str) -> Question | None:
        return replace(question, area=self.bounds)


def within(queryset: Any, bounds: Bounds) -> Any:
    """Incidents that lie in the box; ranges of the cell index narrow them down."""
    if bounds.west > bounds.east or bounds.south > bounds.north:
        return queryset.none()
    near = Q()
    for cells in bounds.ranges():
        near |= Q(cell__range=cells)
    return queryset.filter(near, inside(bounds))


def inside(bounds: Bounds) -> Q:
    """Compared exactly, as positions are stored."""
    west, south, east, north = (Decimal(number) / 1_000_000 for number in bounds)
    return Q(latitude__range=(south, north), longitude__range=(west, east))
