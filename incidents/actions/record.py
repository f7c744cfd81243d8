"""The gestures every verb shares: hold the incident's row, say it changed, write into its timeline or the logbook."""

import uuid
from typing import Any

from django.db import transaction

from incidents.models import Incident, LogbookEntry, Mission, Report, TimelineEntry, User


def hold(incident_id: uuid.UUID) -> Incident:
    """The incident, locked until the transaction ends. Raises Incident.DoesNotExist.

    PostgreSQL locks the row, but not its key: rows that name the incident can be written by whoever holds another one,
    or two triages that suggest each other would wait in a circle. On SQLite the transaction itself is IMMEDIATE and
    already holds the only write lock.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an incident is held inside a transaction")
    held = Incident.objects.select_for_update(of=("self",), no_key=True)
    return held.select_related("mission").get(pk=incident_id)


def hold_filed(report: Report) -> Incident:
    """The incident a report is filed under, locked. A merge may have moved the report until the lock was ours."""
    while True:
        incident = hold(report.incident_id)
        filed = Report.objects.values_list("incident", flat=True).get(pk=report.pk)
        if filed == incident.pk:
            return incident
        report.incident_id = filed


def hold_both(one: uuid.UUID, other: uuid.UUID) -> dict[uuid.UUID, Incident]:
    """Two incidents by id, locked in the order of their ids: whoever else wants both waits instead of deadlocking."""
    return {pk: hold(pk) for pk in sorted((one, other))}


def touch(incident: Incident) -> None:
    """Say that the desk shows it differently now, where none of its own fields changed: its lists ask by that."""
    incident.save(update_fields=("updated_at",))


def note(incident: Incident, event: str, *, actor: User | None, reason: str = "", **detail: Any) -> None:
    """Add an entry to the timeline. `actor` None is the machine; `detail` holds codes and numbers only."""
    TimelineEntry.objects.create(incident=incident, actor=actor, event=event, reason=reason, detail=detail)


def log(mission: Mission | None, event: str, *, actor: User | None, reason: str = "", **detail: Any) -> None:
    """Add an entry to the logbook, for what belongs to no one incident. `detail` holds codes, ids and numbers only."""
    LogbookEntry.objects.create(mission=mission, actor=actor, event=event, reason=reason, detail=detail)
