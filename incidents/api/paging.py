"""Pages by position, not by number: a cursor is the change number of the last release of the page before.

A release that changes moves to the end of the order and is met again there; so whoever follows `next` to its end has
everything, however much changes meanwhile.
"""

import base64
import binascii
import re

from django.utils.translation import gettext as _
from rest_framework.request import Request

_LONGEST = 40
_HIGHEST = 2**63 - 1
_FORM = re.compile(rb"after:([0-9]{1,19})")


def cursor(change: int) -> str:
    return base64.urlsafe_b64encode(f"after:{change}".encode()).decode().rstrip("=")


def position(given: str) -> int:
    """The change number of a cursor. Raises ValueError, in words for a person."""
    try:
        if len(given) <= _LONGEST:
            padded = given.encode("ascii") + b"=" * (-len(given) % 4)
            found = _FORM.fullmatch(base64.b64decode(padded, altchars=b"-_", validate=True))
            if found and int(found[1]) <= _HIGHEST:
                return int(found[1])
    except (ValueError, binascii.Error):
        pass
    raise ValueError(_("Use the address given as “next”, or leave the cursor out to begin anew."))


def address_after(request: Request, change: int) -> str:
    """The address of the next page: this one, with all its parameters, from there on."""
    query = request.query_params.copy()
    query["cursor"] = cursor(change)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
