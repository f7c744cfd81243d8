"""Turned phones and honest ones against the whole product: who sends what, and what became of it.

Shared by the short form in `tests/test_flood.py` and the long one in `tests/benchmarks/flood.py`.
"""

import contextlib
import http.client
import json
import random
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.stack import Stack

WORDS = "Dos agentes de la policía anotaron los nombres de los votantes en la puerta del recinto"
HONEST = (
    "Detuvieron a un delegado junto a la mesa",
    "Un grupo grande bloquea la calle y no deja pasar a nadie",
    "Amenazaron a la presidenta de la mesa por teléfono",
    "Militares revisan mochilas en la entrada de la escuela",
    "Nos pidieron salir del recinto durante el conteo",
)


@dataclass
class Sent:
    """What was acknowledged: report ids, with the moment of the answer in seconds of the clock that all rows use."""

    honest: dict[str, float] = field(default_factory=dict)
    flood: dict[str, float] = field(default_factory=dict)
    refused: list[int] = field(default_factory=list)


def phones(stack: Stack, count: int, prefix: str, also: str = "") -> list[str]:
    """The credentials of so many new phones, each of a monitor of its own, each brought in by an invitation.

    `also` is a line of Python to run with it.
    """
    script = (
        "import json;from incidents.models import *;from incidents.actions.enrol import invite,take_up;"
        "from incidents.roles import Role;m=Mission.objects.get();out=[]\n"
        f"for n in range({count}):\n"
        f" u=User.objects.create_user(f'{prefix}{{n}}',None,role=Role.MONITOR,code=f'{prefix.upper()}-{{n}}')\n"
        " Membership.objects.create(user=u,mission=m,all_departments=True)\n"
        " out.append(take_up(invite(u)[1])[1])\n"
        f"{also}print(json.dumps(out))"
    )
    return json.loads(stack.manage("shell", "--verbosity", "0", "-c", script).stdout.splitlines()[-1])


def storm(stack: Stack, *, turned: int, flood: int, honest: int, reports: int, seconds: float, seed: int) -> Sent:
    """`turned` phones send `flood` reports in all, `honest` ones send `reports`, evenly over so many seconds."""
    chance, sent, lock = random.Random(seed), Sent(), threading.Lock()
    bad, good = phones(stack, turned, "t"), phones(stack, honest, "h")
    plan = [(seconds * n / flood, bad[n % turned], True) for n in range(flood)]
    plan += [(seconds * n / reports, good[n % honest], False) for n in range(reports)]
    begun, lines = time.monotonic(), threading.local()

    def one(step: tuple[float, str, bool]) -> None:
        moment, secret, is_flood = step
        time.sleep(max(0.0, begun + moment - time.monotonic()))
        report_id, status = str(uuid.uuid4()), 0
        body = json.dumps(_report(chance, is_flood))
        for attempt in range(8):  # as a phone does: whatever is not a good answer is tried again
            with contextlib.suppress(OSError, http.client.HTTPException):
                status = _put(lines, stack.base_url.removeprefix("http://"), report_id, secret, body)
            if status in (200, 201):
                break
            lines.line = None
            time.sleep(0.2 * 2**attempt)
        with lock:
            if status not in (200, 201):
                sent.refused.append(status)
            else:
                (sent.flood if is_flood else sent.honest)[report_id] = time.time()

    with ThreadPoolExecutor(24) as crowd:
        list(crowd.map(one, sorted(plan)))
    return sent


def _put(lines: threading.local, host: str, report_id: str, secret: str, body: str) -> int:
    if getattr(lines, "line", None) is None:
        lines.line = http.client.HTTPConnection(host, timeout=60)
    headers = {"Content-Type": "application/json", "Cookie": f"phone={secret}"}
    lines.line.request("PUT", f"/api/v1/reports/{report_id}", body, headers)
    answer = lines.line.getresponse()
    answer.read()
    return answer.status


def _report(chance: random.Random, is_flood: bool) -> dict:
    words = f"{WORDS} {chance.randrange(100)}" if is_flood else f"{chance.choice(HONEST)} {chance.randrange(1000)}"
    return {
        "categories": [chance.choice(["intimidation", "arrest_detention", "verbal_threat"])],
        "perpetrators": ["police"],
        "source_relation": "witness",
        "timing": "happening_now",
        "words": words,
        "location_source": "gps",
        "latitude": round(-16.5 + chance.uniform(-0.5, 0.5), 5),
        "longitude": round(-68.15 + chance.uniform(-0.3, 0.5), 5),
        "accuracy_m": 12,
        "consent": "partners",
        "in_danger_now": is_flood and chance.random() < 0.3,
    }


def fates(stack: Stack) -> dict[str, tuple[str, str, float | None]]:
    """Of each report: why its incident is held, the state of its triage, seconds from its receipt to its triage."""
    rows = stack.rows(
        "SELECT r.id, i.held, a.state, r.received_at, a.assessed_at FROM incidents_report r "
        "JOIN incidents_incident i ON i.id = r.incident_id JOIN incidents_assessment a ON a.report_id = r.id"
    )
    return {
        str(uuid.UUID(str(pk))): (held, state, _seconds(received, assessed))
        for pk, held, state, received, assessed in rows
    }


def _seconds(received, assessed) -> float | None:
    if assessed is None:
        return None
    if isinstance(received, str):
        from datetime import datetime

        received, assessed = datetime.fromisoformat(received), datetime.fromisoformat(assessed)
    return (assessed - received).total_seconds()
