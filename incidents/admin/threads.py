"""What was asked and answered about each report of an incident, beside the form that asks more."""

import uuid
from dataclasses import dataclass
from typing import Any

from incidents.admin.forms import AskForm
from incidents.models import Question, Reply, Report


@dataclass(frozen=True)
class Said:
    reply: Reply
    is_new: bool


@dataclass(frozen=True)
class Exchange:
    question: Question
    replies: list[Said]


@dataclass(frozen=True)
class Thread:
    """What was asked and answered about a report, and the form to ask more."""

    exchanges: list[Exchange]
    form: AskForm


def threads(reports: list[Report], new: set[Any], refused: AskForm | None) -> dict[uuid.UUID, Thread]:
    """By report, those without a monitor left out; `new` are ids that nobody had read before."""
    asked: dict[uuid.UUID, list[Exchange]] = {}
    questions = Question.objects.filter(report__in=[report.pk for report in reports])
    for question in questions.select_related("author").prefetch_related("replies"):
        said = [Said(reply, reply.pk in new) for reply in question.replies.all()]
        asked.setdefault(question.report_id, []).append(Exchange(question, said))
    return {
        report.pk: Thread(asked.get(report.pk, []), _form(report, refused))
        for report in reports
        if report.reporter_id is not None
    }


def _form(report: Report, refused: AskForm | None) -> AskForm:
    """Empty, or as it was refused; ids tell the reports of one page apart."""
    if refused and refused.data.get("report") == str(report.pk):
        return refused
    initial = {"report": report.pk, "question_id": uuid.uuid4()}
    return AskForm(initial=initial, auto_id=f"ask-{report.reference}-%s")
