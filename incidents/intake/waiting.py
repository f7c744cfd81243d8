"""What waits for a monitor to read: questions about their reports, and broadcasts. For a phone that is trusted only."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from incidents.intake.devices import Phone
from incidents.models import Broadcast, Question, Report


@dataclass(frozen=True)
class Waits:
    """The reports that are asked about, the oldest question first, and whether there is a broadcast."""

    asked: list[uuid.UUID]
    notices: bool

    @property
    def is_something(self) -> bool:
        return bool(self.asked) or self.notices


@dataclass(frozen=True)
class Asked:
    """A question as the phone shows it: with its words while it is open, and when it was answered after that."""

    question: Question
    answered_at: datetime | None
    read_at: datetime | None
    reply_id: uuid.UUID
    words: str = ""
    fault: str = ""

    @property
    def is_open(self) -> bool:
        return self.answered_at is None


def of(phone: Phone, *, but: Report | None = None) -> Waits | None:
    """What waits, the report that is shown already left out; None for a phone that may be shown nothing."""
    if not phone.is_open:
        return None
    notices = Broadcast.objects.shown_to(phone.device.monitor).exists()
    return Waits([pk for pk in asked(phone) if but is None or pk != but.pk], notices)


def asked(phone: Phone) -> list[uuid.UUID]:
    """The reports with a question that waits."""
    if not phone.is_open:
        return []
    waiting = Question.objects.waiting_for(phone.device.monitor).order_by("asked_at", "pk")
    return list(dict.fromkeys(waiting.values_list("report", flat=True)))


def thread(report: Report, typed: dict[str, str]) -> list[Asked]:
    """What was asked about a report; `typed` is an answer that could not be taken."""
    return [_asked(question, typed) for question in report.questions.prefetch_related("replies")]


def _asked(question: Question, typed: dict[str, str]) -> Asked:
    replies = [reply for reply in question.replies.all() if not reply.held]
    again = typed if typed.get("question") == str(question.pk) else {}
    return Asked(
        question=question,
        answered_at=replies[0].sent_at if replies else None,
        read_at=max((reply.read_at for reply in replies if reply.read_at), default=None),
        reply_id=uuid.UUID(again["reply_id"]) if again else uuid.uuid4(),
        words=again.get("words", ""),
        fault=again.get("fault", ""),
    )
