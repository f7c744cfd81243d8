"""What the page of one incident shows: testimony, the steps that are possible now, place, deliveries, timeline."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from incidents.actions import talk as verbs
from incidents.actions.review import mark_read
from incidents.admin import answers, bundles, ground, situations, threads, timeline, twins
from incidents.admin.base import reader
from incidents.admin.forms import (
    AnswerForm,
    AskForm,
    AssignForm,
    DeskForm,
    LetInForm,
    MergeForm,
    MoveForm,
    SafeForm,
    SeverityForm,
    SummaryForm,
    UnmergeForm,
    VerifyForm,
)
from incidents.admin.testimony import testimonies
from incidents.models import Delivery, Incident, Reply, Report, TimelineEntry
from incidents.roles import Action
from incidents.taxonomy import Category, LocationSource, Perpetrator
from incidents.triage import corroboration
from incidents.triage.severity import explain
from incidents.triage.sources import sources_of
from incidents.workflow import Move, Status


@dataclass(frozen=True)
class Step:
    """A move with its own form; what was typed and refused stands in it again."""

    move: Move
    form: DeskForm


@dataclass(frozen=True)
class Entry:
    entry: TimelineEntry
    sentence: str


@dataclass(frozen=True)
class Proposal:
    """The level that the reports would bear out, with its reasons in words. Only a person sets it."""

    level: str
    label: str
    reasons: list[str]
    is_offered: bool
    is_taken: bool


def read_by(request: HttpRequest, incident: Incident) -> set[Any]:
    """Tell the reporters that they were read, if a person really looks; returns the reports and answers that were new.

    A browser that fetches ahead has shown nobody anything; and what triage has not placed yet may turn out to be
    another department's, so that its reporter is not told before.
    """
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    if request.method != "GET" or "prefetch" in purpose or not reader(request).may(Action.HANDLE_INCIDENT):
        return set()
    new = set(Report.objects.filter(incident=incident, read_at=None).values_list("pk", flat=True))
    if new and incident.status != Status.RECEIVED:
        mark_read(incident.pk, actor=reader(request))
    answers = set(Reply.objects.filter(question__report__incident=incident, read_at=None).values_list("pk", flat=True))
    if answers:
        verbs.read(incident.pk, actor=reader(request))
    return new | answers


def context(request: HttpRequest, incident: Incident, *, refused: DeskForm | None, new: set[Any]) -> dict[str, Any]:
    here = twins.with_absorbed(incident)
    deliveries = Delivery.objects.visible_to(request.user).filter(incident__in=here).select_related("recipient")
    untold = situations.untold(incident, request.user)
    entries = TimelineEntry.objects.filter(incident__in=here).exclude(event__in=untold).select_related("actor")
    proposal = _proposal(request, incident)
    told_of = testimonies(incident, request.user, new)
    asked = threads.threads([told.report for told in told_of], new, refused if isinstance(refused, AskForm) else None)
    return {
        "incident": incident,
        "zone": incident.mission.zone,
        "headline": headline(incident),
        "testimonies": [replace(told, talk=asked.get(told.report.pk)) for told in told_of],
        "steps": _steps(incident, refused),
        "stale": _stale(incident, refused),
        "forms": _forms(incident, refused, proposal),
        "reasons": explain(incident.severity_reasons),
        "proposal": proposal,
        "deliveries": deliveries,
        **answers.context(incident, deliveries),
        "timeline": [Entry(entry, timeline.sentence(entry)) for entry in entries],
        "releases": incident.releases.filter(withdrawn_at=None),
        "place": _place(incident),
        "situation": situations.of(incident, request.user),
        **twins.context(request.user, incident),
        "refused_merge": refused if isinstance(refused, MergeForm | UnmergeForm) else None,
        "may_handle": reader(request).may(Action.HANDLE_INCIDENT) and not incident.mission.is_read_only,
        **bundles.context(request, incident),
    }


def headline(incident: Incident) -> str:
    """The incident in the field's words: "Arrest or detention · Police · La Paz · 14:20"."""
    accused = _accused(incident.accusations.values_list("code", flat=True))
    happened = timezone.localtime(incident.occurred_at or incident.opened_at, incident.mission.zone)
    parts = [
        timeline.label(Category, incident.category),
        accused,
        incident.department.name if incident.department else "",
        f"{happened:%H:%M}",
    ]
    return " · ".join(part for part in parts if part)


def _accused(codes: Any) -> str:
    return ", ".join(timeline.label(Perpetrator, code) for code in sorted(codes) if code != Perpetrator.UNKNOWN)


def _steps(incident: Incident, refused: DeskForm | None) -> list[Step]:
    tried = refused.data.get("code") if isinstance(refused, MoveForm) else None
    return [
        Step(move, refused if refused and move.code == tried else MoveForm(initial={"code": move.code}))
        for move in incident.moves
    ]


def _stale(incident: Incident, refused: DeskForm | None) -> DeskForm | None:
    """A refused step that is no longer on offer: its message needs a place of its own."""
    if isinstance(refused, MergeForm | UnmergeForm | AskForm):
        return None  # told beside the similar incidents, or the report
    if isinstance(refused, SafeForm):
        return None if incident.in_danger_now else refused
    if isinstance(refused, LetInForm | AnswerForm):
        return refused
    offered = {move.code for move in incident.moves}
    return refused if isinstance(refused, MoveForm) and refused.data.get("code") not in offered else None


def _proposal(request: HttpRequest, incident: Incident) -> Proposal:
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


def _verification(incident: Incident, proposal: Proposal) -> dict[str, str]:
    """What the form begins with: things as they stand, or the proposal for a person to look at and save."""
    if not proposal.is_taken:
        return {"level": incident.verification}
    return {"level": proposal.level, "reason": "; ".join(proposal.reasons)}


def _forms(incident: Incident, refused: DeskForm | None, proposal: Proposal) -> dict[str, DeskForm]:
    forms: dict[str, DeskForm] = {
        "verify": VerifyForm(initial=_verification(incident, proposal)),
        "severity": SeverityForm(initial={"level": incident.severity_override}),
        "assign": AssignForm(incident=incident, initial={"person": str(incident.assigned_to_id or "")}),
        "safe": SafeForm(),
        "summary": SummaryForm(initial={"text": incident.public_summary}),
    }
    if refused:
        forms[refused.name] = refused
    return forms


def _place(incident: Incident) -> dict[str, Any] | None:
    """What the small map draws, and where it finds the departments."""
    if incident.position is None:
        return None
    return {
        "latitude": float(incident.latitude or 0),
        "longitude": float(incident.longitude or 0),
        "accuracy_m": incident.accuracy_m,
        "precision": incident.place_precision,
        "severity": incident.severity,
        "in_danger": incident.in_danger_now,
        "source": str(timeline.label(LocationSource, incident.location_source)),
        "boundaries": reverse("admin:incidents_incident_boundaries"),
        "ground": ground.drawn(incident.mission),
    }
