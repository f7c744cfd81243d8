"""One run: a world, a seed, everything that was filed in it, and the reckoning."""

import os
import threading
from dataclasses import dataclass, field
from datetime import date

from tests.chaos.phones import Crowd, Filing, plan
from tests.chaos.reckoning import DRAINED_WITHIN_S, Reckoning, reckon, wait_until_drained, wait_until_still
from tests.chaos.storm import SHORT, Storm
from tests.chaos.world import World
from tests.services import wait_until

# Taken in turn, a day each; CHAOS_SEED forces one.
SEEDS = (7, 1018, 20201018)
STILL_S = 6


def seed_of_today() -> int:
    return int(os.environ.get("CHAOS_SEED") or SEEDS[date.today().toordinal() % len(SEEDS)])


@dataclass
class Run:
    world: World
    seed: int
    filings: list[Filing] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.crowd = Crowd(self.world.stack.base_url, self.world.secrets)

    def file(self, count: int, *, seconds: float, files: float = 0.05) -> list[Filing]:
        """File so many reports more, and wait until each is answered well."""
        phones = len(self.world.secrets)
        filings = plan(self.seed, count, seconds=seconds, phones=phones, first=len(self.filings), files=files)
        self.filings += filings
        self.crowd.file(filings)
        return filings

    def begin_to_file(self, count: int, *, seconds: float, files: float = 0.05) -> threading.Thread:
        thread = threading.Thread(target=self.file, args=(count,), kwargs={"seconds": seconds, "files": files})
        thread.start()
        return thread

    def storm(
        self,
        reports: int,
        kills: int,
        *,
        seconds: float,
        faults: tuple[str, ...] = SHORT,
        only: tuple = (),
        files: float = 0.05,
    ) -> Storm:
        """File while whatever runs is killed; returns when both are over and the web server answers again."""
        storm = Storm(self.world, kills, seconds, self.seed, faults, only)
        storm.begin()
        self.file(reports, seconds=seconds, files=files)
        storm.end()
        wait_until(self.world.stack.answers, what="the web server after the last kill")
        return storm

    def settle(self, seconds: float = DRAINED_WITHIN_S, **watching) -> Reckoning:
        """Wait until nothing is left to do, but not for ever, and reckon."""
        drained = wait_until_drained(self.world, seconds, **watching)
        return reckon(self.world, self.filings, self.crowd.promises, drained)

    def reckon_when_still(self) -> Reckoning:
        """Of a design that never tries again: what is left when nothing moves any more."""
        wait_until_still(self.world, STILL_S)
        return reckon(self.world, self.filings, self.crowd.promises, None)
