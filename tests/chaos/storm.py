"""What befalls a world while phones file: programs killed at random moments, a broker that hangs or forgets, mail that
is refused or taken without an answer. Every moment comes from one seed.
"""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.chaos.sink import CLOSE, HANG, REFUSE, TAKE
from tests.chaos.world import World

ALL = ("flush", "stop", REFUSE, CLOSE, HANG)
# A hung mail server holds a worker for ten seconds: too long for a short run.
SHORT = ("flush", "stop", REFUSE, CLOSE)


@dataclass
class Storm:
    """`kills` SIGKILLs, each kind of victim in turn and in random order, over so many seconds; other faults between."""

    world: World
    kills: int
    seconds: float
    seed: int
    faults: tuple[str, ...] = SHORT
    # Names of programs; all of them where it is empty.
    only: tuple[str, ...] = ()
    happened: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._chance = random.Random(f"storm {self.seed}")
        self._thread = threading.Thread(target=self._blow, daemon=True)
        self._faults: list[str] = []
        self._victims: list[tuple[str, bool]] = []

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._thread.join()

    def _blow(self) -> None:
        pause = self.seconds / max(1, self.kills)
        for number in range(self.kills):
            time.sleep(pause * self._chance.uniform(0.5, 1.5))
            self._kill()
            if self.faults and number % 3 == 2:
                self._befall()
        self.world.sink.behave(TAKE)

    def _kill(self) -> None:
        """The next victim, once it is there; where that lasts too long, the one after it."""
        victims = [victim for victim in self.world.victims if not self.only or victim[0] in self.only]
        for attempt in range(200):
            if attempt % 20 == 0:
                victim = self._next(self._victims, victims)
            if self.world.kill(victim, self._chance):
                return
            time.sleep(0.1)

    def _befall(self) -> None:
        fault = self._next(self._faults, self.faults)
        self.happened[fault] += 1
        if fault == "flush":
            self.world.flush()
        elif fault == "stop":
            self.world.impede("hung")
            time.sleep(self._chance.uniform(0.5, 3))
            self.world.relieve("hung")
        else:
            self.world.sink.behave(fault)
            time.sleep(self._chance.uniform(0.5, 2))
            self.world.sink.behave(TAKE)

    def _next(self, left: list, kinds) -> object:
        if not left:
            left.extend(kinds)
            self._chance.shuffle(left)
        return left.pop()
