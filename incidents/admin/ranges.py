"""The part of a file that a request asks for (RFC 9110, 14.2): one range of bytes, which is all that players ask.

Django's file answers know no ranges; WhiteNoise's refuse those of one byte, with which some players begin.
"""

import re

from django.http import HttpRequest

_ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class Unsatisfiable(Exception):
    """The range lies beyond the end."""


def span(request: HttpRequest, size: int) -> tuple[int, int] | None:
    """Where to start, and where to stop before; None for the whole, also where the header is not understood.

    We give files no tag that could be compared, so that a range asked under a condition is answered by the whole.
    """
    asked = _ONE_RANGE.fullmatch(request.headers.get("Range", "").strip())
    if request.method != "GET" or asked is None or "If-Range" in request.headers:
        return None
    first, last = asked.groups()
    if not first and not last:
        return None
    start = int(first) if first else max(0, size - int(last))
    stop = min(size, int(last) + 1) if first and last else size
    if first and last and int(last) < start:
        return None
    if start >= stop:
        raise Unsatisfiable
    return start, stop
