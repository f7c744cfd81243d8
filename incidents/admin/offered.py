"""What can be done with an incident now: the moves on offer, and the small forms, as they stand or were refused."""

from dataclasses import dataclass

from django.http import HttpRequest

from incidents.admin.forms import (
    AnswerForm,
    AskForm,
    AssignForm,
    DeskForm,
    KeepBackForm,
    LetGoForm,
    LetInForm,
    MergeForm,
    MoveForm,
    SafeForm,
    SeverityForm,
    SummaryForm,
    UndoForm,
    UnmergeForm,
    VerifyForm,
)
from incidents.models import Incident
from incidents.triage import corroboration
from incidents.triage.sources import sources_of
from incidents.workflow import Move


@dataclass(frozen=True)
class Step:
    """A move with its own form; what was typed and refused stands in it again."""

    move: Move
    form: DeskForm


@dataclass(frozen=True)
class Proposal:
    """The level that the reports would bear out, with its reasons in words. Only a person sets it."""

    level: str
    label: str
    reasons: list[str]
    is_offered: bool
    is_taken: bool


def steps(incident: Incident, refused: DeskForm | None) -> list[Step]:
    tried = refused.data.get("code") if isinstance(refused, MoveForm) else None
    return [
        Step(move, refused if refused and move.code == tried else MoveForm(initial={"code": move.code}))
        for move in incident.moves
    ]


def stale(incident: Incident, refused: DeskForm | None) -> DeskForm | None:
    """A refused step that is no longer on offer: its message needs a place of its own."""
    if isinstance(refused, MergeForm | UnmergeForm | AskForm):
        return None  # told beside the similar incidents, or the report
    if isinstance(refused, SafeForm):
        return None if incident.in_danger_now else refused
    if isinstance(refused, KeepBackForm):
        return None if incident.is_kept_back == isinstance(refused, LetGoForm) else refused
    if isinstance(refused, LetInForm | AnswerForm | UndoForm):
        return refused
    offered = {move.code for move in incident.moves}
    return refused if isinstance(refused, MoveForm) and refused.data.get("code") not in offered else None


def proposal(request: HttpRequest, incident: Incident) -> Proposal:
    """What the reports bear out as they are now: a file may have come since triage counted."""
    weighed = corroboration.weigh(sources_of(incident))
    is_taken = request.method == "GET" and request.GET.get("propose") == weighed.level
    return Proposal(
        level=weighed.level,
        label=str(weighed.level.label),
        reasons=corroboration.explain(weighed.reasons),
        is_offered=corroboration.says_more(weighed.level, incident.verification),
        is_taken=is_taken,
    )


def _verification(incident: Incident, proposed: Proposal) -> dict[str, str]:
    """What the form begins with: things as they stand, or the proposal for a person to look at and save."""
    if not proposed.is_taken:
        return {"level": incident.verification}
    return {"level": proposed.level, "reason": "; ".join(proposed.reasons)}


def forms(incident: Incident, refused: DeskForm | None, proposed: Proposal) -> dict[str, DeskForm]:
    found: dict[str, DeskForm] = {
        "verify": VerifyForm(initial=_verification(incident, proposed)),
        "severity": SeverityForm(initial={"level": incident.severity_override}),
        "assign": AssignForm(incident=incident, initial={"person": str(incident.assigned_to_id or "")}),
        "safe": SafeForm(),
        "summary": SummaryForm(incident=incident, initial={"text": incident.public_summary}),
        "keep_back": KeepBackForm(),
        "let_go": LetGoForm(),
    }
    if refused:
        found[refused.name] = refused
    return found
