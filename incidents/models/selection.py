"""Which releases somebody asks for, and in which order: a question that is put to the rows of releases alone."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, Q

from incidents.cursor import Position
from incidents.models.release import OCCURRED, ReleaseQuerySet

# Order → the expression that goes before the change number, and whether both descend.
SORTS: dict[str, tuple[Any, bool]] = {
    "change": (None, False),
    "-change": (None, True),
    "occurred_at": (OCCURRED, False),
    "-occurred_at": (OCCURRED, True),
}
DEFAULT_LIMIT = 100


@dataclass
class Selection:
    """`codes` are allowed values by column; `after` is the position behind which the page begins.

    `set_at` is when that was last changed which a saved address asks for.
    """

    codes: dict[str, list[str]] = field(default_factory=dict)
    perpetrators: list[str] = field(default_factory=list)
    boxes: tuple[tuple[float, float, float, float], ...] = ()
    occurred_from: str = ""
    occurred_until: str = ""
    updated_since: str = ""
    fields: tuple[str, ...] = ()
    profile: str = ""
    bom: bool = False
    by: str = "category"
    level: int = 0
    sort: str = "change"
    limit: int = DEFAULT_LIMIT
    after: Position | None = None
    changed_behind: Position | None = None
    set_at: datetime | None = None

    @property
    def wants_changes(self) -> bool:
        """Whether to tell what is gone as well: asked for by whoever keeps a copy."""
        return bool(self.updated_since or self.changed_behind)

    def of(self, rows: ReleaseQuerySet) -> ReleaseQuerySet:
        """The chosen releases, in the order asked for."""
        return self.ordered(self.since(rows).filter(self.fitting()))

    def changes(self, rows: ReleaseQuerySet, sight: Q) -> ReleaseQuerySet:
        """The same, and what may be in a copy and is not chosen, or not in `sight`, any more; `fits` tells which."""
        fits = ExpressionWrapper(self.fitting() & sight, output_field=BooleanField())
        known = rows.annotate(fits=fits).filter(Q(fits=True) | Q(change__gt=F("released_change")))
        return self.ordered(self.since(known))

    def since(self, rows: ReleaseQuerySet) -> ReleaseQuerySet:
        if self.changed_behind:
            rows = rows.filter(change__gt=self.changed_behind[1])
        return rows.filter(updated_at__gte=self.updated_since) if self.updated_since else rows

    def fitting(self) -> Q:
        wanted = Q(withdrawn_at=None)
        for name, values in self.codes.items():
            wanted &= Q(**{f"{name}__in": values})
        if self.perpetrators:
            wanted &= _any(Q(perpetrators__regex=f"(^|;){code}(;|$)") for code in self.perpetrators)
        placed = self.placed() if self.boxes else Q()
        return wanted & placed & (self.timed() if self.occurred_from or self.occurred_until else Q())

    def placed(self) -> Q:
        return _any(
            Q(longitude__range=(west, east), latitude__range=(south, north)) for west, south, east, north in self.boxes
        )

    def timed(self) -> Q:
        ends = {"occurred_at__gte": self.occurred_from, "occurred_at__lte": self.occurred_until}
        return Q(**{how: at for how, at in ends.items() if at})

    def ordered(self, rows: ReleaseQuerySet) -> ReleaseQuerySet:
        by, descending = SORTS[self.sort]
        column = "by" if by else ""
        if by:
            rows = rows.annotate(by=by)
        if self.after:
            rows = rows.filter(behind(self.after, column, descending=descending))
        sign = "-" if descending else ""
        return rows.order_by(*(f"{sign}{name}" for name in (column, "change") if name))

    def position_of(self, row: dict[str, Any]) -> Position:
        return (row["occurred_at"] or "" if SORTS[self.sort][0] else "", row["change"])


def _any(conditions: Any) -> Q:
    found = Q()
    for condition in conditions:
        found |= condition
    return found


def behind(at: Position, column: str, *, descending: bool) -> Q:
    """The rows behind a position: in the order of `column`, where one is given, and then of change."""
    value, change = at
    beyond, from_on = ("lt", "lte") if descending else ("gt", "gte")
    later = Q(**{f"change__{beyond}": change})
    if not column:
        return later
    # The first condition says nothing new, but lets an index begin where the page does.
    return Q(**{f"{column}__{from_on}": value}) & (Q(**{f"{column}__{beyond}": value}) | later)
