"""A whole mission comes back on the line: `python -m tests.benchmarks.reconnect [--phones 1000]`.

Each phone wakes at a random moment of the first minute and sends three sealed reports and a photo of 150 kB with each,
text first, in pieces of 64 kB, trying again as phones do. Then every report and every hash is looked for. Target: all
stored within ten minutes, none twice. The engine is that of OBSERVER_TEST_ENGINE.
"""

import argparse
import hashlib
import http.client
import io
import json
import os
import random
import sys
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyrage
from PIL import Image

from tests import engine
from tests.services import wait_until
from tests.stack import Stack, build

REPORTS, PHOTO_BYTES, PIECE, WAKING_S, TARGET_S = 3, 150_000, 65_536, 60, 600
SEED = int(os.environ.get("SEED", "20201018"))


@dataclass(frozen=True)
class Sealed:
    id: uuid.UUID
    text: bytes
    file: bytes
    name: str
    sha256: str


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--phones", type=int, default=1_000)
    phones = arguments.parse_args().phones
    with tempfile.TemporaryDirectory() as folder:
        stack = build(Path(folder))
        stack.start()
        try:
            return measure(stack, phones)
        finally:
            stack.stop()
            engine.end()


def measure(stack: Stack, phones: int) -> int:
    print(f"engine {engine.ENGINE} · seed {SEED} · sealing {phones * REPORTS} reports …", flush=True)
    queues = sealed(stack, phones)
    waking = random.Random(SEED)
    moments = sorted(waking.uniform(0, WAKING_S) for _ in queues)
    begun = time.monotonic()
    with ThreadPoolExecutor(64) as lines:
        slow = list(
            lines.map(lambda pair: come_back(stack, begun + pair[0], pair[1]), zip(moments, queues, strict=True))
        )
    stored = time.monotonic() - begun
    wait_until(lambda: not stack.rows("SELECT 1 FROM incidents_assessment WHERE state <> 'done' LIMIT 1"), 900, every=1)
    triaged = time.monotonic() - begun
    return reconcile(stack, queues, sorted(time for times in slow for time in times), stored, triaged)


def sealed(stack: Stack, phones: int) -> list[list[Sealed]]:
    """What each phone holds: made before the clock starts, for on the day a thousand phones do it."""
    script = (
        "import json;from incidents.models import *;from incidents.seals import sender,keys;"
        "m=Mission.objects.get();u=User.objects.filter(role='monitor').first();"
        f"d=[Device.objects.create(monitor=u,mission=m,token_hash=f'bench-{{n}}') for n in range({phones})];"
        "print(json.dumps([keys.intake_recipient(m),[sender.token_of(x) for x in d]]))"
    )
    recipient, tokens = json.loads(stack.manage("shell", "--verbosity", "0", "-c", script).stdout.splitlines()[-1])
    key = pyrage.x25519.Recipient.from_str(recipient)
    photo = picture()
    return [[one(key, token, photo) for _ in range(REPORTS)] for token in tokens]


def picture() -> bytes:
    """A photo that can be decoded, of about the size of one that a phone has made small."""
    noise = Image.frombytes("RGB", (420, 315), random.Random(SEED).randbytes(420 * 315 * 3))
    file = io.BytesIO()
    noise.save(file, "JPEG", quality=82)
    return file.getvalue()


def one(key: object, token: str, photo: bytes) -> Sealed:
    report_id = uuid.uuid4()
    content = photo + report_id.bytes * ((PHOTO_BYTES - len(photo)) // 16 + 1)
    travelling = pyrage.encrypt(content, [key])
    name, sha256 = hashlib.sha256(travelling).hexdigest(), hashlib.sha256(content).hexdigest()
    text = {
        "schema": 2,
        "id": str(report_id),
        "sender": token,
        "categories": ["intimidation"],
        "perpetrators": ["police"],
        "timing": "happening_now",
        "words": "Dos agentes anotan los nombres de quienes entran al recinto.",
        "latitude": "-16.5",
        "longitude": "-68.15",
        "accuracy_m": 12,
        "location_source": "gps",
        "files": [{"name": name, "sha256": sha256, "size": len(content), "type": "image/jpeg"}],
    }
    return Sealed(report_id, pyrage.encrypt(json.dumps(text).encode(), [key]), travelling, name, sha256)


def come_back(stack: Stack, moment: float, queue: list[Sealed]) -> list[float]:
    """One phone: all texts first, then the photos. Seconds that each text waited for its answer."""
    time.sleep(max(0, moment - time.monotonic()))
    line = Line(stack.base_url.removeprefix("http://"))
    waits = []
    for report in queue:
        asked = time.monotonic()
        line.send("PUT", f"/api/v1/reports/{report.id}", report.text, {"Content-Type": "application/age"}, (200, 201))
        waits.append(time.monotonic() - asked)
    for report in queue:
        for start in range(0, len(report.file), PIECE):
            last = start + PIECE >= len(report.file)
            headers = {
                "Content-Type": "application/partial-upload",
                "Upload-Offset": str(start),
                "Upload-Complete": "?1" if last else "?0",
            }
            address = f"/api/v1/reports/{report.id}/files/{report.name}"
            line.send("PATCH", address, report.file[start : start + PIECE], headers, (204, 409))
    return waits


class Line:
    """A connection that is made anew when it breaks."""

    def __init__(self, host: str) -> None:
        self.host, self.connection = host, None

    def send(self, method: str, address: str, body: bytes, headers: dict[str, str], good: tuple[int, ...]) -> None:
        for attempt in range(20):
            try:
                self.connection = self.connection or http.client.HTTPConnection(self.host, timeout=120)
                self.connection.request(method, address, body, headers)
                answer = self.connection.getresponse()
                answer.read()
                if answer.status in good:
                    return
            except (OSError, http.client.HTTPException):
                self.connection = None
            time.sleep(min(30, 0.2 * 2**attempt))
        raise AssertionError(f"{method} {address} was never answered well")


def reconcile(stack: Stack, queues: list[list[Sealed]], waits: list[float], stored: float, triaged: float) -> int:
    sent = [report for queue in queues for report in queue]
    ids = {
        str(row[0]).replace("-", "") for row in stack.rows("SELECT id FROM incidents_report WHERE channel = 'phone'")
    }
    hashes = {row[0] for row in stack.rows("SELECT sha256 FROM incidents_evidence WHERE name <> ''")}
    files = stack.rows("SELECT count(*) FROM incidents_evidence WHERE name <> ''")[0][0]
    lost = len({report.id.hex for report in sent} - ids)
    unlike = len({report.sha256 for report in sent} - hashes)
    twice = len(ids) - len(sent) + lost + files - len(hashes)
    print(f"  phones {len(queues)} · reports {len(sent)} · photos {len(sent)} of {PHOTO_BYTES // 1000} kB")
    print(f"  lost {lost} · hashes not found {unlike} · stored twice {twice}")
    print(f"  all stored after {stored:.0f} s (target {TARGET_S}) · all triaged after {triaged:.0f} s")
    print(f"  a text waited p50 {waits[len(waits) // 2]:.2f} s · p95 {waits[len(waits) * 95 // 100]:.2f} s")
    print("  reconciled" if not (lost or unlike or twice) else "  DOES NOT RECONCILE")
    return 1 if lost or unlike or twice or stored > TARGET_S else 0


if __name__ == "__main__":
    sys.exit(main())
