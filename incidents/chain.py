"""The arithmetic of the record: canonical text, hashes of entries, heads and roots, as docs/record.md tells it.

Pure: knows no rows, no key and no clock. What is hashed may only change with its version: what is written stays.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

VERSION = 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
GROUP, GROUPS = 8, 8
_LEAF, _NODE = b"\x00", b"\x01"
# What people write for a digit that they saw or heard.
_MISREAD = str.maketrans("OoIiLl", "001111")


def canonical(value: Any) -> bytes:
    """JSON in UTF-8: keys in the order of their code points, no spaces, no escapes but those JSON demands."""
    plain = _plain(value)
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)  # a database may give 1e16 back as a whole number
    return str(value) if isinstance(value, str) else value


def digest(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def micros(moment: datetime) -> int:
    """Microseconds since 1970 in UTC."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def timeline_name(incident_id: Any) -> str:
    return f"timeline {incident_id}"


def logbook_name(mission_id: int | None) -> str:
    """Of a mission's logbook; of what belongs to no mission for None."""
    return f"logbook {mission_id or 0}"


def genesis(chain: str, inherited: Any) -> str:
    """What the first entry of a chain names as the one before. `inherited`: what an earlier release left; else None."""
    return digest({"v": VERSION, "chain": chain, "inherited": inherited})


def told(
    chain: str,
    *,
    seq: int,
    at: datetime,
    actor: int | None,
    by: str,
    event: str,
    detail: Any,
    reason: str,
    previous: str,
) -> dict[str, Any]:
    """An entry as it is hashed. `by` is the actor's code as it was then; empty is the machine."""
    return {
        "v": VERSION,
        "chain": chain,
        "seq": seq,
        "at": micros(at),
        "actor": actor,
        "by": by,
        "event": event,
        "detail": detail,
        "reason": reason,
        "previous": previous,
    }


def head_digest(chain: str, *, count: int, head: str, inherited: Any, regrown: bool) -> str:
    return digest(
        {"v": VERSION, "chain": chain, "count": count, "head": head, "inherited": inherited, "regrown": regrown}
    )


# -- the roots ---------------------------------------------------------------------------------------------------------


def leaf(chain: str, count: int, head: str) -> bytes:
    return hashlib.sha256(_LEAF + canonical([chain, count, head])).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()


def merkle(leaves: Iterable[bytes]) -> str:
    """The root of a tree as in RFC 6962, 2.1, holding no more than its right edge."""
    edge: list[tuple[int, bytes]] = []
    for found in leaves:
        edge.append((1, found))
        while len(edge) > 1 and edge[-1][0] == edge[-2][0]:
            (size, left), (_same, right) = edge[-2:]
            edge[-2:] = [(2 * size, _node(left, right))]
    if not edge:
        return hashlib.sha256(b"").hexdigest()
    top = edge.pop()[1]
    while edge:
        top = _node(edge.pop()[1], top)
    return top.hex()


def path(leaves: Sequence[bytes], index: int) -> list[list[str]]:
    """From a leaf up to the root: on which side its neighbour stands, and the neighbour's hash."""
    if len(leaves) < 2:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return [*path(leaves[:half], index), ["right", merkle(leaves[half:])]]
    return [*path(leaves[half:], index - half), ["left", merkle(leaves[:half])]]


def root_told(
    mission: int | None, *, number: int, day: str, made_at: datetime, leaves: int, tree: str, previous: str
) -> dict[str, Any]:
    return {
        "v": VERSION,
        "mission": mission,
        "number": number,
        "day": day,
        "made_at": micros(made_at),
        "leaves": leaves,
        "merkle": tree,
        "previous": previous,
    }


# -- as people write it ------------------------------------------------------------------------------------------------


def groups(root: str) -> list[str]:
    """Eight groups of eight, to be written down or read over the telephone."""
    return [root[start : start + GROUP] for start in range(0, GROUP * GROUPS, GROUP)]


def read(written: str) -> str:
    """The hexadecimals in what somebody typed; spaces, dashes and likely slips do not matter."""
    return "".join(letter for letter in written.translate(_MISREAD).lower() if letter in "0123456789abcdef")
