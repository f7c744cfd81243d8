"""Pages by position, not by number: a cursor holds where the page before ended, in the order that was asked for.

In the order of change a release that changes moves to the end and is met again there; so whoever follows `next` to its
end has everything, however much changes meanwhile. What is withdrawn meanwhile is told to whoever then asks for what is
new since the first page was read.
"""

import base64
import binascii
import json
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework.request import Request

LONGEST = 200
_HIGHEST = 2**63 - 1
Position = tuple[str, int]


def cursor(value: str, change: int, *begun: int) -> str:
    """Of the last row: what it was ordered by ("" in the order of change), and its change number; then, where pages are
    followed, the change that was the newest when their first one was read.
    """
    return base64.urlsafe_b64encode(json.dumps([value, change, *begun]).encode()).decode().rstrip("=")


def position(given: str) -> Position:
    """What a cursor holds. Raises ValueError, in words for a person."""
    value, change, *_begun = _opened(given)
    return value, change


def begun(given: str) -> int:
    """The change that was the newest when the first page was read; 0 where a cursor does not say."""
    _value, _change, *found = _opened(given)
    return found[0] if found else 0


def _opened(given: str) -> list[Any]:
    try:
        if len(given) <= LONGEST:
            padded = given.encode("ascii") + b"=" * (-len(given) % 4)
            value, *changes = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            if _is_time_or_nothing(value) and len(changes) in (1, 2) and all(map(_is_change, changes)):
                return [value, *changes]
    except (ValueError, TypeError, binascii.Error, RecursionError):
        pass
    raise ValueError(_("Use the address given as “next”, or leave the cursor out to begin anew."))


def _is_change(number: object) -> bool:
    return type(number) is int and -1 <= number <= _HIGHEST


def _is_time_or_nothing(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 20 and value.isascii() and value.isprintable()


def behind(at: Position, column: str, *, descending: bool) -> Q:
    """The rows behind a position: in the order of `column`, where one is given, and then of change."""
    value, change = at
    beyond, from_on = ("lt", "lte") if descending else ("gt", "gte")
    later = Q(**{f"change__{beyond}": change})
    if not column:
        return later
    # The first condition says nothing new, but lets an index begin where the page does.
    return Q(**{f"{column}__{from_on}": value}) & (Q(**{f"{column}__{beyond}": value}) | later)


def address_after(request: Request, at: Position, *begun: int) -> str:
    """The address of the page behind a position: this one, with all its parameters, from there on."""
    return _address(request, cursor=cursor(*at, *begun))


def address_since(request: Request, change: int) -> str:
    """The address at which to ask later for what is new behind a change, with the filters of this one."""
    return _address(request, since=cursor("", change))


def _address(request: Request, **at: str) -> str:
    query = request.query_params.copy()
    for name in ("cursor", "since", *(("updated_since",) if "since" in at else ())):
        if name == "since" and "cursor" in at:
            continue
        query.pop(name, None)
    for name, value in at.items():
        query[name] = value
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
