"""Checking a whole mission, or all there is: incidents by the hundred, the logbook, the roots. Changes nothing."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction

from incidents import chain as arithmetic
from incidents.models import Chain, Incident, Leaf, LogbookEntry, Mission
from incidents.seals.check_chain import check
from incidents.seals.check_incidents import Files, check_incidents
from incidents.seals.check_roots import Stamps, check_roots, roots_name
from incidents.seals.faults import Fault, Found
from incidents.seals.keys import record_key

BATCH = 200


def check_mission(
    mission: Mission | None,
    *,
    files: Files | None = None,
    stamps: Stamps | None = None,
    progress: Callable[[int], Any] = lambda incidents: None,
) -> Iterator[Fault]:
    """The faults of a mission's record, one at a time; of what belongs to no mission for None."""
    key = record_key()
    for ids in _batches(mission):
        yield from check_incidents(ids, key=key, files=files)
        progress(len(ids))
    yield from check_logbook(mission, key=key)
    pk = mission.pk if mission else None
    yield from _twice(roots_name(pk), lambda: check_roots(pk, key=key, stamps=stamps))


def _batches(mission: Mission | None) -> Iterator[list[uuid.UUID]]:
    there = Incident.objects.filter(mission=mission).order_by("pk").values_list("pk", flat=True)
    batch = list(there[:BATCH]) if mission else []
    while batch:
        yield batch
        batch = list(there.filter(pk__gt=batch[-1])[:BATCH])


def _twice(name: str, look: Callable[[], Iterator[Fault]]) -> list[Fault]:
    """What does not hold at first sight is looked at once more while nobody can add to the chain."""
    if not any(True for _fault in look()):
        return []
    with transaction.atomic():
        list(Chain.objects.select_for_update().filter(pk=name).values_list("pk"))
        return list(look())


def check_logbook(mission: Mission | None, *, key: bytes) -> list[Fault]:
    name = arithmetic.logbook_name(mission.pk if mission else None)
    return _twice(name, lambda: look_at_logbook(mission, key=key))


def look_at_logbook(mission: Mission | None, *, key: bytes) -> Iterator[Fault]:
    """The same without a second look."""
    name = arithmetic.logbook_name(mission.pk if mission else None)
    chain = Chain.objects.filter(pk=name).first()
    entries = LogbookEntry.objects.filter(mission=mission).order_by("seq")
    if chain is None and not entries.exists():
        return  # nothing was written yet; what a root holds of it is told with the roots
    rooted = dict(Leaf.objects.filter(chain=name).values_list("count", "head"))
    yield from check(name, chain, entries.iterator(chunk_size=2_000), key=key, rooted=rooted)


def unknown_root(written: str) -> Fault:
    return Fault(Found.UNKNOWN_ROOT, about=written)
