"""How alike the words of two reports are, and which ones are worth comparing. Pure.

Method, version 1: words folded (case, accents, digits and signs left out), cut to five letters, common ones of Spanish,
English and French left out; likeness is the share of single words and neighbouring pairs that both have (Jaccard, over
shingles). Candidates share a band of two minhashes of these (Broder 1997): of texts alike to 0.8, 98 in 100 do.
"""

import hashlib
import re
import unicodedata
from itertools import pairwise

VERSION = "likeness-1"
ALIKE = 0.7
# Of fewer words nothing can be told: "police at the door" is what many honest people write.
FEWEST_WORDS = 5
STEM = 5
BANDS, ROWS = 4, 2

_WORD = re.compile(r"[^\W\d_]+")
_COMMON = frozenset(
    _WORD.findall(
        "a al con de del e el en es la las le les lo los me nos o para pero por que se si su sus un una uno y ya "
        "an and are as at be but by for from had has he in is it of on or she that the their they this to was we were "
        "with au aux ce ces dans des du elle et eux il ils je leur lui mais ne nous ou qu qui sa ses son sur une vous"
    )
)


def shingles(words: str) -> frozenset[str]:
    """The folded words of a text and its neighbouring pairs; empty where it has too few to be judged."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", words.casefold()) if not unicodedata.combining(sign))
    kept = [word[:STEM] for word in _WORD.findall(plain) if word not in _COMMON]
    if len(set(kept)) < FEWEST_WORDS:
        return frozenset()
    return frozenset(kept) | {f"{one} {two}" for one, two in pairwise(kept)}


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """0 for nothing in common, 1 for the same; 0 where one of them can't be judged."""
    return len(one & other) / len(one | other) if one and other else 0.0


def bands(of: frozenset[str]) -> tuple[int, ...]:
    """Four numbers of 31 bits; texts that share one may be alike. Empty where there is nothing to judge."""
    if not of:
        return ()
    digests = [hashlib.blake2b(shingle.encode(), digest_size=4 * BANDS * ROWS).digest() for shingle in of]
    least = [min(int.from_bytes(digest[4 * n : 4 * n + 4], "big") for digest in digests) for n in range(BANDS * ROWS)]
    return tuple(_number(least[n * ROWS : n * ROWS + ROWS]) for n in range(BANDS))


def _number(least: list[int]) -> int:
    return int.from_bytes(hashlib.blake2b(repr(least).encode(), digest_size=4).digest(), "big") >> 1
