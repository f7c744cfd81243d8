"""Checking a whole mission, or all there is: incidents by the hundred, the logbook, the roots. Changes nothing."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

from incidents import chain as arithmetic
from incidents.models import Chain, Incident, Leaf, LogbookEntry, Mission, MissionRoot
from incidents.seals.check_chain import check
from incidents.seals.check_incidents import Files, check_incidents
from incidents.seals.check_roots import Stamps, check_roots
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
    yield from check_roots(mission.pk if mission else None, key=key, stamps=stamps)


def _batches(mission: Mission | None) -> Iterator[list[uuid.UUID]]:
    there = Incident.objects.filter(mission=mission).order_by("pk").values_list("pk", flat=True)
    batch = list(there[:BATCH]) if mission else []
    while batch:
        yield batch
        batch = list(there.filter(pk__gt=batch[-1])[:BATCH])


def check_logbook(mission: Mission | None, *, key: bytes) -> Iterator[Fault]:
    name = arithmetic.logbook_name(mission.pk if mission else None)
    chain = Chain.objects.filter(pk=name).first()
    entries = LogbookEntry.objects.filter(mission=mission).order_by("seq")
    if chain is None and not entries.exists():
        return  # nothing was written yet; what a root holds of it is told with the roots
    rooted = dict(Leaf.objects.filter(chain=name).values_list("count", "head"))
    yield from check(name, chain, entries.iterator(chunk_size=2_000), key=key, rooted=rooted)


def check_written(mission: Mission | None, written: str) -> MissionRoot | None:
    """The root that somebody wrote down, of this mission; None where it is none of its record."""
    found = arithmetic.read(written)
    return MissionRoot.objects.filter(mission=mission, root=found).first() if len(found) == 64 else None


def unknown_root(written: str) -> Fault:
    return Fault(Found.UNKNOWN_ROOT, about=written)
