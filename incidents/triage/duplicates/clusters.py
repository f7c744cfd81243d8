"""What would become of the incidents if every suggestion were accepted, the strongest first.

Average linkage: two clusters are as like as the mean over their pairs of reports, and they join while that mean reaches
the threshold. Ties go to the smaller names, so that the order of arrival makes no difference.
"""

import heapq
from collections.abc import Iterable, Mapping

from incidents.triage.duplicates.score import NOT_COMPARED

Pair = tuple[str, str]


def clusters(reports: Iterable[str], bits: Mapping[Pair, float], *, threshold: float) -> list[list[str]]:
    """The reports in clusters, each sorted, in order. `bits` holds each compared pair once, smaller name first."""
    links = _Links(reports, bits, threshold)
    while links.join_next():
        pass
    return sorted(sorted(members) for members in links.members.values())


class _Links:
    def __init__(self, reports: Iterable[str], bits: Mapping[Pair, float], threshold: float) -> None:
        self.threshold = threshold
        self.members = {report: [report] for report in reports}
        # Between clusters, named by their smallest report: sum over the compared pairs of reports, and their number.
        self.links: dict[str, dict[str, tuple[float, int]]] = {report: {} for report in self.members}
        self.waiting: list[tuple[float, str, str, int]] = []
        for (a, b), total in sorted(bits.items()):
            self.links[a][b] = self.links[b][a] = (total, 1)
            self._wait(a, b)

    def _mean(self, a: str, b: str) -> float:
        total, compared = self.links[a][b]
        pairs = len(self.members[a]) * len(self.members[b])
        return (total + NOT_COMPARED * (pairs - compared)) / pairs

    def _wait(self, a: str, b: str) -> None:
        # Rounded: sums taken in another order must tie, or the order of arrival would decide.
        mean = round(self._mean(a, b), 6)
        if mean >= self.threshold:
            heapq.heappush(self.waiting, (-mean, min(a, b), max(a, b), len(self.members[a]) + len(self.members[b])))

    def join_next(self) -> bool:
        """Join the two that are most alike; False when none is left."""
        while self.waiting:
            _mean, a, b, size = heapq.heappop(self.waiting)
            is_current = a in self.members and b in self.members
            if is_current and len(self.members[a]) + len(self.members[b]) == size:
                self._join(a, b)
                return True
        return False

    def _join(self, a: str, b: str) -> None:
        """`a` takes `b` in; it is the smaller name, and stays the cluster's."""
        self.members[a] += self.members.pop(b)
        del self.links[a][b]
        for other, (total, compared) in self.links.pop(b).items():
            if other == a:
                continue
            del self.links[other][b]
            before, counted = self.links[a].get(other, (0.0, 0))
            self.links[a][other] = self.links[other][a] = (before + total, counted + compared)
        for other in self.links[a]:
            self._wait(a, other)
