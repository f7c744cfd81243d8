"""A rise in reports, noticed soon and with a rate of false alarms that is set, not guessed.

Method, version 1: the Shiryaev–Roberts procedure for a Poisson process whose rate varies over the day (Kenett and
Pollak 1996), averaged over a doubling, a tenfold and a hundredfold rise. Each key runs on its own clock, on which one
report is expected per unit, by the predictive of a gamma–Poisson baseline that is drawn towards the mission's. On that
clock all keys are alike, so that one threshold serves sparse and busy ones: README.md says why it keeps its promise.
Pure: sightings in, rises out.
"""

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from incidents.triage.baseline import DAY_H, FADE, SHAPE, Baseline, Clock, Key, Level, keys_of

VERSION = "surge-1"

RISES = (2.0, 10.0, 100.0)
# By how much the statistic overshoots its threshold on average, as `tests/triage/test_surge.py` measures it.
OVERSHOOT = 1.95
# One monitor counts once in this time towards the same key: independent voices, not messages.
ONE_VOICE_H = 6.0
# Windows that a rise is told in: the one that shows it most clearly.
WINDOWS_H = (1.0, 3.0, 6.0, 24.0, 72.0, 168.0)
FEWEST = 3
# What is usual is not known before.
LEARNING_H = 48.0


class Sighting(NamedTuple):
    """One report. `at` in hours of the mission's clock; `source` is the monitor, or the report where none is known."""

    at: float
    department: int | None
    perpetrators: tuple[str, ...]
    category: str
    source: Any
    incident: Any = None


@dataclass
class Rise:
    """More than usual. `observed` in the window from `start` to `end`, where `expected` would be usual."""

    key: Key
    start: float
    raised: float
    end: float
    observed: int
    expected: float
    score: float
    usual: float
    closed: float | None = None
    incidents: list[Any] = field(default_factory=list)

    @property
    def times(self) -> float:
        return max(1.0, self.observed / self.expected)

    @property
    def span(self) -> float:
        """How long it must be quiet to be over: as long as the window, six hours at least."""
        return max(6.0, self.raised - self.start)


def detect(sightings: Iterable[Sighting], *, now: float, false_alarms_per_week: float) -> list[Rise]:
    """All rises up to `now`, in the order in which they were raised. The order of the sightings does not matter."""
    watch = Watch(false_alarms_per_week)
    for sighting in sorted(sightings, key=lambda seen: (seen.at, str(seen.source), str(seen.incident))):
        if sighting.at <= now:
            watch.take(sighting)
    watch.go_to(now)
    return watch.rises


def threshold(hits_per_week: float, false_alarms_per_week: float) -> float:
    """Of the statistic, so that all keys together give that many false alarms: one in so many counted reports."""
    return max(1.0, hits_per_week / (OVERSHOOT * false_alarms_per_week))


class Track:
    """One key's course. `odds` are the Shiryaev–Roberts statistics, one per size of rise."""

    __slots__ = ("at", "exposure", "key", "latest", "odds", "open", "prior", "recent", "seen", "since")

    def __init__(self, key: Key, at: float, prior: float) -> None:
        self.key, self.at, self.prior = key, at, prior
        self.seen = self.exposure = 0.0
        self.since = -math.inf  # the end of the rise before: what belongs to one is not told of again
        self.odds = [0.0] * len(RISES)
        self.recent: deque[tuple[float, Any]] = deque()
        self.latest: dict[Any, float] = {}
        self.open: Rise | None = None

    @property
    def rate(self) -> float:
        return (SHAPE + self.seen) / (SHAPE / self.prior + self.exposure)

    def go_to(self, moment: float, clock: Clock, level: float = 1.0) -> None:
        """Let time pass without a report. The key's own time passes by the predictive: slower, the less it knows."""
        self.wait(clock.between(self.at, moment), level)
        self.at = moment
        self._close(moment, clock)

    def wait(self, passed: float, level: float = 1.0) -> None:
        mine = (SHAPE + self.seen) * math.log1p(level * passed / (SHAPE / self.prior + self.exposure))
        for number, rise in enumerate(RISES):
            kept = math.exp(-(rise - 1) * mine)
            self.odds[number] = self.odds[number] * kept + (1 - kept) / (rise - 1)
        self.exposure += passed

    def count(self, sighting: Sighting) -> bool:
        """Whether it counts: not where the same monitor has just been counted."""
        if sighting.at - self.latest.get(sighting.source, -math.inf) < ONE_VOICE_H:
            return False
        self.latest[sighting.source] = sighting.at
        self.seen += 1
        self.recent.append((sighting.at, sighting.incident))
        while self.recent[0][0] < sighting.at - WINDOWS_H[-1]:
            self.recent.popleft()
        self.odds = [odds * rise for odds, rise in zip(self.odds, RISES, strict=True)]
        return True

    @property
    def score(self) -> float:
        return sum(self.odds) / len(RISES)

    def reset(self) -> None:
        self.odds = [0.0] * len(RISES)

    def end_day(self, prior: float) -> None:
        self.seen, self.exposure, self.prior = FADE * self.seen, FADE * self.exposure, prior
        self.latest = {source: at for source, at in self.latest.items() if at > self.at - ONE_VOICE_H}

    def clearest(self, clock: Clock) -> Rise | None:
        """The rise as the window tells it that is least likely by chance; None where that holds too few reports."""
        found, best = None, 0.0
        for window in WINDOWS_H:
            start = max(self.at - window, self.since)
            inside = [incident for at, incident in self.recent if at > start]
            passed = clock.between(start, self.at)
            before = max(self.exposure - passed, 0.0) + SHAPE / self.prior
            usual = (SHAPE + max(self.seen - len(inside), 0.0)) / before
            expected, observed = usual * passed, len(inside)
            gain = observed * math.log(observed / expected) - (observed - expected) if observed > expected else 0.0
            if gain > best:
                best = gain
                found = Rise(self.key, start, self.at, self.at, observed, expected, 0.0, usual, incidents=list(inside))
        return found if found and found.observed >= FEWEST else None

    def grow(self, sighting: Sighting, clock: Clock) -> None:
        rise = self.open
        if rise is None:
            return
        rise.end, rise.observed = sighting.at, rise.observed + 1
        rise.expected = rise.usual * clock.between(rise.start, rise.end)
        rise.incidents.append(sighting.incident)

    def _close(self, moment: float, clock: Clock) -> None:
        """A rise is over when a span of time brought less than half as much again as usual."""
        rise = self.open
        if rise is None or moment < rise.raised + rise.span:
            return
        inside = sum(at > moment - rise.span for at, _incident in self.recent)
        if inside <= 1.5 * rise.usual * clock.between(moment - rise.span, moment):
            rise.closed, self.open, self.since = moment, None, moment
            self.reset()


class Watch:
    """All keys of a mission, taken through its days in order. Sightings come sorted by time."""

    def __init__(self, false_alarms_per_week: float) -> None:
        self.wanted = false_alarms_per_week
        self.baseline = Baseline()
        self.tracks: dict[Key, Track] = {}
        self.rises: list[Rise] = []
        self.began: float | None = None
        self.hour = 0.0
        self._settle()

    def _settle(self) -> None:
        """What holds for the coming day, by the days before it."""
        self.clock = self.baseline.clock
        self.limit = threshold(self.baseline.hits_per_week, self.wanted)

    def go_to(self, moment: float) -> None:
        """Hour by hour, so that when a rise is over does not hang on when somebody looked."""
        if self.began is None:
            self.began, self.hour = moment, moment // 1 + 1
        while self.hour <= moment:
            for track in [track for track in self.tracks.values() if track.open]:
                track.go_to(self.hour, self.clock, self._level(track.key))
            if self.hour % DAY_H == 0:
                self._end_day()
            self.hour += 1

    def _end_day(self) -> None:
        for track in self.tracks.values():
            track.go_to(self.hour, self.clock, self._level(track.key))
        self.baseline.end_day()
        self._settle()
        for track in self.tracks.values():
            track.end_day(self.baseline.rate(track.key))

    def take(self, sighting: Sighting) -> None:
        self.go_to(sighting.at)
        keys = keys_of(sighting.department, sighting.perpetrators, sighting.category)
        counted = [key for key in keys if self._count(self._track(key), sighting)]
        if counted:
            self.baseline.learn(sighting.at, counted)

    def _count(self, track: Track, sighting: Sighting) -> bool:
        track.go_to(sighting.at, self.clock, self._level(track.key))
        if not track.count(sighting):
            return False
        if track.open is not None:
            track.grow(sighting, self.clock)
        elif track.score >= self.limit and sighting.at - (self.began or 0.0) >= LEARNING_H:
            self._raise(track)
        return True

    def _raise(self, track: Track) -> None:
        rise = track.clearest(self.clock)
        if rise is None:
            return
        rise.score = track.score / self.limit
        track.open = rise
        track.reset()
        self.rises.append(rise)

    def _track(self, key: Key) -> Track:
        """A key that was never seen has been silent since the mission began."""
        if key not in self.tracks:
            track = Track(key, DAY_H * ((self.hour - 1) // DAY_H), self.baseline.rate(key))
            track.wait(self.baseline.hours)
            self.tracks[key] = track
        return self.tracks[key]

    def _level(self, key: Key) -> float:
        """While the whole mission rises, a part of it stands out only where it rises more."""
        whole = self.tracks.get(Key(Level.MISSION))
        return whole.open.times if whole and whole.open and key.level != Level.MISSION else 1.0
