"""Likely duplicates on the page of one incident, and where the page of a merged one leads."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from incidents.admin import listed
from incidents.admin.testimony import Testimony, testimonies
from incidents.models import Incident, Merge, Suggestion
from incidents.triage.duplicates.reasons import explain

SHOWN = 3
REASONS = 6
# That neither tells of somebody killed moves the score, for most reports of one event do; it is no reason to a reader.
_SILENCE = ".none"
# Nor is what hardly moves it.
SMALLEST = 0.3


@dataclass(frozen=True)
class Twin:
    """A suggestion as it is read: the other incident, how likely, and why."""

    suggestion: Suggestion
    other: Incident
    reasons: list[str]
    against: list[str]
    other_department: str
    sides: list[tuple[str, Testimony]]


def context(user: Any, incident: Incident) -> dict[str, Any]:
    merges = Merge.objects.standing().filter(kept=incident).select_related("emptied", "merged_by")
    return {"twins": _twins(user, incident), "merges": merges, "judged": _judged(user, incident)}


def with_absorbed(incident: Incident) -> list[uuid.UUID]:
    """The incident and all that was merged into it, at whatever remove: their timelines are one story now."""
    return [incident.pk, *Incident.objects.absorbed_by([incident.pk])]


def _twins(user: Any, incident: Incident) -> list[Twin]:
    if not incident.is_open:
        return []
    suggestions = Suggestion.objects.visible_to(user).open().about(incident)
    shown = list(suggestions.select_related("one__department", "other__department")[:SHOWN])
    ours = testimonies(incident, user, set())[:1] if shown else []
    return [_twin(user, incident, ours, suggestion) for suggestion in shown]


def _judged(user: Any, incident: Incident) -> list[tuple[Suggestion, Incident]]:
    """With the other one: pairs a person found not to be the same, or parted again. They may have erred in that."""
    if not incident.is_open:
        return []
    found = Suggestion.objects.visible_to(user).filter(state=Suggestion.State.DISMISSED).about(incident)
    along = found.select_related("one__department", "other__department", "decided_by").order_by("-decided_at")[:SHOWN]
    beside = [(row, row.other if row.one_id == incident.pk else row.one) for row in along]
    return [(row, other) for row, other in beside if other.is_open]


def _twin(user: Any, incident: Incident, ours: list[Testimony], suggestion: Suggestion) -> Twin:
    other = suggestion.other if suggestion.one_id == incident.pk else suggestion.one
    apart = incident.department_id and other.department_id and incident.department_id != other.department_id
    return Twin(
        suggestion=suggestion,
        other=other,
        reasons=_why(suggestion, sign=1),
        against=_why(suggestion, sign=-1),
        other_department=str(other.department) if apart else "",
        sides=_sides(ours, testimonies(other, user, set())),
    )


def _why(suggestion: Suggestion, *, sign: int) -> list[str]:
    """What speaks for it (`sign` 1) or against it (-1), the weightiest first."""
    weighty = [reason for reason in suggestion.reasons if sign * reason["bits"] >= SMALLEST]
    return explain([reason for reason in weighty if not reason["code"].endswith(_SILENCE)])[:REASONS]


def _sides(ours: list[Testimony], theirs: list[Testimony]) -> list[tuple[str, Testimony]]:
    """The first report of each, under its heading."""
    return [(heading, told[0]) for heading, told in ((_("This incident"), ours), (_("The other"), theirs)) if told]


def moved_on(request: HttpRequest, object_id: str) -> HttpResponse | None:
    """For the page of a merged incident: where its reports are now, for those who may see that; else nothing."""
    try:
        emptied = Incident.objects.exclude(merged_into=None).filter(pk=uuid.UUID(object_id)).first()
    except (ValueError, ValidationError):
        return None
    if emptied is None:
        return None
    kept = emptied.stands_in
    if not Incident.objects.visible_to(request.user).filter(pk=kept.pk).exists():
        return None
    said = _("The incident you asked for was merged into this one.")
    if request.method == "POST":
        said += " " + _("Nothing else was changed.")
    messages.info(request, said)
    there = reverse("admin:incidents_incident_change", args=[kept.pk])
    return HttpResponseRedirect(there + listed.carried(request))
