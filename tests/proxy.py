"""Lines that fail on demand: real proxies on loopback, between a real browser and the real server.

`Faults` speaks HTTP and can answer in the server's place, or cut; `ThinLine` passes bytes as slowly, and breaks as
often, as a telephone network of the second generation.
"""

import contextlib
import http.client
import select
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

CUT = "cut"  # before the server has heard of it
DEAF = "deaf"  # the server has it, and its answer is lost
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding"}


class Faults:
    """Passes on all but what `rule(method, path)` answers with a status, (status, headers, body), CUT or DEAF."""

    def __init__(self, target):
        self.target = urlsplit(target)
        self.rule = lambda method, path: None
        self.delay = 0.0
        self.seen = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def failing(self, answer, methods=("PUT",)):
        """Every request of `methods` gets `answer` until `heal`."""
        self.rule = lambda method, path: answer if method in methods else None

    def heal(self):
        self.rule = lambda method, path: None

    def _handler(proxy):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def log_message(self, *args):
                pass

            def _pass(self):
                with contextlib.suppress(OSError):
                    proxy._answer(self)

            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = _pass

        return Handler

    def _answer(self, asked):
        body = asked.rfile.read(int(asked.headers.get("Content-Length") or 0))
        self.seen.append((asked.command, asked.path, len(body)))
        answer = self.rule(asked.command, asked.path)
        if answer == CUT:
            return self._cut(asked)
        if answer not in (None, DEAF):
            status, headers, content = answer if isinstance(answer, tuple) else (answer, {}, b"")
            return self._send(asked, status, headers.items(), content)
        status, headers, content = self._fetch(asked, body)
        if answer == DEAF:
            return self._cut(asked)
        time.sleep(self.delay)
        self._send(asked, status, headers, content)

    def _fetch(self, asked, body):
        upstream = http.client.HTTPConnection(self.target.hostname, self.target.port, timeout=60)
        headers = {name: value for name, value in asked.headers.items() if name.lower() not in HOP_BY_HOP}
        upstream.request(asked.command, asked.path, body or None, headers)
        answer = upstream.getresponse()
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP]
        content = answer.read()
        upstream.close()
        return answer.status, kept, content

    def _send(self, asked, status, headers, content):
        asked.send_response_only(status)
        given = [(name, value) for name, value in headers if name.lower() != "content-length"]
        for name, value in [*given, ("Content-Length", str(len(content)))]:
            asked.send_header(name, value)
        asked.end_headers()
        if asked.command != "HEAD":
            asked.wfile.write(content)

    def _cut(self, asked):
        _reset(asked.connection)


def _reset(connection):
    """Not closed politely: broken, as a lost radio link is."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RDWR)  # wakes whoever is waiting on it
    connection.close()


@dataclass
class ThinLine:
    """One phone's line. `rate` is in bytes a second each way, `every` in seconds between resets, `lag` one way."""

    target: str
    rate: float
    every: float = 0
    lag: float = 0
    sent: int = 0  # bytes that left the phone, whether they arrived or not
    resets: int = 0
    connections: set = field(default_factory=set)

    def __post_init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.lock = threading.Lock()
        self.free = {"up": 0.0, "down": 0.0}
        self.open = True
        threading.Thread(target=self._accept, daemon=True).start()
        if self.every:
            self.weaken(self.rate, self.every, self.lag)

    def weaken(self, rate, every, lag):
        """From now on it is thin, and what was sent before does not count."""
        self.rate, self.every, self.lag, self.sent = rate, every, lag, 0
        threading.Thread(target=self._break, daemon=True).start()

    def stop(self):
        self.open = False
        _reset(self.listener)
        self._drop()

    def _accept(self):
        with contextlib.suppress(OSError):
            while self.open:
                phone, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(phone,), daemon=True).start()

    def _break(self):
        while self.open:
            time.sleep(self.every)
            self.resets += 1
            self._drop()

    def _drop(self):
        with self.lock:
            broken, self.connections = self.connections, set()
        for connection in broken:
            _reset(connection)

    def _serve(self, phone):
        address = urlsplit(self.target)
        # Small buffers, as on a radio link: what the phone believes it has sent has nearly arrived.
        phone.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        # A reset closes what another thread is waiting on.
        with contextlib.suppress(OSError, ValueError):
            server = socket.create_connection((address.hostname, address.port))
            with self.lock:
                self.connections |= {phone, server}
            time.sleep(self.lag)
            self._pump(phone, server)
        _reset(phone)

    def _pump(self, phone, server):
        while True:
            readable, _, _ = select.select([phone, server], [], [], 60)
            if not readable:
                return
            for source in readable:
                up = source is phone
                content = source.recv(1024)
                if not content:
                    return
                self._wait("up" if up else "down", len(content))
                if up:
                    self.sent += len(content)
                (server if up else phone).sendall(content)

    def _wait(self, way, count):
        """All connections of a phone share its line."""
        with self.lock:
            begin = max(time.monotonic(), self.free[way])
            self.free[way] = begin + count / self.rate
        time.sleep(max(0.0, self.free[way] - time.monotonic()))
