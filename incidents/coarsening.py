"""How far a place is blurred before it leaves: so far that at least k active monitors stand behind whatever is named.

Places form a tree: the whole mission, its departments, their provinces, and the grid squares in them. A place is a path
in it, such as ("BO-L", "BO-L-01", 8_123), cut off where no more is known. A set of nodes is named in an export; what
lies in none of them is told without a place. Each place is told by the deepest named node that holds it, so a node
stands for its own area less that of the named nodes within: it is that rest which has to hold k, or a subtraction would
single out the few who are left over. Arithmetic only, no database.

Source of the method: generalisation with complementary suppression, as in tables of official statistics (L. Sweeney,
"k-Anonymity", 2002; L. Willenborg and T. de Waal, "Elements of Statistical Disclosure Control", 2001).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

# Codes of a department and a province ("" where it is not known), then the number of a grid square.
Path = tuple[str | int, ...]
EVERYWHERE: Path = ()


class Named(NamedTuple):
    """What an export may name, with how many monitors were active in each, not counting those of named nodes within."""

    nodes: Mapping[Path, int]

    def shown(self, path: Path) -> Path:
        """The deepest named node that holds a place; `EVERYWHERE` when nothing narrower may be told."""
        return next((node for node in _upward(path) if node in self.nodes), EVERYWHERE)


def refine(presence: Mapping[Path, Collection[int]], k: int, before: Collection[Path] = ()) -> Named:
    """What may be named, given which monitors were active where, by their ids.

    Departments come before provinces and those before squares, larger before smaller; a node is named when it holds
    `k`, and leaves `k` to the one it is taken out of. The mission as a whole may be left empty, for whoever reports
    without a place is told alike. What was named `before` stays, so that what is told of a place only ever becomes
    narrower: two answers then never overlap in a group smaller than either. The same presence always gives the same
    names.
    """
    inside = _inside(presence)
    rest = _Rest(presence, {EVERYWHERE, *before})
    for node in sorted(inside, key=lambda path: (len(path), -len(inside[path]), tuple(map(str, path)))):
        if _may_be_named(node):
            rest.take_out(node, k)
    return Named({node: len(rest.of(node)) for node in rest.named})


class _Rest:
    """Who is active in each named node outside of the named nodes within it."""

    def __init__(self, presence: Mapping[Path, Collection[int]], named: Collection[Path]) -> None:
        self.named = set(named)
        self._presence = presence
        self._places: dict[Path, set[Path]] = defaultdict(set)
        for path in presence:
            self._places[self._holder(path)].add(path)

    def of(self, node: Path) -> set[int]:
        return self._people(self._places[node])

    def take_out(self, node: Path, k: int) -> None:
        """Name `node`, unless it or what it is taken out of would then hold too few."""
        above = self._holder(node)
        taken = {path for path in self._places[above] if path[: len(node)] == node}
        left = self._people(self._places[above] - taken)
        enough = len(left) >= k or (above == EVERYWHERE and not left)
        if node in self.named or len(self._people(taken)) < k or not enough:
            return
        self.named.add(node)
        self._places[above] -= taken
        self._places[node] = taken

    def _holder(self, path: Path) -> Path:
        return next(node for node in _upward(path) if node in self.named)

    def _people(self, paths: Collection[Path]) -> set[int]:
        return {person for path in paths for person in self._presence[path]}


def _inside(presence: Mapping[Path, Collection[int]]) -> dict[Path, set[int]]:
    """Who is active in each node of the tree, the nodes within it included."""
    found: dict[Path, set[int]] = defaultdict(set)
    for path, people in presence.items():
        for node in _upward(path):
            found[node].update(people)
    return found


def _upward(path: Path) -> Iterator[Path]:
    """The path and all that hold it, narrowest first, the whole mission last."""
    for length in range(len(path), -1, -1):
        yield path[:length]


def _may_be_named(node: Path) -> bool:
    """A department or province without a code has no name to tell."""
    return bool(node) and node[-1] != ""
