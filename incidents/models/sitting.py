"""How long somebody may sit at the desk, and who does now.

A session remembers when it began, when its person was last active, and with which second factor it was opened.
"""

import time
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from incidents.models.user import User

KEY = "sitting"
IDLE_S, LONGEST_S = 30 * 60, 12 * 3600


def begun(person: User) -> dict[str, Any]:
    """What a session remembers from the moment it is opened."""
    now = int(time.time())
    return {"since": now, "seen": now, "factor": person.second_factor_id}


def left_s(sitting: dict[str, Any]) -> int:
    """Seconds until it ends by itself, of idleness or of age; none or fewer where it is over."""
    now = time.time()
    return int(min(sitting.get("seen", 0) + IDLE_S, sitting.get("since", 0) + LONGEST_S) - now)


def open_sessions(people: Iterable[User]) -> int:
    """How many sessions these people have open. Reads every session that is kept."""
    theirs = {str(person.pk): person.get_session_auth_hash() for person in people}
    kept = (row.get_decoded() for row in Session.objects.filter(expire_date__gt=timezone.now()))
    return sum(_is_open(session, theirs.get(session.get(SESSION_KEY, ""), "")) for session in kept)


def _is_open(session: dict[str, Any], expected: str) -> bool:
    same = expected and constant_time_compare(session.get(HASH_SESSION_KEY, ""), expected)
    return bool(same) and left_s(session.get(KEY) or {}) > 0
