# ruff: noqa: S608 - what is put together here are statements that Django wrote, with their values apart
"""The order of `Incident.objects.ranked`: a page of the list without sorting all of it, and whoever stands beside one.

Danger first, then what is overdue, are four groups, and within each an index holds the rows in order: each is walked
as far as the page reaches, and the walks are put together.
"""

import uuid
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Q

from incidents.models.escalation import Escalation
from incidents.models.incident import Incident

# By what `ranked` orders, and which of them descend.
_RANKING = (("in_danger_now", True), ("is_late", True), ("severity_rank", False), ("opened_at", True), ("pk", False))


def ranked_page(found: Any, start: int, size: int) -> tuple[list[uuid.UUID], int]:
    """The ids of a page, and how many of all that is found are overdue. One statement."""
    late = Escalation.objects.overdue().filter(incident__isnull=False).order_by().values("incident")
    danger, calm = found.filter(in_danger_now=True), found.filter(in_danger_now=False)
    groups = [group for half in (danger, calm) for group in (half.filter(pk__in=late), half.exclude(pk__in=late))]
    walks = [_written(group.order_by("severity_rank", "-opened_at", "pk"), start + size) for group in groups]
    arms = [
        (f"SELECT {number} AS part, * FROM ({sql}) AS part_{number}", values)
        for number, (sql, values) in enumerate(walks)
        if sql
    ]
    if not arms:
        return [], 0
    counted, counting = _written(found.filter(pk__in=late).order_by(), None)
    page = " UNION ALL ".join(arm for arm, _values in arms)
    sql = (
        f"SELECT pk_, (SELECT COUNT(*) FROM ({counted}) AS late) FROM ({page}) AS page"
        f" ORDER BY part, rank_, at_ DESC, pk_ LIMIT {int(size)} OFFSET {int(start)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*counting, *(value for _, values in arms for value in values)])
        rows = cursor.fetchall()
    ids = [pk if isinstance(pk, uuid.UUID) else uuid.UUID(pk) for pk, _late in rows]
    return ids, rows[0][1] if rows else 0


def _written(found: Any, end: int | None) -> tuple[str, tuple[Any, ...]]:
    """The statement that Django would ask; empty where it knows that nothing can be found."""
    try:
        sql, values = found.values(pk_=F("pk"), rank_=F("severity_rank"), at_=F("opened_at"))[
            :end
        ].query.sql_with_params()
    except EmptyResultSet:
        return "", ()
    return sql, tuple(values)


def beside(found: Any, incident: Incident, *, backwards: bool = False) -> Incident | None:
    """Of ranked rows the one after `incident`, or before it, whether or not that is still among them."""
    here: dict[str, Any] = {"is_late": Incident.objects.overdue().filter(pk=incident.pk).exists()}
    here |= {name: getattr(incident, name) for name in ("in_danger_now", "severity_rank", "opened_at", "pk")}
    later, same = Q(), Q()
    for name, descends in _RANKING:
        later |= same & Q(**{f"{name}__{'lt' if descends != backwards else 'gt'}": here[name]})
        same &= Q(**{name: here[name]})
    rows = found.filter(later)
    neighbour: Incident | None = (rows.reverse() if backwards else rows).first()
    return neighbour
