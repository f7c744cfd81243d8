"""What a partner may ask for by the address: read strictly, so that a misspelt filter never means "everything"."""

import re
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from incidents import geo
from incidents.api import columns, paging
from incidents.models.release import OCCURRED, ReleaseQuerySet
from incidents.taxonomy import RELEASABLE, Category, Perpetrator, Severity

CHOICES: dict[str, Collection[str]] = {
    "severity": Severity.values,
    "category": Category.values,
    "verification": [level.value for level in RELEASABLE],
    "perpetrator": Perpetrator.values,
}
# The name in the address → the column of a release.
CODED = {"severity": "severity", "category": "category", "verification": "verification", "department": "adm1_code"}
FILTERS = (*CODED, "perpetrator", "bbox", "occurred_from", "occurred_until", "updated_since")
PAGING = ("sort", "limit", "cursor")
# Order → the expression that goes before the change number, and whether both descend.
SORTS: dict[str, tuple[Any, bool]] = {
    "change": (None, False),
    "-change": (None, True),
    "occurred_at": (OCCURRED, False),
    "-occurred_at": (OCCURRED, True),
}
# What a summary counts by.
COUNTED = ("category", "severity", "verification", "status", "department", "perpetrator", "day")

DEFAULT_LIMIT, MAX_LIMIT = 100, 1_000
CODE_LIMIT = 40
# What is asked of texts, in the regular expressions that the OpenAPI document gives away as well.
DEPARTMENT = rf"^[^\x00-\x1f\x7f-\x9f,]{{1,{CODE_LIMIT}}}$"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?(Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])?"
TIME = rf"^[0-9]{{4}}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T{_CLOCK})?$"
_NUMBER = r" *[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)? *"
_BOX = re.compile(rf"{_NUMBER}(,{_NUMBER}){{3}}")
_UNENCODED_PLUS = re.compile(r"(T\S*) (\d\d:?\d\d)$")


@dataclass
class Selection:
    """`codes` are allowed values by column; `after` is the position behind which the page begins."""

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
    after: paging.Position | None = None
    changed_behind: paging.Position | None = None

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
        if self.boxes:
            wanted &= _any(
                Q(longitude__range=(west, east), latitude__range=(south, north))
                for west, south, east, north in self.boxes
            )
        if self.occurred_from:
            wanted &= Q(occurred_at__gte=self.occurred_from)
        if self.occurred_until:
            wanted &= Q(occurred_at__lte=self.occurred_until)
        return wanted

    def ordered(self, rows: ReleaseQuerySet) -> ReleaseQuerySet:
        by, descending = SORTS[self.sort]
        column = "by" if by else ""
        if by:
            rows = rows.annotate(by=by)
        if self.after:
            rows = rows.filter(paging.behind(self.after, column, descending=descending))
        sign = "-" if descending else ""
        return rows.order_by(*(f"{sign}{name}" for name in (column, "change") if name))

    def position_of(self, row: dict[str, Any]) -> paging.Position:
        return (row["occurred_at"] or "" if SORTS[self.sort][0] else "", row["change"])


def _any(conditions: Any) -> Q:
    found = Q()
    for condition in conditions:
        found |= condition
    return found


def read(query: QueryDict, allowed: Collection[str]) -> Selection:
    """The selection an address asks for. Raises ValidationError that names every parameter at fault."""
    chosen, faults = Selection(), {}
    for name in query:
        try:
            if name not in allowed:
                raise ValueError(_("Unknown parameter. Known here: %(names)s.") % {"names": ", ".join(allowed) or "–"})
            _set(chosen, name, query.getlist(name))
        except ValueError as fault:
            faults[name[:80]] = [str(fault)]
    if not faults and not set(chosen.fields) <= set(columns.named(chosen.profile)):
        faults["fields"] = [_not_among(columns.named(chosen.profile))]
    if faults:
        raise ValidationError(faults)
    return chosen


def _set(chosen: Selection, name: str, given: list[str]) -> None:
    """Put one parameter into the selection. An empty value is as good as none."""
    if name in CODED or name == "perpetrator":
        codes = _known(name, [code.strip() for value in given for code in value.split(",") if code.strip()])
        if name in CODED and codes:
            chosen.codes[CODED[name]] = codes
        elif codes:
            chosen.perpetrators = codes
        return
    if len(given) > 1:
        raise ValueError(_("Give this parameter only once."))
    if given[0]:
        setattr(chosen, _ATTRIBUTES.get(name, name), _READERS[name](given[0]))


def _known(name: str, codes: list[str]) -> list[str]:
    choices = CHOICES.get(name)
    if choices is not None and not set(codes) <= set(choices):
        raise ValueError(_not_among(choices))
    if not all(re.fullmatch(DEPARTMENT, code) for code in codes):
        raise ValueError(_("Not a code of a department."))
    return list(dict.fromkeys(codes))


def _not_among(choices: Collection[str]) -> str:
    return _("Use one or several of: %(choices)s.") % {"choices": ", ".join(choices)}


def _one_of(choices: Collection[str]) -> Callable[[str], str]:
    def read_choice(value: str) -> str:
        if value not in choices:
            raise ValueError(_not_among(choices))
        return value

    return read_choice


def _limit(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", value) or not 1 <= int(value) <= MAX_LIMIT:
        raise ValueError(_("Give a whole number from 1 to %(max)d.") % {"max": MAX_LIMIT})
    return int(value)


def _level(value: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,2}", value):
        raise ValueError(_("Give a whole number; 1 is the department."))
    return int(value)


def _fields(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in value[:1_000].split(",") if name.strip()))


def _boxes(value: str) -> tuple[tuple[float, float, float, float], ...]:
    """West, south, east, north; where the west lies beyond the east the box goes across 180°, and is two."""
    west = south = east = north = float("nan")
    if len(value) <= 200 and _BOX.fullmatch(value):
        west, south, east, north = map(float, value.split(","))
    if not (geo.is_position(south, west) and geo.is_position(north, east) and south <= north):
        raise ValueError(_("Give west, south, east and north in degrees, such as -70,-23,-57,-9."))
    if west <= east:
        return ((west, south, east, north),)
    return (west, south, 180.0, north), (-180.0, south, east, north)


def moment(value: str) -> str:
    """A time with its zone as releases tell times; UTC where no zone is given. An unencoded plus came as a space."""
    text = _UNENCODED_PLUS.sub(r"\1+\2", value)
    with suppress(ValueError, OverflowError):
        if re.fullmatch(TIME, text):
            found = datetime.fromisoformat(text)
            found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
            return found.strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20)
    raise ValueError(_("Give a time such as 2020-10-18T14:30:00Z."))


def until(value: str) -> str:
    """The same; a day without a time is meant to its end."""
    return moment(value if "T" in value else f"{value}T23:59:59Z")


_ATTRIBUTES = {"bbox": "boxes", "cursor": "after", "since": "changed_behind"}
_READERS: dict[str, Callable[[str], Any]] = {
    "bbox": _boxes,
    "occurred_from": moment,
    "occurred_until": until,
    "updated_since": moment,
    "fields": _fields,
    "profile": _one_of(tuple(columns.PROFILES)),
    "bom": lambda value: _one_of(("0", "1"))(value) == "1",
    "by": _one_of(COUNTED),
    "level": _level,
    "sort": _one_of(tuple(SORTS)),
    "limit": _limit,
    "cursor": paging.position,
    "since": paging.position,
}
