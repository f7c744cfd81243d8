"""A real HTTP server on loopback for the channels' tests: keeps what it gets, and fails in every way a server can."""

import json
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qs

# How it answers; any other word is taken for a status.
REDIRECTS = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/elsewhere\r\nContent-Length: 0\r\n\r\n"
HALF = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\nonly so much"
GARBAGE = b"\x16\x03\x01 this is no HTTP at all\r\n\r\n"


@dataclass
class Got:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def form(self):
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


class Receiver:
    """`behaviour` holds until it is set anew; `answer` is the body of a good answer."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.got, self.behaviour, self.answer = [], "200", b"{}"
        self._over = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hook"

    def stop(self):
        self._over.set()
        self._listener.close()

    def _serve(self):
        with suppress(OSError):
            while True:
                line, _address = self._listener.accept()
                threading.Thread(target=self._handle, args=(line,), daemon=True).start()

    def _handle(self, line):
        with line, suppress(OSError):
            if self.behaviour == "closes at once":
                return
            self.got.append(_read(line))
            self._reply(line)

    def _reply(self, line):
        if self.behaviour in ("hangs", "answers late"):
            self._over.wait(60 if self.behaviour == "hangs" else 1)
            line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        elif self.behaviour in ("drips headers", "drips a body"):
            line.sendall(HALF if self.behaviour == "drips a body" else b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not self._over.wait(0.05):
                line.sendall(b"a")
        elif self.behaviour in RAW:
            line.sendall(RAW[self.behaviour](self.port))
        else:
            status = f"HTTP/1.1 {self.behaviour} Whatever\r\nContent-Length: {len(self.answer)}\r\n\r\n"
            line.sendall(status.encode() + self.answer)


RAW = {
    "redirects": lambda port: REDIRECTS % port,
    "closes half-way": lambda port: HALF,
    "closes without an answer": lambda port: b"",
    "says no HTTP": lambda port: GARBAGE,
    "pours": lambda port: b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + b"x" * 200_000,
}


def _read(line):
    file = line.makefile("rb")
    method, path, _version = file.readline().decode().split()
    headers = {}
    while (text := file.readline().strip().decode()) != "":
        name, _colon, value = text.partition(":")
        headers[name.lower()] = value.strip()
    return Got(method, path, headers, file.read(int(headers.get("content-length", 0))))
