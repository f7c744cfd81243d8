"""Words as they are compared: accents folded, lower case, without those that every text holds, in es, en and fr.

A word that is rare among the texts at hand says more than a frequent one (Spärck Jones 1972).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import log, sqrt

SHORTEST = 3
# As if so many texts had been read before the first: a mission's first words are not all rare.
SMOOTHING = 50
_WORD = re.compile(r"[^\W_]+")
_STOP_WORDS = """
    the and for with from that this these those was were been has have had are its his her their they them who whom
    which what when where while after before over into out about against near two three says said say not but all more
    than also there here she him will would could can did does done being between during since under upon very
    los las una uno unos unas del con por para que como pero mas sus les fue fueron era eran son sin sobre entre
    desde hasta cuando donde quien este esta estos estas ese esa eso aquel hay han habia muy tambien otro otra dos
    tres dijo segun tras nos
    des une aux dans pour sur par apres qui est sont avec sans mais plus ses son leur leurs elle ils elles nous vous
    ete etait ont cette ces depuis lors deux trois selon dit pas
    election elections electoral electorale electorales elecciones eleccion vote votes voto votos voting polls poll
"""
_STOP = frozenset(_STOP_WORDS.split())


def folded(text: str) -> str:
    """Lower case, without accents: "Potosí" and "POTOSI" are one."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)).lower()


def words_of(text: str) -> frozenset[str]:
    """The words worth comparing: numerals say when somebody wrote, and go too."""
    found = _WORD.findall(folded(text))
    return frozenset(word for word in found if len(word) >= SHORTEST and not word.isdigit() and word not in _STOP)


@dataclass
class Rarity:
    """How often each thing, a word or a name, stands among the reports seen so far."""

    reports: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, reports: Iterable[frozenset[str]]) -> "Rarity":
        rarity = cls()
        for things in reports:
            rarity.add(things)
        return rarity

    def add(self, things: frozenset[str]) -> None:
        self.reports += 1
        self.counts.update(things)

    def share(self, thing: str) -> float:
        """Of the reports, how many hold it: above 0 to 1."""
        return max(1, self.counts[thing]) / max(1, self.reports)

    def likeness(self, a: frozenset[str], b: frozenset[str]) -> float:
        """From 0, nothing in common, to 1, the same things; each weighs by its inverse frequency."""
        weights = self._sum(a), self._sum(b)
        return self._sum(a & b) / sqrt(weights[0] * weights[1]) if all(weights) else 0.0

    def _sum(self, things: frozenset[str]) -> float:
        # Sorted, so that rounding does not depend on the order of a set: a score is the same from both sides.
        return sum(log((self.reports + SMOOTHING) / (self.counts[thing] + 1)) for thing in sorted(things))
