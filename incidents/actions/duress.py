"""The word a monitor has agreed on for when they are not free to speak: chosen, known again, heeded in silence.

Nothing here answers differently for a word that is known: what the phone shows, what the log says and what the
check-in becomes are the same with it and without it. Only the desk hears.
"""

import hmac
import json
import re
import unicodedata
import uuid
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from incidents.actions import alarm
from incidents.models import Alarm, DuressWord, Mission, Report, User
from incidents.seals.keys import word_key

LEAST_LETTERS, MOST_PARTS = 4, 3
# Earlier ones go on counting, or whoever holds the phone could take the word away by choosing another.
KEPT = 3


class UnfitWord(Exception):
    """Too short to be told from other words, or too long to be found in a text."""


@transaction.atomic
def choose(monitor: User, word: str) -> None:
    """Keep a word, as a hash. Raises UnfitWord."""
    parts = _folded(word)
    if sum(map(len, parts)) < LEAST_LETTERS or len(parts) > MOST_PARTS:
        raise UnfitWord
    mark = _mark(monitor, parts, word_key())
    DuressWord.objects.update_or_create(monitor=monitor, mark=mark, defaults={"chosen_at": timezone.now()})
    latest = DuressWord.objects.filter(monitor=monitor).order_by("-chosen_at", "-pk").values_list("pk", flat=True)
    DuressWord.objects.filter(monitor=monitor).exclude(pk__in=list(latest[:KEPT])).delete()


def is_duress(monitor: User, text: str, *, said_at: datetime | None = None) -> bool:
    """Whether a monitor's own word stands in what they wrote, alone or among others, whatever its case and accents.

    `said_at` leaves out words that were chosen later, which meant nothing then.
    """
    words = DuressWord.objects.filter(monitor=monitor, chosen_at__lte=said_at or timezone.now())
    marks = set(words.values_list("mark", flat=True))
    if not marks:
        return False
    key = word_key()
    return any(_mark(monitor, run, key) in marks for run in _runs(_folded(text)))


@transaction.atomic
def heed(monitor: User, mission: Mission, text: str, *, said_at: datetime | None = None) -> list[uuid.UUID]:
    """Raise the silent alarm where the word stands in the text; returns the deliveries queued, to be rung for."""
    if not is_duress(monitor, text, said_at=said_at):
        return []
    return alarm.sound(monitor, mission, Alarm.Kind.DURESS)[1]


@transaction.atomic
def heed_alike(monitor: User, mission: Mission, text: str) -> list[uuid.UUID]:
    """`heed` for what somebody waits for: without the word as much is done and then undone, so that no watch tells."""
    if not DuressWord.objects.filter(monitor=monitor).exists():
        return []
    is_meant = is_duress(monitor, text)
    with transaction.atomic():
        queued = alarm.sound(monitor, mission, Alarm.Kind.DURESS)[1]
        transaction.set_rollback(not is_meant)
    return queued if is_meant else []


def heed_report(report: Report) -> list[uuid.UUID]:
    """The same for all that was written in a report; once, however often it is triaged."""
    # Asked of every report: one question for those without a word.
    if not DuressWord.objects.filter(monitor=report.reporter_id).exists() or report.reporter is None:
        return []
    queued: list[uuid.UUID] = []
    for said_at, words in _written(report):
        heeded = report.reporter.alarms.filter(kind=Alarm.Kind.DURESS, mission=report.mission, raised_at__gte=said_at)
        if not heeded.exists():
            queued += heed(report.reporter, report.mission, words, said_at=said_at)
    return queued


def _written(report: Report) -> Iterator[tuple[datetime, str]]:
    yield report.received_at, report.words
    for revision in report.revisions.all():
        yield revision.received_at, str(json.loads(revision.body).get("words", ""))


def _folded(text: str) -> list[str]:
    """Its words without case, accents and signs, so that "¡Tía  Rosa!" and "tia rosa" are one."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return re.findall(r"\w+", "".join(letter for letter in plain if not unicodedata.combining(letter)))


def _runs(words: list[str]) -> Iterator[list[str]]:
    """One to three words in a row."""
    for length in range(1, MOST_PARTS + 1):
        yield from (words[start : start + length] for start in range(len(words) - length + 1))


def _mark(monitor: User, words: list[str], key: bytes) -> str:
    """The monitor is part of it: two who chose the same word can't be told to have."""
    said = f"{monitor.pk}:{' '.join(words)}".encode("utf-8", "replace")
    return hmac.digest(key, said, "sha256").hex()
