"""Sealing the record: an entry is put after the one before it, and marked with a key that is not in the database.

Who rules the database can compute every hash anew, but no seal. Knows nothing of when entries are written.
"""

import hashlib
import hmac
from typing import Any

from django.utils import timezone

from incidents import chain as arithmetic
from incidents.models import Chain, LogbookEntry, MissionRoot, TimelineEntry
from incidents.seals.keys import record_key

Entry = TimelineEntry | LogbookEntry


def seal(kind: str, digest: str, key: bytes | None = None) -> str:
    """`kind` keeps the seal of an entry from passing for that of a head."""
    return hmac.new(key or record_key(), f"{kind} {digest}".encode(), hashlib.sha256).hexdigest()


def told(entry: Entry) -> dict[str, Any]:
    """An entry as it is hashed, from its row."""
    return arithmetic.told(
        entry.chain_name,
        seq=entry.seq,
        at=entry.at,
        actor=entry.actor_id,
        by=entry.by,
        event=entry.event,
        detail=entry.detail,
        reason=entry.reason,
        previous=entry.previous,
    )


def link(chain: Chain, entry: Entry) -> None:
    """Put an entry at the end of the chain as it stands; saves neither."""
    entry.seq = chain.count + 1
    entry.previous = chain.head
    entry.by = entry.actor.code if entry.actor else ""
    now = timezone.now()
    entry.at = max(now, chain.last_at) if chain.last_at else now
    entry.hash = arithmetic.digest(told(entry))
    entry.seal = seal("entry", entry.hash)


def ahead(chain: Chain, entry: Entry) -> dict[str, Any]:
    """The chain's fields once the entry is its last one."""
    moved: dict[str, Any] = {"count": entry.seq, "head": entry.hash}
    fixed: dict[str, Any] = {"inherited": chain.inherited, "regrown": chain.regrown}
    return {**moved, "last_at": entry.at, "seal": seal("head", arithmetic.head_digest(chain.name, **moved, **fixed))}


def head_digest(chain: Chain) -> str:
    return arithmetic.head_digest(
        chain.name, count=chain.count, head=chain.head, inherited=chain.inherited, regrown=chain.regrown
    )


def root_told(root: MissionRoot) -> dict[str, Any]:
    """A root as it is hashed, from its row."""
    return arithmetic.root_told(
        root.mission_id,
        number=root.number,
        day=root.day.isoformat(),
        made_at=root.made_at,
        leaves=root.leaf_count,
        tree=root.merkle,
        previous=root.previous,
    )
