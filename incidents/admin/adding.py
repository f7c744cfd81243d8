"""The numbers of the map, added up from the list's own queryset: for the filters that the tally knows nothing of."""

from datetime import UTC
from typing import Any

from django.db.models import BigIntegerField, Case, Count, F, Q, Sum, Value, When
from django.db.models.functions import TruncMinute

from incidents.admin.when_and_where import inside
from incidents.geo import CELL_BITS, Bounds, column_and_row
from incidents.models import Incident
from incidents.models.reckoning import BEYOND, Square
from incidents.models.tally import UNPLACED

PLACED = Q(cell__isnull=False, latitude__isnull=False, longitude__isnull=False)


def listed(found: Any) -> Any:
    """The same incidents, each once and in no order."""
    if found.query.distinct:
        return Incident.objects.filter(pk__in=found.order_by().values("pk"))
    return found.order_by()


def squares(found: Any, bits: int, bounds: Bounds | None) -> list[Square]:
    """All of them by square and severity, in one walk: `x` is -1 for what has no place, -2 for what lies beyond."""
    square = F("cell").bitrightshift(2 * (CELL_BITS - bits))
    within = PLACED & inside(bounds) if bounds else PLACED
    where = Case(
        When(within, then=square), When(PLACED, then=BEYOND), default=Value(UNPLACED), output_field=BigIntegerField()
    )
    rows = listed(found).annotate(where=where).values_list("where", "severity")
    sums = rows.annotate(
        n=Count("pk"), danger=Count("pk", filter=Q(in_danger_now=True)), lat=Sum("latitude"), lon=Sum("longitude")
    )
    return [
        Square(*_where(where), severity, n, danger, *(round((sum_ or 0) * 1_000_000) for sum_ in (lat, lon)))
        for where, severity, n, danger, lat, lon in sums
    ]


def _where(square: int) -> tuple[int, int]:
    return column_and_row(square) if square >= 0 else (square, square)


def times(found: Any, step_s: int) -> list[tuple[int, str, int]]:
    """How many of each severity in each stretch of time, as `reckoning.times` has it; of whole minutes."""
    by_minute = listed(found).annotate(minute=TruncMinute("happened_at", tzinfo=UTC))
    counted = by_minute.values_list("minute", "severity").annotate(n=Count("pk"))
    return [(int(minute.timestamp()) // step_s, severity, n) for minute, severity, n in counted]
