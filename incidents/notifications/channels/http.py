"""One bounded HTTP exchange, for the channels that speak HTTP: one deadline for all of it, one address, no detours.

Where an address comes from somebody at the desk, this server must not become their way into its own network: such a
host is looked up once, refused unless all of its addresses are public, and the address that was checked is the one
connected to. Knows nothing of messages, and what an answer means only by its status.
"""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

import urllib3
from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import BaseHTTPResponse
from urllib3.util import Url, make_headers, parse_url

from incidents.notifications.channels.base import ChannelFault

# Seconds for looking up, connecting, sending and reading together: well under the lease of a delivery.
TOTAL_S = 10.0
ANSWER_LIMIT = 64 * 1024
PART = 8 * 1024
GONE = 410
PASSING = (408, 425, 429)
# Networks that lead to addresses of the old kind, private ones among them.
_TRANSLATED = [ipaddress.ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")]


@dataclass(frozen=True)
class Request:
    """`trusted`: the address stands in the server's own settings, so that it may be private and without TLS."""

    url: str
    body: bytes = b""
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    trusted: bool = False


@dataclass(frozen=True)
class Answer:
    """`body` is cut after 64 kB."""

    status: int
    body: bytes


def exchange(request: Request) -> Answer:
    """Ask once and read the answer, whatever its status; raises ChannelFault where there is none in time.

    A thread does it, because no timeout of a socket bounds a name server or a host that sends a byte a second.
    """
    call = _Call(request)
    thread = threading.Thread(target=call.run, name="exchange", daemon=True)
    thread.start()
    thread.join(TOTAL_S)
    if thread.is_alive():
        call.cut()
        raise ChannelFault(f"no whole answer within {TOTAL_S:g} s", unclear=call.is_asked)
    if call.answer is None:
        raise call.fault or ChannelFault("no answer")
    return call.answer


def judge(answer: Answer, *, gone: tuple[int, ...] = (GONE,)) -> None:
    """Nothing for a status that says yes; raises what any other one means."""
    status = answer.status
    if status in range(200, 300):
        return
    if status in range(300, 400):
        raise ChannelFault(f"answered {status}: redirects are not followed", permanent=True)
    refused = status in range(400, 500) and status not in PASSING
    raise ChannelFault(f"answered {status}", permanent=refused, gone=status in gone)


class _Call:
    """One exchange on its thread: `run` leaves an answer or a fault; `cut`, from another thread, ends it."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._connection: HTTPConnection | None = None
        self._is_cut = False
        # From here on the other side may have taken it, whatever we hear.
        self.is_asked = False
        self.answer: Answer | None = None
        self.fault: ChannelFault | None = None

    def run(self) -> None:
        try:
            self.answer = self._ask()
        except ChannelFault as fault:
            self.fault = fault
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as fault:
            self.fault = ChannelFault(f"not reached ({type(fault).__name__})", unclear=self.is_asked)
        except Exception as fault:  # http.client has errors of its own for what is no HTTP
            self.fault = ChannelFault(f"no HTTP answer ({type(fault).__name__})", unclear=self.is_asked)

    def cut(self) -> None:
        self._is_cut = True
        line = self._connection.sock if self._connection else None
        if line is not None:
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                return

    def _ask(self) -> Answer:
        url = read(self._request.url, trusted=self._request.trusted)
        address = _lookup(url, trusted=self._request.trusted)
        headers: dict[str, str] = {
            "User-Agent": "Observer",
            "Accept-Encoding": "identity",
            "Connection": "close",
            "Host": url.netloc or "",
        }
        if url.auth:
            headers |= make_headers(basic_auth=url.auth)
        headers |= self._request.headers
        self._connection = _connection(url, address)
        try:
            self._connection.connect()
            if self._is_cut:
                raise ChannelFault("no answer in time")
            self.is_asked = True
            body = self._request.body or None
            self._connection.request(
                self._request.method, url.request_uri, body=body, headers=headers, preload_content=False
            )
            with self._connection.getresponse() as response:
                return Answer(response.status, _beginning(response))
        finally:
            self._connection.close()


def _beginning(response: BaseHTTPResponse) -> bytes:
    """The body up to our limit; raises where it is cut off before its own end."""
    body = bytearray()
    for part in response.stream(PART, decode_content=False):
        body += part
        if len(body) >= ANSWER_LIMIT:
            break
    return bytes(body[:ANSWER_LIMIT])


def read(address: str, *, trusted: bool = False) -> Url:
    """The parts of an address; raises a permanent ChannelFault for one that can't be asked."""
    try:
        url = parse_url(address)
    except urllib3.exceptions.LocationParseError as fault:
        raise ChannelFault("the address is not understood", permanent=True) from fault
    if url.scheme not in ("http", "https") or not url.host:
        raise ChannelFault("the address is not understood", permanent=True)
    if url.scheme == "http" and not (trusted or settings.WEBHOOK_ALLOW_PRIVATE):
        raise ChannelFault("the address does not begin with https", permanent=True)
    return url


def _lookup(url: Url, *, trusted: bool) -> str:
    """The IP address to connect to."""
    host = (url.host or "").strip("[]")
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        raise ChannelFault("the host is not known") from fault
    addresses = [str(one[4][0]) for one in found]
    if not (trusted or settings.WEBHOOK_ALLOW_PRIVATE) and not all(map(is_public, addresses)):
        raise ChannelFault("the host is inside a private network", permanent=True)
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, however it is written."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            found = found.ipv4_mapped
        elif any(found in network for network in _TRANSLATED):
            return False
    return found.is_global and not found.is_multicast


def _connection(url: Url, address: str) -> HTTPConnection:
    if url.scheme == "http":
        return HTTPConnection(address, url.port or 80, timeout=TOTAL_S)
    return HTTPSConnection(
        address,
        url.port or 443,
        timeout=TOTAL_S,
        server_hostname=(url.host or "").strip("[]"),
        ssl_context=ssl.create_default_context(),
    )
