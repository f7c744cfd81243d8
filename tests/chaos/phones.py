"""Many phones: what each files and when, how it goes on until it is answered well, and what it was promised.

The promise is the measure of a run: a report that was answered with 200, 201 or 202 must be there at the end, and so
must a file of which the server said that it is complete. Knows nothing of kills.
"""

import contextlib
import hashlib
import http.client
import io
import json
import random
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from PIL import Image

# Middles of squares of 0.9 degrees that lie whole in one department, and who at the desk sees that one.
NATIONAL, WEST = frozenset({"nacional"}), frozenset({"nacional", "lapaz"})
SQUARES = (
    ((-16.0, -68.2), WEST),
    ((-17.3, -65.6), NATIONAL),
    ((-18.4, -67.6), WEST),
    ((-17.6, -62.6), NATIONAL),
    ((-14.0, -65.2), NATIONAL),
    ((-20.6, -66.6), NATIONAL),
)
SIDE, STEP = 90, 0.01
PIECE = 16_384
GOOD = (200, 201, 202)


@dataclass(frozen=True)
class Filing:
    """One report that a phone will file: no two are near each other or alike, so that none stands for another."""

    id: uuid.UUID
    moment: float
    phone: int
    body: bytes
    told: frozenset[str]
    is_danger: bool
    file: bytes = b""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.file).hexdigest()


@dataclass
class Promises:
    """What was acknowledged: ids with the moment, and files by report; and how long every attempt took."""

    reports: dict[uuid.UUID, float] = field(default_factory=dict)
    files: dict[uuid.UUID, str] = field(default_factory=dict)
    attempts: list[tuple[float, float, int]] = field(default_factory=list)
    given_up: list[uuid.UUID] = field(default_factory=list)
    # Of every request, for files as well; 0 where the line broke.
    answers: Counter[int] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def waits(self) -> list[float]:
        """Seconds that good answers took, in order."""
        return sorted(took for _at, took, status in self.attempts if status in GOOD)


def plan(seed: int, count: int, *, seconds: float, phones: int, first: int = 0, files: float = 0.05) -> list[Filing]:
    """`count` reports, evenly over so many seconds. `first` says how many places are taken already."""
    chance = random.Random(f"{seed} {first}")
    picture = _picture(chance)
    made = []
    for number in range(first, first + count):
        report_id = uuid.UUID(int=chance.getrandbits(128), version=4)
        file = picture + report_id.bytes * chance.randrange(1, 3_000) if chance.random() < files else b""
        (middle, told), is_danger = SQUARES[number % len(SQUARES)], chance.random() < 0.05
        body = _body(chance, report_id, _spot(number // len(SQUARES), middle), is_danger, file)
        moment = seconds * (number - first) / count
        made.append(Filing(report_id, moment, number % phones, body, told, is_danger, file))
    return made


def _spot(number: int, middle: tuple[float, float]) -> tuple[float, float]:
    """A point of the square's grid, never one twice, and neighbours far apart in time."""
    place = number * 3_571 % (SIDE * SIDE)
    return tuple(
        round(at + STEP * (step - SIDE // 2 + 0.5), 5) for at, step in zip(middle, divmod(place, SIDE), strict=True)
    )


def _body(chance: random.Random, report_id: uuid.UUID, spot: tuple, is_danger: bool, file: bytes) -> bytes:
    sha256 = hashlib.sha256(file).hexdigest()
    stated = {
        "schema": 2,
        "id": str(report_id),
        "categories": [chance.choice(["intimidation", "arrest_detention", "verbal_threat", "surveillance"])],
        "perpetrators": ["police"],
        "source_relation": "witness",
        "timing": "happening_now",
        "in_danger_now": is_danger,
        "words": " ".join(_word(chance) for _ in range(12)),
        "location_source": "gps",
        "latitude": str(spot[0]),
        "longitude": str(spot[1]),
        "accuracy_m": 12,
        "consent": "internal",
        "files": [{"name": sha256, "sha256": sha256, "size": len(file), "type": "image/jpeg"}] if file else [],
    }
    return json.dumps(stated).encode()


def _word(chance: random.Random) -> str:
    return "".join(chance.choice("bcdfglmnprst") + chance.choice("aeiou") for _ in range(chance.randrange(2, 5)))


def _picture(chance: random.Random) -> bytes:
    file = io.BytesIO()
    Image.frombytes("RGB", (64, 48), chance.randbytes(64 * 48 * 3)).save(file, "JPEG", quality=70)
    return file.getvalue()


class Crowd:
    """Phones with their credentials, over so many lines at once, all keeping one list of what they were promised."""

    def __init__(self, base_url: str, secrets: list[str], *, lines: int = 24, patience: float = 180) -> None:
        self.host, self.secrets, self.lines, self.patience = base_url.removeprefix("http://"), secrets, lines, patience
        self.promises, self._local = Promises(), threading.local()

    def file(self, filings: list[Filing]) -> None:
        """File them all at their moments; returns when the last is answered well, or its phone has lost patience."""
        begun = time.monotonic()
        with ThreadPoolExecutor(self.lines) as pool:
            list(pool.map(lambda filing: self._one(filing, begun), sorted(filings, key=lambda one: one.moment)))

    def _one(self, filing: Filing, begun: float) -> None:
        time.sleep(max(0.0, begun + filing.moment - time.monotonic()))
        address = f"/api/v1/reports/{filing.id}"
        done = self._until(lambda: self._put(filing, address))
        if done and filing.file:
            done = self._until(lambda: self._bring(filing, f"{address}/files/{filing.sha256}"))
        if not done:
            self.promises.given_up.append(filing.id)

    def _until(self, tried) -> bool:
        """As a phone does: whatever is not a good answer is tried again, a little later each time."""
        end, wait = time.monotonic() + self.patience, 0.1
        while time.monotonic() < end:
            if tried():
                return True
            time.sleep(wait)
            wait = min(2.0, wait * 1.6)
        return False

    def _put(self, filing: Filing, address: str) -> bool:
        headers = {"Content-Type": "application/json", "Cookie": f"phone={self.secrets[filing.phone]}"}
        at = time.time()
        status, _headers = self._ask("PUT", address, filing.body, headers)
        with self.promises.lock:
            self.promises.attempts.append((at, time.time() - at, status))
            if status in GOOD:
                self.promises.reports[filing.id] = time.time()
        return status in GOOD

    def _bring(self, filing: Filing, address: str) -> bool:
        """From wherever the server has got to, in pieces; True when it says that the file is complete."""
        status, answer = self._ask("HEAD", address)
        while status in (204, 409):
            if answer["Upload-Complete"] == "?1":
                self.promises.files[filing.id] = filing.sha256
                return True
            offset = int(answer["Upload-Offset"])
            piece = filing.file[offset : offset + PIECE]
            headers = {"Content-Type": "application/partial-upload", "Upload-Offset": str(offset)}
            headers["Upload-Complete"] = "?1" if offset + len(piece) == len(filing.file) else "?0"
            status, answer = self._ask("PATCH", address, piece, headers)
        return False

    def _ask(self, *request) -> tuple[int, dict]:
        status, headers = self._exchange(*request)
        with self.promises.lock:
            self.promises.answers[status] += 1
        return status, headers

    def _exchange(self, method: str, address: str, body: bytes = b"", headers: dict | None = None) -> tuple[int, dict]:
        """The answer, or 0 where the line broke."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            if getattr(self._local, "line", None) is None:
                self._local.line = http.client.HTTPConnection(self.host, timeout=60)
            self._local.line.request(method, address, body or None, headers or {})
            answer = self._local.line.getresponse()
            answer.read()
            return answer.status, dict(answer.headers)
        self._local.line = None
        return 0, {}
