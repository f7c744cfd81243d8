"""The gestures every verb shares: hold the incident's row, say it changed, write into its timeline or the logbook."""

import uuid
from typing import Any

from django.db import transaction

from incidents.actions.read_only import check_step
from incidents.chain import genesis, timeline_name
from incidents.models import Chain, Incident, LogbookEntry, Mission, Report, TimelineEntry, User
from incidents.seals.record import ahead, head_digest, link, seal


def hold(incident_id: uuid.UUID) -> Incident:
    """The incident, locked until the transaction ends. Raises Incident.DoesNotExist.

    PostgreSQL locks the row, but not its key: rows that name the incident can be written by whoever holds another one,
    or two triages that suggest each other would wait in a circle. On SQLite the transaction itself is IMMEDIATE and
    already holds the only write lock.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an incident is held inside a transaction")
    held = Incident.objects.select_for_update(of=("self",), no_key=True)
    return held.select_related("mission", "chain").get(pk=incident_id)


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
    check_step(incident, event, actor)
    entry = TimelineEntry(incident=incident, actor=actor, event=event, reason=reason, detail=detail)
    with transaction.atomic(savepoint=False):
        _append(_chain_of(incident), entry)


def log(mission: Mission | None, event: str, *, actor: User | None, reason: str = "", **detail: Any) -> LogbookEntry:
    """Add an entry to the logbook, for what belongs to no one incident. `detail` holds codes, ids and numbers only.

    Call it after all else that the transaction locks: until that ends, the mission's other entries wait.
    """
    entry = LogbookEntry(mission=mission, actor=actor, event=event, reason=reason, detail=detail)
    with transaction.atomic(savepoint=False):
        chain = Chain.objects.filter(pk=entry.chain_name).first()
        _append(chain or _grown(Chain(name=entry.chain_name, mission=mission)), entry)
    return entry


# -- the chain (docs/record.md) ----------------------------------------------------------------------------------------


def begin(incident: Incident) -> None:
    """Say of an incident that was made just now that nothing was written of it, so that nobody need ask."""
    incident.chain = _empty(_of(incident))


def _chain_of(incident: Incident) -> Chain:
    """Remembered on the incident: several notes in a transaction ask once, and where it was held, not at all."""
    known: Chain | None = getattr(incident, "chain", None)
    if known is None:
        known = incident.chain = _grown(_of(incident))
    return known


def _of(incident: Incident) -> Chain:
    return Chain(name=timeline_name(incident.pk), incident=incident, mission_id=incident.mission_id)


def _empty(chain: Chain) -> Chain:
    chain.head = genesis(chain.name, chain.inherited)
    return chain


def _grown(chain: Chain) -> Chain:
    """The chain of what has none: empty; but where there are entries, somebody took it away, and that stays told."""
    entries: Any = TimelineEntry if chain.incident_id else LogbookEntry
    theirs = {"incident": chain.incident_id} if chain.incident_id else {"mission": chain.mission_id}
    last = entries.objects.filter(**theirs).order_by("-seq").first()
    if last is None:
        _empty(chain)
    else:
        chain.count, chain.head, chain.last_at, chain.regrown = last.seq, last.hash, last.at, True
    chain.seal = seal("head", head_digest(chain))
    Chain.objects.bulk_create([chain], ignore_conflicts=True)
    return Chain.objects.get(pk=chain.pk)


def _append(chain: Chain, entry: TimelineEntry | LogbookEntry) -> None:
    """The chain moves on only from where it was read: of two that write at once, one reads anew and comes after."""
    link(chain, entry)
    while not _advance(chain, ahead(chain, entry)):
        fresh = Chain.objects.filter(pk=chain.pk).first() or _grown(chain)
        for name in ("count", "head", "last_at", "inherited", "regrown"):
            setattr(chain, name, getattr(fresh, name))
        link(chain, entry)
    entry.save(force_insert=True)


def _advance(chain: Chain, moved: dict[str, Any]) -> bool:
    is_new = chain._state.adding
    there = Chain.objects.filter(pk=chain.pk, count=chain.count, head=chain.head)
    if not is_new and not there.update(**moved):
        return False
    for name, value in moved.items():
        setattr(chain, name, value)
    if is_new:
        chain.save(force_insert=True)
    return True
