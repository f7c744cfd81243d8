"""The numbers of the map, added up from the list's own queryset: for the filters that the tally knows nothing of."""

from datetime import UTC
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncMinute

from incidents.admin.when_and_where import within
from incidents.geo import CELL_BITS, Bounds, column_and_row
from incidents.models import Incident
from incidents.models.reckoning import Square

_PLACED = Q(cell__isnull=False, latitude__isnull=False, longitude__isnull=False)
MINUTE_S = 60


def listed(found: Any) -> Any:
    """The same incidents, without what a list reads along with each."""
    return Incident.objects.filter(pk__in=found.order_by().values("pk"))


def totals(found: Any) -> tuple[int, int]:
    """How many, and how many of them have no place."""
    counted = listed(found).aggregate(all=Count("pk"), placed=Count("pk", filter=_PLACED))
    return counted["all"], counted["all"] - counted["placed"]


def squares(found: Any, bits: int, bounds: Bounds | None) -> list[Square]:
    """Those with a place, and in the box where one is given, by square and severity."""
    placed = listed(found).filter(_PLACED)
    inside = within(placed, bounds) if bounds else placed
    by_square = inside.annotate(where=F("cell").bitrightshift(2 * (CELL_BITS - bits))).order_by()
    sums = by_square.values_list("where", "severity").annotate(
        n=Count("pk"), danger=Count("pk", filter=Q(in_danger_now=True)), lat=Sum("latitude"), lon=Sum("longitude")
    )
    return [
        Square(*column_and_row(where), severity, n, danger, round(latitude * 1_000_000), round(longitude * 1_000_000))
        for where, severity, n, danger, latitude, longitude in sums
    ]


def times(found: Any, step_s: int) -> list[tuple[int, str, int]]:
    """How many of each severity in each stretch of time, as `reckoning.times` has it; of whole minutes."""
    by_minute = listed(found).annotate(minute=TruncMinute("happened_at", tzinfo=UTC)).order_by()
    counted = by_minute.values_list("minute", "severity").annotate(Count("pk"))
    return [(int(minute.timestamp()) // step_s, severity, n) for minute, severity, n in counted]
