"""Pages by position, not by number: a cursor holds where the page before ended, in the order that was asked for.

In the order of change a release that changes moves to the end and is met again there; so whoever follows `next` to its
end has everything, however much changes meanwhile. What is withdrawn meanwhile is told to whoever then asks for what is
new since the first page was read.
"""

from rest_framework.request import Request

from incidents.cursor import LONGEST, Position, begun, cursor, position
from incidents.models.selection import behind

__all__ = ["LONGEST", "Position", "address_after", "address_since", "begun", "behind", "cursor", "position"]


def address_after(request: Request, at: Position, *begun: int, sort: str = "") -> str:
    """The address of the page behind a position: this one, with all its parameters, from there on."""
    return _address(request, cursor=cursor(*at, *begun, sort=sort))


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
