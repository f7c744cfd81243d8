"""Measuring the scorer of duplicates against an archive that says which reports tell of one event.

The truth splits the file by event and judges what was suggested; the scorer is handed facts only. Reports are taken in
the order in which they were published, each with what was known by then.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from incidents.management.archive import Row
from incidents.triage.duplicates import Context, Facts, Table, score
from incidents.triage.duplicates.clusters import Pair, clusters
from incidents.triage.duplicates.facts import Grain, days_apart
from incidents.triage.duplicates.nearness import metres
from incidents.triage.duplicates.score import crowd
from incidents.triage.duplicates.weights import SUGGEST_FROM

SEED = "observer"
TUNING_SHARE = 2 / 3
FIRST = 3
# As `candidates` looks for them: days either side, and metres between positions that are better than an area.
WITHIN_DAYS = 3
WITHIN_M = 60_000


def is_tuning(event: str, seed: str = SEED) -> bool:
    """Whether an event belongs to the part that weights may be fitted on: by its name's hash, so always the same."""
    drawn = int.from_bytes(hashlib.sha256(f"{seed}:{event}".encode()).digest()[:4], "big")
    return drawn / (1 << 32) < TUNING_SHARE


def comparisons(rows: Iterable[Row]) -> Iterator[tuple[Row, list[Row], Context]]:
    """Each report, by publication, with the earlier ones that are worth comparing and what was usual by then."""
    earlier: dict[str, list[Row]] = defaultdict(list)
    context = Context()
    for row in sorted(rows, key=lambda row: row.order):
        context.add(row.facts)
        near = [other for other in earlier[row.country] if _is_near(row.facts, other.facts)]
        context.crowd = crowd(row.facts, (other.facts for other in near))
        yield row, near, context
        earlier[row.country].append(row)


def _is_near(a: Facts, b: Facts) -> bool:
    if days_apart(a, b) > WITHIN_DAYS:
        return False
    apart = None if Grain.AREA in (a.grain, b.grain) else metres(a, b)
    return apart is None or apart <= WITHIN_M


@dataclass
class Suggested:
    """What the scorer made of a set of reports; names are numbers of rows."""

    bits: dict[Pair, float] = field(default_factory=dict)
    first: dict[str, list[str]] = field(default_factory=dict)
    clusters: list[list[str]] = field(default_factory=list)


def suggest(rows: list[Row], table: Table, tick: Callable[[], object] = lambda: None) -> Suggested:
    found = Suggested()
    for row, near, context in comparisons(rows):
        totals = {other.name: score(row.facts, other.facts, table, context).bits for other in near}
        found.first[row.name] = sorted(totals, key=lambda name: (-totals[name], name))[:FIRST]
        for name, bits in totals.items():
            found.bits[min(row.name, name), max(row.name, name)] = bits
        tick()
    found.clusters = clusters((row.name for row in rows), found.bits, threshold=table.bits(SUGGEST_FROM))
    return found


def measures(rows: list[Row], found: Suggested) -> dict[str, float | int]:
    """Precision, recall and F1 of the pairs under the suggested incidents, B-cubed F1 (Bagga and Baldwin 1998), and the
    share of reports with an earlier twin that have one among their first three suggestions."""
    truth = {row.name: row.event for row in rows}
    sizes: dict[str, int] = defaultdict(int)
    for event in truth.values():
        sizes[event] += 1
    true_pairs = sum(size * (size - 1) // 2 for size in sizes.values())
    joined = [pair for members in found.clusters for pair in combinations(members, 2)]
    right = sum(truth[a] == truth[b] for a, b in joined)
    precision, recall = _share(right, len(joined)), _share(right, true_pairs)
    return {
        "reports": len(rows),
        "events": len(sizes),
        "pair_precision": precision,
        "pair_recall": recall,
        "pair_f1": _f1(precision, recall),
        "top3_recall": _first_three(rows, truth, found),
        "bcubed_f1": _b_cubed(truth, sizes, found.clusters),
    }


def _first_three(rows: list[Row], truth: dict[str, str], found: Suggested) -> float:
    seen: set[str] = set()
    hits: list[bool] = []
    for row in sorted(rows, key=lambda row: row.order):
        if row.event in seen:
            hits.append(any(truth[name] == row.event for name in found.first[row.name]))
        seen.add(row.event)
    return _share(sum(hits), len(hits))


def _b_cubed(truth: dict[str, str], sizes: dict[str, int], found: list[list[str]]) -> float:
    precision = recall = 0.0
    for members in found:
        for name in members:
            same = sum(truth[other] == truth[name] for other in members)
            precision += same / len(members)
            recall += same / sizes[truth[name]]
    return _f1(_share(precision, len(truth)), _share(recall, len(truth)))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _f1(precision: float, recall: float) -> float:
    return _share(2 * precision * recall, precision + recall)
