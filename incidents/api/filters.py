"""What a partner may ask for by the address: read strictly, so that a misspelt filter never means "everything"."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from incidents.api import paging
from incidents.models.release import ReleaseQuerySet
from incidents.taxonomy import RELEASABLE, Category, Severity

CHOICES: dict[str, Collection[str]] = {
    "severity": Severity.values,
    "category": Category.values,
    "verification": [level.value for level in RELEASABLE],
}
# The name in the address → the property of a release.
PROPERTIES = {**{name: name for name in CHOICES}, "department": "adm1_code"}
FILTERS = (*PROPERTIES, "updated_since")
PAGING = ("limit", "cursor")

DEFAULT_LIMIT, MAX_LIMIT = 100, 1_000
CODE_LIMIT = 40
_UNENCODED_PLUS = re.compile(r"(T\S*) (\d\d:?\d\d)$")


@dataclass
class Selection:
    """`codes` are allowed values by property; `after` is the change number behind which the page begins."""

    codes: dict[str, list[str]] = field(default_factory=dict)
    updated_since: datetime | None = None
    limit: int = DEFAULT_LIMIT
    after: int = -1

    def of(self, rows: ReleaseQuerySet, *, tombstones: bool = False) -> ReleaseQuerySet:
        """The chosen releases in the order of change. A tombstone has no properties; every filter lets it by."""
        wanted = Q(**{f"properties__{name}__in": values for name, values in self.codes.items()})
        if self.codes and tombstones:
            wanted |= Q(withdrawn_at__isnull=False)
        if self.updated_since:
            wanted &= Q(updated_at__gte=self.updated_since)
        return rows.filter(wanted).order_by("change")


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
    if faults:
        raise ValidationError(faults)
    return chosen


def _set(chosen: Selection, name: str, given: list[str]) -> None:
    """Put one parameter into the selection. An empty value is as good as none."""
    if name in PROPERTIES:
        codes = [code.strip() for value in given for code in value.split(",") if code.strip()]
        if codes:
            chosen.codes[PROPERTIES[name]] = _known(name, codes)
        return
    if len(given) > 1:
        raise ValueError(_("Give this parameter only once."))
    if given[0]:
        readers: dict[str, Any] = {"updated_since": _moment, "limit": _limit, "cursor": paging.position}
        setattr(chosen, "after" if name == "cursor" else name, readers[name](given[0]))


def _known(name: str, codes: list[str]) -> list[str]:
    choices = CHOICES.get(name)
    if choices is not None and not set(codes) <= set(choices):
        raise ValueError(_("Use one or several of: %(choices)s.") % {"choices": ", ".join(choices)})
    if any(len(code) > CODE_LIMIT or not code.isprintable() for code in codes):
        raise ValueError(_("Not a code of a department."))
    return list(dict.fromkeys(codes))


def _limit(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", value) or not 1 <= int(value) <= MAX_LIMIT:
        raise ValueError(_("Give a whole number from 1 to %(max)d.") % {"max": MAX_LIMIT})
    return int(value)


def _moment(value: str) -> datetime:
    """A time with its zone; UTC where none is given. A plus sign that came unencoded has turned into a space."""
    if len(value) <= CODE_LIMIT:
        try:
            text = _UNENCODED_PLUS.sub(r"\1+\2", value)
            day: date | None = parse_date(text)
            moment = datetime.combine(day, time.min) if day else parse_datetime(text)
            if moment:
                return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            pass
    raise ValueError(_("Give a time such as 2020-10-18T14:30:00Z."))
