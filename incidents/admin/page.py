"""What the page of one incident shows: testimony, the steps that are possible now, place, deliveries, timeline."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from incidents.actions import talk as verbs
from incidents.actions.review import mark_read
from incidents.admin import (
    answers,
    bundles,
    chronicle,
    exhibits,
    ground,
    listed,
    offered,
    outward,
    situations,
    threads,
    timeline,
    twins,
    working,
)
from incidents.admin.base import reader
from incidents.admin.forms import AskForm, DeskForm, MergeForm, UnmergeForm
from incidents.admin.steps import CONFLICT, SAVED
from incidents.admin.testimony import testimonies
from incidents.models import Delivery, Incident, Reply, Report, TimelineEntry
from incidents.roles import Action
from incidents.taxonomy import Category, LocationSource, Perpetrator
from incidents.triage.severity import explain
from incidents.workflow import Status

# How long after a step the message that it was saved offers to take it back; the timeline does so for longer.
JUST_NOW = timedelta(seconds=30)


def read_by(request: HttpRequest, incident: Incident) -> set[Any]:
    """Tell the reporters that they were read, and the others at the desk who works on it, if a person really looks.

    Returns the reports and answers that were new.

    A browser that fetches ahead has shown nobody anything; and what triage has not placed yet may turn out to be
    another department's, so that its reporter is not told before.
    """
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    if request.method != "GET" or "prefetch" in purpose or not reader(request).may(Action.HANDLE_INCIDENT):
        return set()
    working.opened(request, incident)
    new = set(Report.objects.filter(incident=incident, read_at=None).values_list("pk", flat=True))
    if new and incident.status != Status.RECEIVED:
        mark_read(incident.pk, actor=reader(request))
    answers = set(Reply.objects.filter(question__report__incident=incident, read_at=None).values_list("pk", flat=True))
    if answers:
        verbs.read(incident.pk, actor=reader(request))
    return new | answers


def context(
    request: HttpRequest, incident: Incident, *, refused: DeskForm | None, new: set[Any], status: int = 200
) -> dict[str, Any]:
    here = twins.with_absorbed(incident)
    deliveries = Delivery.objects.visible_to(request.user).filter(incident__in=here).select_related("recipient")
    proposal = offered.proposal(request, incident)
    told_of = testimonies(incident, request.user, new)
    asked = threads.threads([told.report for told in told_of], new, refused if isinstance(refused, AskForm) else None)
    similar = twins.context(request.user, incident)
    return {
        "incident": incident,
        "zone": incident.mission.zone,
        "headline": headline(incident),
        "testimonies": [replace(told, talk=asked.get(told.report.pk)) for told in told_of],
        "steps": offered.steps(incident, refused),
        "stale": offered.stale(incident, refused),
        "forms": offered.forms(incident, refused, proposal),
        "reasons": explain(incident.severity_reasons),
        "proposal": proposal,
        "deliveries": deliveries,
        **answers.context(incident, deliveries),
        **outward.context(incident),
        "place": _place(incident),
        "situation": situations.of(incident, request.user),
        **similar,
        "refused_merge": refused if isinstance(refused, MergeForm | UnmergeForm) else None,
        "may_handle": reader(request).may(Action.HANDLE_INCIDENT) and not incident.mission.is_read_only,
        "may_identify": reader(request).may(Action.READ_IDENTITY),
        "carried": listed.carried(request),
        "back": listed.back(request),
        "gentle": exhibits.gentle(incident, request.user),
        **bundles.context(request, incident),
        **_told(request, incident, here, similar["merges"]),
        **_together(request, incident, status),
    }


def _told(request: HttpRequest, incident: Incident, here: list[Any], merges: Any) -> dict[str, Any]:
    """The timeline, and of the step that was just taken whether it can be taken back."""
    untold = situations.untold(incident, request.user)
    rows = TimelineEntry.objects.filter(incident__in=here).exclude(event__in=untold).select_related("actor")
    lines = chronicle.entries(incident, rows, reader(request), merges)
    saved = request.session.pop(SAVED, None) if request.method == "GET" and SAVED in request.session else None
    since = timezone.now() - JUST_NOW
    mine = [line for line in lines if line.undo and line.entry.actor_id == request.user.pk and line.entry.at > since]
    return {
        "timeline": lines,
        "days": chronicle.days(lines, incident.mission.zone),
        "seen": max((line.entry.pk for line in lines), default=0),
        "saved": saved,
        "just_done": mine[-1] if mine and saved and saved["has_undo"] else None,
    }


def _together(request: HttpRequest, incident: Incident, status: int) -> dict[str, Any]:
    """Who else is here, and what they did while a step was being filled in."""
    waits = status == CONFLICT
    on_it = working.on_it(working.current(incident), request.user)
    return {
        "on_it": on_it,
        "is_theirs": on_it is not None and not on_it.is_mine,
        "asks_to_take_over": waits,
        "typed": working.typed(request) if waits else [],
        "is_refused": request.method == "POST",
        "meanwhile": working.meanwhile(incident, request.user, request.POST.get("seen", "")),
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
