"""R4: phones on a line of the second generation, each with a report and a file: `python -m tests.benchmarks.slow_line`.

20 kbit/s up, 800 ms, a reset every 30 s, 100 phones with 1 MB each unless told otherwise (--phones, --rate, --every,
--size). A phone here asks and resumes as the page's scripts do. Ends with a reconciliation; the exit code is 1 if
anything is missing or too much was sent.
"""

import argparse
import hashlib
import http.client
import json
import random
import sys
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pyrage

from tests.proxy import ThinLine
from tests.stack import Visitor, build

PIECE, LEAST = 65_536, 8_192
LAG_S = 0.4
ALLOWED_EXTRA = 0.15


@dataclass
class Phone:
    """What a page does, without the page: seal, put, then the file in pieces from wherever the server has got to."""

    recipient: str
    sender: str
    line: ThinLine
    content: bytes
    chance: random.Random
    number: str = field(default_factory=lambda: str(uuid.uuid4()))
    failures: int = 0

    def send(self):
        sealed = self._seal(self.content)
        name = hashlib.sha256(sealed).hexdigest()
        plain = hashlib.sha256(self.content).hexdigest()
        announced = {"name": name, "sha256": plain, "size": len(self.content), "type": "audio/ogg"}
        stated = {"schema": 2, "id": self.number, "sender": self.sender, "categories": ["other"], "files": [announced]}
        body = self._seal(json.dumps(stated).encode())
        address = f"/api/v1/reports/{self.number}"
        while not self._ask("PUT", address, body, {"Content-Type": "application/age"}):
            self._wait()
        self._bring(f"{address}/files/{name}", sealed)

    def _bring(self, address, sealed):
        offset, piece = None, PIECE
        while True:
            if offset is None:
                answer = self._ask("HEAD", address)
            else:
                part = sealed[offset : offset + piece]
                is_last = offset + len(part) == len(sealed)
                headers = {"Content-Type": "application/partial-upload", "Upload-Offset": str(offset)}
                headers["Upload-Complete"] = "?1" if is_last else "?0"
                answer = self._ask("PATCH", address, part, headers)
                piece = min(PIECE, piece * 2) if answer else max(LEAST, piece // 2)
            if not answer:
                offset = None
                self._wait()
                continue
            if answer["Upload-Complete"] == "?1":
                return
            offset = int(answer["Upload-Offset"])

    def _ask(self, method, address, body=None, headers=None):
        """The headers of an answer that is none of a fault, else None."""
        connection = http.client.HTTPConnection(urlsplit(self.line.url).netloc, timeout=90)
        try:
            connection.request(method, address, body, headers or {})
            answer = connection.getresponse()
            answer.read()
            return answer.headers if answer.status < 300 or answer.status == 409 else None
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def _wait(self):
        self.failures += 1
        time.sleep(self.chance.uniform(0.75, 1.25))

    def _seal(self, content):
        return pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(self.recipient)])


def credentials(house, token):
    """What a form page tells a phone: the key to seal to, and who it is."""
    visitor = Visitor(house.base_url)
    visitor.send(visitor.get(f"/e/{token}/"))
    page = visitor.get("/report/").text
    return tuple(page.split(f'{name}="')[1].split('"')[0] for name in ("data-recipient", "data-sender"))


def lag(rate):
    """Shorter as the line is quicker, so that a scaled run keeps its proportions."""
    return LAG_S * 2_500 / rate


def begin(house, given, *, phones, size, rate, every, seed):
    """Phones that are sending, each on its own line, and their threads."""
    chance = random.Random(seed)
    made = []
    for _ in range(phones):
        line = ThinLine(house.base_url, rate=rate, every=every, lag=lag(rate))
        made.append(Phone(*given, line, chance.randbytes(size), random.Random(chance.random())))
    threads = [threading.Thread(target=phone.send) for phone in made]
    for thread in threads:
        thread.start()
    return made, threads


def finish(phones, threads):
    for thread in threads:
        thread.join()
    for phone in phones:
        phone.line.stop()


def missing(house, phones):
    """The numbers of those whose file is not at the server with the same hash, exactly once."""
    lost = []
    for phone in phones:
        where = f"report_{house.is_id(phone.number)}"
        kept = house.rows(f"SELECT sha256 FROM incidents_evidence WHERE {where}")
        if kept != [(hashlib.sha256(phone.content).hexdigest(),)]:
            lost.append(phone.number)
    return lost


def extra(phones):
    """How much more left the phones than they had to send, as a share of it."""
    return sum(phone.line.sent for phone in phones) / sum(len(phone.content) for phone in phones) - 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--phones", type=int, default=100)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--rate", type=float, default=2_500, help="bytes a second")
    parser.add_argument("--every", type=float, default=30, help="seconds between resets")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        house = build(Path(folder))
        house.start("web")
        try:
            token = house.demo()["monitor_links"][0].rstrip("/").rpartition("/")[2]
            begun = time.monotonic()
            phones, threads = begin(house, credentials(house, token), **vars(asked))
            finish(phones, threads)
            lost, share = missing(house, phones), extra(phones)
        finally:
            house.stop()
    resets = sum(phone.line.resets for phone in phones)
    print(f"seed {asked.seed}: {len(phones)} phones, {asked.size} bytes each, {time.monotonic() - begun:.0f} s,")
    print(f"{resets} resets, {sum(phone.failures for phone in phones)} broken requests,")
    print(f"{share:.1%} extra bytes, {len(lost)} missing or different.")
    return int(bool(lost) or share > ALLOWED_EXTRA)


if __name__ == "__main__":
    sys.exit(main())
