"""Cursors: where in the order of releases somebody stands, as it is written into an address. Knows no rows."""

import base64
import binascii
import json

from django.utils.translation import gettext as _

LONGEST = 200
_HIGHEST = 2**63 - 1
Position = tuple[str, int]


def cursor(value: str, change: int, *begun: int, sort: str = "") -> str:
    """Of the last row: what it was ordered by ("" in the order of change), and its change number; then, where pages are
    followed, the change that was the newest when their first one was read, and the order they are read in.
    """
    told = [value, change, *begun, *((sort,) if sort else ())]
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")


def position(given: str) -> Position:
    """What a cursor holds. Raises ValueError, in words for a person."""
    value, (change, *_begun), _sort = _opened(given)
    return value, change


def begun(given: str) -> int:
    """The change that was the newest when the first page was read; 0 where a cursor does not say."""
    _value, (_change, *found), _sort = _opened(given)
    return found[0] if found else 0


def check_sort(given: str, sort: str) -> None:
    """Raises ValueError where a cursor stands in another order: behind it there would be what is no next page."""
    if _opened(given)[2] not in ("", sort):
        raise _not_ours()


def _opened(given: str) -> tuple[str, list[int], str]:
    try:
        if len(given) <= LONGEST:
            padded = given.encode("ascii") + b"=" * (-len(given) % 4)
            value, *changes = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            sort = changes.pop() if changes and isinstance(changes[-1], str) else ""
            if _is_time_or_nothing(value) and len(changes) in (1, 2) and all(map(_is_change, changes)):
                return value, changes, sort
    except (ValueError, TypeError, binascii.Error, RecursionError):
        pass
    raise _not_ours()


def _not_ours() -> ValueError:
    return ValueError(_("Use the address given as “next”, or leave the cursor out to begin anew."))


def _is_change(number: object) -> bool:
    return type(number) is int and -1 <= number <= _HIGHEST


def _is_time_or_nothing(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 20 and value.isascii() and value.isprintable()
