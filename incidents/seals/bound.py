"""What the record is bound to: reports, what was sent later, files, questions and answers, each by one hash.

The hash stands in the entry that tells of the row, as "kind id sha256": a row that was changed since is named.
Filing, looking at and making copies are no testimony, and move no hash.
"""

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Model

from incidents.chain import VERSION, canonical, micros
from incidents.models import Evidence, Question, Reply, Report, Revision

KINDS: dict[str, type[Model]] = {
    "report": Report,
    "revision": Revision,
    "evidence": Evidence,
    "question": Question,
    "reply": Reply,
}
# Column by column, for a later one must not change what was hashed before. Which phone a report came from is left out:
# a phone's row may go, and the report stays.
FIELDS: dict[str, tuple[str, ...]] = {
    "report": (
        *("id", "reference", "mission_id", "reporter_id", "channel", "external_id"),
        *("categories", "perpetrators", "victims", "victim_count", "harms", "source_relation", "timing"),
        *("in_danger_now", "words", "language", "consent", "location_source", "latitude", "longitude", "accuracy_m"),
        *("place_id", "occurred_at", "captured_at", "received_at", "clock_skew_s", "body", "body_sha256"),
    ),
    "revision": ("report_id", "body", "body_sha256", "received_at", "held"),
    "evidence": ("id", "report_id", "sha256", "name", "size", "media_type", "received_at"),
    "question": ("id", "report_id", "author_id", "phrase", "text", "asked_at"),
    "reply": ("id", "question_id", "text", "sent_at", "held"),
}


def kind_of(row: Model) -> str:
    return next(kind for kind, model in KINDS.items() if isinstance(row, model))


def statement(row: Model, kind: str = "") -> bytes:
    """The row's own words and figures as canonical text; what is hashed, and what a bundle holds.

    `kind` is for rows of another release's model.
    """
    kind = kind or kind_of(row)
    fields = {name: _plain(getattr(row, name)) for name in FIELDS[kind]}
    return canonical({"v": VERSION, "kind": kind, **fields})


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return micros(value)
    if isinstance(value, Decimal):
        return f"{value:.6f}"
    return str(value) if isinstance(value, UUID) else value


def bound(row: Model, kind: str = "") -> str:
    """As it stands in the detail of an entry."""
    kind = kind or kind_of(row)
    return f"{kind} {row.pk} {hashlib.sha256(statement(row, kind)).hexdigest()}"
