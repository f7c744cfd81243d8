"""Checking incidents: their timelines, and whether every report, file, question and answer is the one they tell of.

Goes through the incidents it is given at once, in as many questions as for one of them.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, Q

from incidents.chain import timeline_name
from incidents.models import Chain, Evidence, Incident, Leaf, Merge, Question, Reply, Report, Revision, TimelineEntry
from incidents.seals.bound import KINDS, bound, kind_of
from incidents.seals.check_chain import check
from incidents.seals.faults import Fault, Found

# Says what is wrong with the file of a piece of evidence, if anything.
Files = Callable[[Evidence], Found | None]
GAINED = ("report.received", "reports.taken_over", "incident.restored")
LOST = ("incident.merged", "reports.given_back")


@dataclass
class Told:
    """What the timelines say: which row has which hash, by which entry; and which reports stand where."""

    rows: dict[str, tuple[str, Fault]] = field(default_factory=dict)
    filed: dict[uuid.UUID, set[str]] = field(default_factory=dict)

    def begin(self, pk: Any, chain: Chain | None) -> None:
        left: dict[str, Any] = (chain.inherited if chain else None) or {}
        self.filed[pk] = set(left.get("filed", ()))
        for text in left.get("bound", ()):
            self._bind(text, Fault(Found.ROW_CHANGED, chain.name if chain else ""))

    def passing(self, entries: Iterable[TimelineEntry], chain: Chain | None) -> Iterator[TimelineEntry]:
        """The entries as they come, and what they say is kept."""
        old = ((chain.inherited if chain else None) or {}).get("count", 0)
        for entry in entries:
            detail = entry.detail if isinstance(entry.detail, dict) else {}
            if isinstance(text := detail.get("bound"), str):
                self._bind(text, Fault(Found.ROW_CHANGED, entry.chain_name, entry.seq, entry.at))
            if entry.seq > old:
                self._file(entry, detail)
            yield entry

    def _bind(self, text: str, place: Fault) -> None:
        row, _space, digest = text.rpartition(" ")
        self.rows[row] = (digest, place)

    def _file(self, entry: TimelineEntry, detail: dict[str, Any]) -> None:
        said = str(detail.get("report" if entry.event == "report.received" else "moved", "")).split()
        if entry.event in GAINED:
            self.filed[entry.incident_id].update(said)
        elif entry.event in LOST:
            self.filed[entry.incident_id].difference_update(said)


def check_incidents(ids: list[uuid.UUID], *, key: bytes, files: Files | None = None) -> Iterator[Fault]:
    """The faults of these incidents, of what they tell of and, where `files` says how to look, of files.

    People may be writing meanwhile: what does not hold at first sight is looked at once more while nobody can.
    """
    doubtful = {fault.chain for fault in look_at(ids, key=key, files=files)}
    for pk in ids:
        if timeline_name(pk) in doubtful:
            with transaction.atomic():
                # In the order in which verbs lock them.
                list(Incident.objects.select_for_update(no_key=True).filter(pk=pk).values_list("pk"))
                list(Chain.objects.select_for_update().filter(incident=pk).values_list("pk"))
                found = list(look_at([pk], key=key, files=files))
            yield from found


def look_at(ids: list[uuid.UUID], *, key: bytes, files: Files | None = None) -> Iterator[Fault]:
    """The same without a second look: for incidents that nobody writes to."""
    chains = {chain.incident_id: chain for chain in Chain.objects.filter(incident__in=ids)}
    rooted = _rooted(chains.values())
    told = Told()
    entries = TimelineEntry.objects.filter(incident__in=ids).order_by("incident", "seq").iterator(chunk_size=2_000)
    bare = set(ids)
    for pk, theirs in groupby(entries, key=lambda entry: entry.incident_id):
        bare.discard(pk)
        yield from _check_one(pk, chains.get(pk), theirs, told, rooted, key)
    for pk in sorted(bare):
        yield from _check_one(pk, chains.get(pk), (), told, rooted, key)
    yield from _check_rows(ids, told, files)


def _rooted(chains: Iterable[Chain]) -> dict[str, dict[int, str]]:
    found: dict[str, dict[int, str]] = {}
    leaves = Leaf.objects.filter(chain__in=[chain.name for chain in chains])
    for name, count, head in leaves.values_list("chain", "count", "head"):
        found.setdefault(name, {})[count] = head
    return found


def _check_one(
    pk: uuid.UUID,
    chain: Chain | None,
    entries: Iterable[TimelineEntry],
    told: Told,
    rooted: dict[str, dict[int, str]],
    key: bytes,
) -> Iterator[Fault]:
    name = timeline_name(pk)
    told.begin(pk, chain)
    yield from check(name, chain, told.passing(entries, chain), key=key, rooted=rooted.get(name))


def _check_rows(ids: list[uuid.UUID], told: Told, files: Files | None) -> Iterator[Fault]:
    standing: dict[uuid.UUID, set[str]] = {pk: set() for pk in ids}
    for row, incident_id in _rows(ids):
        if isinstance(row, Report):
            standing[incident_id].add(row.reference)
        yield from _check_row(row, incident_id, told)
        wrong = files(row) if files and isinstance(row, Evidence) else None
        if wrong:
            yield Fault(wrong, timeline_name(incident_id), about=_called(row))
    yield from _check_left(told)
    yield from _check_filed(told, standing)


def _rows(ids: list[uuid.UUID]) -> Iterator[tuple[Any, uuid.UUID]]:
    """Every row that hangs on these incidents now, with the incident."""
    for report in Report.objects.filter(incident__in=ids).iterator(chunk_size=500):
        yield report, report.incident_id
    there: tuple[tuple[Any, str], ...] = (
        (Evidence, "report"),
        (Revision, "report"),
        (Question, "report"),
        (Reply, "question__report"),
    )
    for model, way in there:
        hanging = model._default_manager.filter(**{f"{way}__incident__in": ids}).select_related(way)
        for row in hanging.iterator(chunk_size=500):
            report = row.question.report if isinstance(row, Reply) else row.report
            yield row, report.incident_id


def _check_row(row: Model, incident_id: uuid.UUID, told: Told) -> Iterator[Fault]:
    text = bound(row)
    named, _space, digest = text.rpartition(" ")
    known, place = told.rows.pop(named) if named in told.rows else _told_elsewhere(named, incident_id)
    if not known:
        yield Fault(Found.ROW_INSERTED, timeline_name(incident_id), about=_called(row))
    elif known != digest:
        yield Fault(Found.ROW_CHANGED, place.chain, place.seq, place.at, _called(row))


def _check_left(told: Told) -> Iterator[Fault]:
    """What is told of and does not hang on these incidents: moved by a merge, or gone."""
    for named, (digest, place) in told.rows.items():
        kind, _space, pk = named.partition(" ")
        row = _found(kind, pk)
        if row is None:
            yield Fault(Found.ROW_GONE, place.chain, place.seq, place.at, f"{kind} {pk[:8]}")
        elif bound(row) != f"{named} {digest}":
            yield Fault(Found.ROW_CHANGED, place.chain, place.seq, place.at, _called(row))


def _found(kind: str, pk: str) -> Any:
    """The row; None also where what is told of can be no row, for somebody wrote over it."""
    if kind not in KINDS:
        return None
    try:
        return KINDS[kind]._default_manager.filter(pk=pk).first()
    except (ValueError, ValidationError):
        return None


def _check_filed(told: Told, standing: dict[uuid.UUID, set[str]]) -> Iterator[Fault]:
    for pk, there in standing.items():
        said = told.filed.get(pk, set())
        # What is gone altogether is named as such.
        lost = Report.objects.filter(reference__in=said - there).values_list("reference", flat=True)
        left = set(lost) if said - there else set()
        for reference in sorted((there - said) | set(left)):
            yield Fault(Found.FILED, timeline_name(pk), about=f"report {reference}")


def _told_elsewhere(named: str, incident_id: uuid.UUID) -> tuple[str, Fault]:
    """What an incident that was merged with this one at any time says of the row; an empty hash where none does."""
    family, fresh = {incident_id}, {incident_id}
    while fresh:
        merges = Merge.objects.filter(Q(kept__in=fresh) | Q(emptied__in=fresh)).values_list("kept", "emptied")
        fresh = {pk for pair in merges for pk in pair} - family
        family |= fresh
    others = family - {incident_id}
    told = Told()
    entries = TimelineEntry.objects.filter(incident__in=others, detail__bound__startswith=f"{named} ")
    left = Chain.objects.filter(incident__in=others, inherited__isnull=False)
    for pk in others:
        told.begin(pk, None)
    for chain in left:
        told.begin(chain.incident_id, chain)
    list(told.passing(entries, None))
    return told.rows.get(named, ("", Fault(Found.ROW_INSERTED)))


def _called(row: Model) -> str:
    return f"{kind_of(row)} {row.reference if isinstance(row, Report) else str(row.pk)[:8]}"
