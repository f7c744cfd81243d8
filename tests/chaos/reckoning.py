"""The reckoning at the end of a run: what phones were promised against rows, files and the mail that was accepted.

Who should have been told is reckoned from where a report was filed, not by asking the product.
"""

import contextlib
import hashlib
import time
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from tests.chaos.phones import Filing, Promises
from tests.chaos.world import World

DRAINED_WITHIN_S = 120
UNFINISHED = (
    "SELECT (SELECT count(*) FROM incidents_assessment WHERE state <> 'done'), "
    "(SELECT count(*) FROM incidents_delivery WHERE state <> 'done'), "
    "(SELECT count(*) FROM incidents_evidence WHERE state <> 'done')"
)


@dataclass
class Reckoning:
    acknowledged: int = 0
    drained_s: float | None = None
    kills: Counter = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    stored_twice: list[str] = field(default_factory=list)
    files: int = 0
    files_lost: list[str] = field(default_factory=list)
    untriaged: list[str] = field(default_factory=list)
    notifications: int = 0
    missing: list[str] = field(default_factory=list)
    duplicates: int = 0
    unmarked: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)

    WRONG = ("lost", "given_up", "stored_twice", "files_lost", "untriaged", "missing", "unmarked", "unfinished")

    def faults(self) -> dict[str, int]:
        return {name: len(getattr(self, name)) for name in self.WRONG if getattr(self, name)}

    def table(self) -> str:
        drained = "not in time" if self.drained_s is None else f"{self.drained_s:.0f} s after the last kill"
        rows = [
            ("kills", f"{sum(self.kills.values())}: {', '.join(f'{k} {n}' for k, n in sorted(self.kills.items()))}"),
            ("reports acknowledged", self.acknowledged),
            ("  lost", len(self.lost)),
            ("  never acknowledged", len(self.given_up)),
            ("  stored twice", len(self.stored_twice)),
            ("  untriaged", len(self.untriaged)),
            ("files complete", self.files),
            ("  lost or changed", len(self.files_lost)),
            ("notifications due", self.notifications),
            ("  missing", len(self.missing)),
            ("  sent twice and marked", self.duplicates),
            ("  sent twice, unmarked", len(self.unmarked)),
            ("work left undone", len(self.unfinished)),
            ("drained", drained),
        ]
        verdict = "reconciled" if not self.faults() else f"DOES NOT RECONCILE: {self.faults()}"
        return "\n".join(f"  {name:26} {value}" for name, value in rows) + f"\n  {verdict}"


def wait_until_drained(world: World, seconds: float = DRAINED_WITHIN_S, *, tell=None) -> float | None:
    """Seconds from the last kill to when nothing was left to do; None where that lasted longer than `seconds`."""
    while time.time() - world.init.last_kill < seconds:
        left = unfinished(world)
        if left and not any(left):
            return time.time() - world.init.last_kill
        if tell and left:
            tell(left)
        time.sleep(0.5)
    return None


def wait_until_still(world: World, seconds: float) -> None:
    """Until nothing has moved for so long: what is undone by then stays undone where nothing is tried again."""
    before, since = None, time.time()
    while time.time() - since < seconds:
        now = unfinished(world)
        if now is None or now != before:
            before, since = now, time.time()
        time.sleep(0.5)


def unfinished(world: World) -> tuple[int, int, int] | None:
    """Triage, deliveries and files that wait; None where the database does not answer just now."""
    with contextlib.suppress(Exception):
        return world.stack.rows(UNFINISHED)[0]
    return None


def reckon(world: World, filings: list[Filing], promises: Promises, drained: float | None) -> Reckoning:
    found = Reckoning(len(promises.reports), drained, world.init.kills.copy())
    found.given_up = [str(one) for one in promises.given_up]
    filed = {filing.id: filing for filing in filings}
    incidents = _reports(world, filed, promises, found)
    _files(world, promises, found)
    _notifications(world, filed, incidents, promises, found)
    found.unfinished = [f"{what} {left}" for what, left in zip("adf", unfinished(world) or (), strict=False) if left]
    return found


def _reports(world: World, filed: dict, promises: Promises, found: Reckoning) -> dict[uuid.UUID, uuid.UUID]:
    """The incident of each report that is there."""
    rows = world.stack.rows(
        "SELECT r.id, r.incident_id, a.state FROM incidents_report r "
        "LEFT JOIN incidents_assessment a ON a.report_id = r.id WHERE r.channel = 'phone'"
    )
    there = {as_id(report): (as_id(incident), state) for report, incident, state in rows}
    found.lost = [str(report) for report in promises.reports if report not in there]
    found.stored_twice = [str(report) for report in there if report not in filed]
    found.untriaged = [str(report) for report in promises.reports if report in there and there[report][1] != "done"]
    return {report: incident for report, (incident, _state) in there.items()}


def _files(world: World, promises: Promises, found: Reckoning) -> None:
    found.files = len(promises.files)
    rows = world.stack.rows("SELECT report_id, sha256 FROM incidents_evidence")
    there = {(as_id(report), sha256) for report, sha256 in rows}
    for report, sha256 in promises.files.items():
        path = world.stack.data / "evidence" / "originals" / sha256[:2] / sha256
        whole = path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256
        if (report, sha256) not in there or not whole:
            found.files_lost.append(str(report))


def _notifications(world: World, filed: dict, incidents: dict, promises: Promises, found: Reckoning) -> None:
    rows = world.stack.rows(
        "SELECT d.id, d.incident_id, u.username, d.kind, d.possible_duplicate "
        "FROM incidents_delivery d JOIN incidents_user u ON u.id = d.recipient_id"
    )
    accepted = defaultdict(list)
    for line in world.sink.accepted():
        accepted[as_id(line["delivery"])].append(line)
    told = defaultdict(set)
    for pk, incident, username, kind, _marked in rows:
        if as_id(pk) in accepted:
            told[as_id(incident), kind].add(username)
    for report in promises.reports:
        filing = filed[report]
        kind = "danger" if filing.is_danger else "new_incident"
        found.notifications += len(filing.told)
        found.missing += [f"{report} {name}" for name in filing.told - told[incidents.get(report), kind]]
    before = {as_id(pk) for pk in world.before}
    # Of any kind: what is there was to be sent.
    unsent = [as_id(pk) for pk, *_ in rows if as_id(pk) not in accepted and as_id(pk) not in before]
    found.missing += [str(pk) for pk in unsent]
    marked = {as_id(pk): bool(row[-1]) for pk, *row in rows}
    _duplicates(accepted, marked, found)


def _duplicates(accepted: dict, marked: dict[uuid.UUID, bool], found: Reckoning) -> None:
    """Exactly once is impossible; a second one says that it may be one, in its row and to its reader."""
    for pk, lines in accepted.items():
        if len(lines) > 1:
            if marked.get(pk) and all(line["says_so"] for line in lines[1:]):
                found.duplicates += 1
            else:
                found.unmarked.append(str(pk))


def as_id(value: object) -> uuid.UUID:
    """SQLite keeps ids as text without hyphens."""
    return uuid.UUID(str(value))


def moment(value: object) -> float:
    """SQLite keeps moments as text, without a zone: UTC."""
    read = datetime.fromisoformat(f"{value}+00:00") if isinstance(value, str) else value
    return read.timestamp()
