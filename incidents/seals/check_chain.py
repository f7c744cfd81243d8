"""Checking one chain: is every entry there, as it was written, in its place, sealed, and under the head?

Reads entries once, in their order, and keeps two of them: a logbook of a million costs no more memory than one of ten.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain as joined
from itertools import pairwise
from typing import Any

from incidents import chain as arithmetic
from incidents.models import Chain
from incidents.seals.faults import Fault, Found
from incidents.seals.record import Entry, head_digest, seal, told

# How far from its place an entry is looked for that was moved.
NEAR = 50


class Checked:
    """The check of one chain, as far as it has come."""

    def __init__(self, name: str, chain: Chain | None, key: bytes, rooted: Mapping[int, str]) -> None:
        self.name, self.chain, self.key, self.rooted = name, chain, key, rooted
        self.count = 0
        self.head = arithmetic.genesis(name, chain.inherited if chain else None)
        self._at: datetime | None = None
        self._broken = False

    def entries(self, entries: Iterable[Entry]) -> Iterator[Fault]:
        """All faults, in the order of the entries."""
        following: Iterable[Any] = joined(entries, (None,))
        for entry, after in pairwise(following):
            yield from self._take(entry, after)
        yield from self._end()

    def _take(self, entry: Entry, after: Entry | None) -> Iterator[Fault]:
        place: dict[str, Any] = {"chain": self.name, "seq": entry.seq, "at": entry.at}
        was_broken, self._broken = self._broken, False
        if entry.seq > self.count + 1:
            yield Fault(Found.REMOVED, self.name, self.count + 1)
            was_broken = True
        found = self._fault_of(entry, after, was_broken)
        if found:
            yield Fault(found, **place)
        if self.rooted.get(entry.seq, entry.hash) != entry.hash:
            yield Fault(Found.ROOT_ENTRY, **place)
        self._broken = found is not None
        self.count, self.head = entry.seq, entry.hash
        self._at = entry.at if found is None else self._at

    def _fault_of(self, entry: Entry, after: Entry | None, was_broken: bool) -> Found | None:
        if entry.seq <= self.count:
            return Found.INSERTED
        content = _content(entry)
        if content != entry.hash:
            return self._why(entry, content, after)
        if entry.seal != seal("entry", entry.hash, self.key):
            return Found.FORGED
        if entry.previous != self.head and not was_broken:
            return Found.CHANGED
        return None

    def _why(self, entry: Entry, content: str, after: Entry | None) -> Found:
        """What was done to an entry whose hash is not that of what it says."""
        if self._is_moved(entry):
            return Found.REORDERED
        if self._at and entry.at and entry.at < self._at:
            return Found.BACKDATED
        known = after.previous if after else (self.chain.head if self.chain else "")
        return Found.CHANGED if known in (entry.hash, content) else Found.INSERTED

    def _is_moved(self, entry: Entry) -> bool:
        if not _content(entry):
            return False
        said = told(entry)
        places = range(max(1, entry.seq - NEAR), entry.seq + NEAR + 1)
        return any(arithmetic.digest({**said, "seq": place}) == entry.hash for place in places)

    def _end(self) -> Iterator[Fault]:
        chain = self.chain
        if chain is None:
            yield Fault(Found.HEAD_GONE, self.name)
            return
        if chain.seal != seal("head", head_digest(chain), self.key):
            yield Fault(Found.HEAD, self.name)
        elif chain.count > self.count:
            yield Fault(Found.TAIL, self.name, self.count + 1)
        elif chain.count < self.count:
            yield Fault(Found.INSERTED, self.name, chain.count + 1)
        elif chain.head != self.head and not self._broken:
            yield Fault(Found.HEAD, self.name, self.count)
        if chain.regrown:
            yield Fault(Found.REGROWN, self.name)


def _content(entry: Entry) -> str:
    """The hash of what it says; empty where somebody wrote in what can't have been said."""
    try:
        return arithmetic.digest(told(entry))
    except (TypeError, ValueError, AttributeError, OverflowError):
        return ""


def check(
    name: str, chain: Chain | None, entries: Iterable[Entry], *, key: bytes, rooted: Mapping[int, str] | None = None
) -> Iterator[Fault]:
    """The faults of one chain; `entries` by their place, `rooted` the hashes that roots hold, by place."""
    return Checked(name, chain, key, rooted or {}).entries(entries)
