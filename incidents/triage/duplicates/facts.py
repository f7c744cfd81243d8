"""What the scorer looks at, whoever told it: a report of a mission, or a row of an archive.

Codes are compared as codes and names as folded text; nothing here says which of them mean the same.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Grain(StrEnum):
    """What a position stands for: the spot itself, the middle of a town, or the middle of an area."""

    SPOT = "spot"
    TOWN = "town"
    AREA = "area"


@dataclass(frozen=True)
class Facts:
    """One report. Days are local to its mission; `at` is the moment, where it is known to the minute.

    `spot` and `town` are folded names and `place_words` the words in them; `headline_words` are those in which somebody
    else's place may be named, `words` those of a testimony. `names` are known actors, `actors` the kinds of all that
    are named. A number that is None was not told; 0 says that there was none, and so does a harm of "none". `document`
    is what several reports may be taken from. `images` are perceptual hashes of 64 bits.
    """

    first_day: date
    last_day: date
    at: datetime | None = None
    position: tuple[float, float] | None = None
    grain: Grain = Grain.SPOT
    accuracy_m: int | None = None
    is_measured: bool = False
    spot: str = ""
    town: str = ""
    place_words: frozenset[str] = frozenset()
    headline_words: frozenset[str] = frozenset()
    actors: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    setting: str = ""
    victims: frozenset[str] = frozenset()
    harms: frozenset[str] = frozenset()
    killed: int | None = None
    injured: int | None = None
    affected: int | None = None
    words: frozenset[str] = frozenset()
    document: str = ""
    outlet: str = ""
    reporter: str = ""
    images: tuple[int, ...] = ()

    @property
    def length_days(self) -> int:
        return (self.last_day - self.first_day).days + 1


def days_apart(a: Facts, b: Facts) -> int:
    """Whole days between the two spans; 0 where they share one."""
    return max(0, (max(a.first_day, b.first_day) - min(a.last_day, b.last_day)).days)
