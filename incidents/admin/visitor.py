"""Where a request to the desk comes from, and how that is kept: as a mark made with the server's key, never as it is.

django-axes counts failures by these marks too, so that neither addresses nor user names lie in its tables.
"""

import ipaddress
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

NETWORK = 64


def address(request: HttpRequest) -> str:
    """The sender's address as far as it can be believed: behind a proxy, the last one that the proxy itself has added.

    Of an IPv6 address the network, for whoever has one has more addresses than there are guesses.
    """
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    told = forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))
    try:
        found = ipaddress.ip_address(told.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, NETWORK), strict=False))
    return str(found)


def mark(request: HttpRequest) -> str:
    """What the logbook keeps of it: 48 bits that tell two addresses apart, and nothing of either."""
    return _hashed("address", address(request)).hex()[:12]


def axes_address(request: HttpRequest) -> str:
    """The mark in the only form that django-axes stores: as an address that does not exist."""
    return str(ipaddress.IPv6Address(_hashed("address", address(request))[:16]))


def axes_username(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Likewise the account; however it is written, for the database is asked by the exact name only."""
    name = (credentials or {}).get("username") or request.POST.get("username", "")
    return _hashed("username", str(name)).hex()[:32]


def _hashed(what: str, text: str) -> bytes:
    return salted_hmac(f"incidents.visitor.{what}", text.encode("utf-8", "replace"), algorithm="sha256").digest()
