"""Checking the roots of a mission: each fits what it was made of, follows the one before, and none is missing."""

from collections.abc import Callable, Iterator

from django.db.models import Exists, OuterRef

from incidents import chain as arithmetic
from incidents.models import Chain, Incident, Leaf, MissionRoot
from incidents.seals.faults import Fault, Found
from incidents.seals.record import head_digest, root_told, seal

# Whether the time stamp of a root is one of it.
Stamps = Callable[[MissionRoot], bool]


def roots_name(mission_id: int | None) -> str:
    return f"roots {mission_id or 0}"


def check_roots(mission_id: int | None, *, key: bytes, stamps: Stamps | None = None) -> Iterator[Fault]:
    number, previous = 0, arithmetic.genesis(roots_name(mission_id), None)
    for root in MissionRoot.objects.filter(mission=mission_id).order_by("number").iterator():
        place = {"chain": str(root), "at": root.made_at}
        if root.number != number + 1 or root.previous != previous:
            yield Fault(Found.ROOT_GONE, **place)
        found = _fault_of(root, key)
        if found:
            yield Fault(found, **place)
        if root.token and stamps and not stamps(root):
            yield Fault(Found.STAMP, **place)
        number, previous = root.number, root.root
    yield from _check_last(mission_id, number, previous, key)
    yield from _gone(mission_id)


def _fault_of(root: MissionRoot, key: bytes) -> Found | None:
    count = 0

    def leaves() -> Iterator[bytes]:
        nonlocal count
        for told in root.leaves.order_by("pk").values_list("chain", "count", "head").iterator():
            count += 1
            yield arithmetic.leaf(*told)

    tree = arithmetic.merkle(leaves())
    if (tree, count, arithmetic.digest(root_told(root))) != (root.merkle, root.leaf_count, root.root):
        return Found.ROOT
    return Found.ROOT_FORGED if root.seal != seal("root", root.root, key) else None


def _check_last(mission_id: int | None, number: int, previous: str, key: bytes) -> Iterator[Fault]:
    """The sealed count of roots, by which a missing last one is seen."""
    name = roots_name(mission_id)
    chain = Chain.objects.filter(pk=name).first()
    if chain is None:
        if number:
            yield Fault(Found.HEAD_GONE, name)
        return
    if chain.seal != seal("head", head_digest(chain), key):
        yield Fault(Found.HEAD, name)
    elif (chain.count, chain.head) != (number, previous):
        yield Fault(Found.ROOT_GONE, name, chain.count)


def _gone(mission_id: int | None) -> Iterator[Fault]:
    """Chains that a root holds and that are not there at all; an incident that is there is checked by itself."""
    held = Leaf.objects.filter(root__mission=mission_id)
    lost = held.exclude(Exists(Chain.objects.filter(name=OuterRef("chain")))).order_by("chain")
    for name in lost.values_list("chain", flat=True).distinct():
        kind, _space, pk = name.partition(" ")
        if kind != "timeline" or not Incident.objects.filter(pk=pk).exists():
            yield Fault(Found.WHOLE, name)
