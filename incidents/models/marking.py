"""Querysets that mark what they change for the tally, so that no caller can forget; see `tally`."""

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction

from incidents.models.tally import mark

# What the tally counts an incident by; a change of anything else needs no mark.
_PLAIN = ("status", "severity", "category", "verification", "held", "in_danger_now", "occurred_at", "opened_at")
_KEYS = ("mission", "department", "merged_into", "assigned_to")
COUNTED = frozenset((*_PLAIN, *_KEYS, *(f"{name}_id" for name in _KEYS), "cell", "latitude", "longitude"))
_AT_ONCE = 1_000


class MarkedIncidents(models.QuerySet[Any]):
    def update(self, **changes: Any) -> int:
        """Of those found now, so that each is marked: which rows meet the condition may change meanwhile."""
        if not COUNTED & changes.keys():
            return super().update(**changes)
        with transaction.atomic(using=self.db, savepoint=False):
            found = list(self.order_by().values_list("pk", flat=True))
            mark(found)
            parts = (found[begin : begin + _AT_ONCE] for begin in range(0, len(found), _AT_ONCE))
            return sum(super(MarkedIncidents, self.filter(pk__in=part)).update(**changes) for part in parts)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        with transaction.atomic(using=self.db, savepoint=False):
            made = super().bulk_create(objs, *args, **kwargs)
            mark(incident.pk for incident in made)
        return made


class MarkedAccusations(models.QuerySet[Any]):
    """What an incident is accused of is counted with it."""

    def _mark(self) -> None:
        mark(self.order_by().values_list("incident", flat=True).distinct())

    def update(self, **changes: Any) -> int:
        with transaction.atomic(using=self.db, savepoint=False):
            self._mark()
            return super().update(**changes)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        with transaction.atomic(using=self.db, savepoint=False):
            made = super().bulk_create(objs, *args, **kwargs)
            mark({accusation.incident_id for accusation in made})
        return made

    def delete(self) -> tuple[int, dict[str, int]]:
        with transaction.atomic(using=self.db, savepoint=False):
            self._mark()
            return super().delete()
