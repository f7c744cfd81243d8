"""Cursors: where in the order of releases somebody stands, as it is written into an address. Knows no rows."""

import base64
import binascii
import json

from django.utils.translation import gettext as _

LONGEST = 200
_HIGHEST = 2**63 - 1
Position = tuple[str, int]


def cursor(value: str, change: int) -> str:
    """Of the last row: what it was ordered by ("" in the order of change), and its change number."""
    return base64.urlsafe_b64encode(json.dumps([value, change]).encode()).decode().rstrip("=")


def position(given: str) -> Position:
    """What a cursor holds. Raises ValueError, in words for a person."""
    try:
        if len(given) <= LONGEST:
            padded = given.encode("ascii") + b"=" * (-len(given) % 4)
            value, change = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            if _is_time_or_nothing(value) and type(change) is int and -1 <= change <= _HIGHEST:
                return value, change
    except (ValueError, TypeError, binascii.Error, RecursionError):
        pass
    raise ValueError(_("Use the address given as “next”, or leave the cursor out to begin anew."))


def _is_time_or_nothing(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 20 and value.isascii() and value.isprintable()
