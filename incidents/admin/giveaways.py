"""What in a public summary may tell who reported or who was hurt. It only points it out: a person decides."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from incidents.models import Incident, Reply, Revision, User
from incidents.roles import Role

# So many words in a row are no accident: whoever knows how somebody writes knows them by it.
IN_A_ROW = 5
_MAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.\w+")
_DATE = re.compile(r"\b(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2})\b")
_PHONE = re.compile(r"(?<!\w)\+?\d(?:[ \t().\-/]{0,2}\d){6,}(?!\w)")
_WORD = re.compile(r"\w+")


def giveaways(incident: Incident, text: str) -> list[str]:
    """Reasons to look at a summary again, in words that can be shown; none for an empty one."""
    if not text.strip():
        return []
    return [*_contacts(text), *_codes(incident, text), *_borrowed(incident, text)]


def _contacts(text: str) -> Iterator[str]:
    if found := _MAIL.search(text):
        yield _("This looks like an e-mail address: %(found)s") % {"found": found[0]}
    if found := _PHONE.search(_DATE.sub(" ", text)):
        yield _("This looks like a telephone number: %(found)s") % {"found": found[0]}


def _codes(incident: Incident, text: str) -> Iterator[str]:
    folded = f" {' '.join(_words(text))} "
    monitors = User.objects.filter(memberships__mission=incident.mission_id).with_role(Role.MONITOR)
    for code in monitors.order_by("code").values_list("code", flat=True).distinct():
        if (words := " ".join(_words(code))) and f" {words} " in folded:
            yield _("This is the code of a monitor: %(found)s") % {"found": code}


def _borrowed(incident: Incident, text: str) -> Iterator[str]:
    theirs: set[tuple[str, ...]] = set()
    for stated in _stated(incident):
        theirs.update(_rows_of(_words(stated)))
    words = _words(text)
    if shared := next((row for row in _rows_of(words) if row in theirs), None):
        yield _("These words stand in the report itself: “%(found)s …”") % {"found": " ".join(shared)}


def _stated(incident: Incident) -> Iterable[str]:
    """All that its reporters wrote: first, later, and when they were asked."""
    yield from incident.reports.values_list("words", flat=True)
    for body in Revision.objects.filter(report__incident=incident).values_list("body", flat=True):
        yield str(json.loads(body).get("words", ""))
    yield from Reply.objects.filter(question__report__incident=incident).values_list("text", flat=True)


def _rows_of(words: list[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(IN_A_ROW)), strict=False)


def _words(text: str) -> list[str]:
    """In small letters without accents: how somebody types does not matter."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))
