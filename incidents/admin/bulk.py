"""Steps for several incidents of the list at once: each by its own verb, in a transaction and a timeline of its own.

Answers a form as a page, and the list's script as JSON; both say how many were done, and which were not and why.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents.actions import review
from incidents.actions.answer import acknowledge
from incidents.admin import page, saved_views
from incidents.admin.base import reader
from incidents.admin.forms import DeskForm
from incidents.models import Incident, SavedView, User
from incidents.roles import Action, Role, may
from incidents.workflow import MoveNotAllowed

AT_ONCE = 50
# More than these are asked about first: a hand may slip.
SURE = 20
UNPROCESSABLE = 422
STEPS = ("acknowledge", "assign")


class BulkForm(DeskForm):
    name = "bulk"
    step = forms.ChoiceField(choices=[(step, "") for step in STEPS])
    person = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    sure = forms.BooleanField(required=False)
    query = forms.CharField(required=False, max_length=saved_views.QUERY_LIMIT)


@dataclass(frozen=True)
class Refused:
    incident: Incident
    headline: str
    why: str

    @property
    def address(self) -> str:
        return reverse("admin:incidents_incident_change", args=[self.incident.pk])


@dataclass
class Outcome:
    """What came of it. `gone` were asked for and are not there for this reader, whatever the reason."""

    person: User | None = None
    gone: int = 0
    done: int = 0
    refused: list[Refused] = field(default_factory=list)

    @property
    def said(self) -> str:
        if self.person:
            done = ngettext("%(count)s assigned to %(code)s.", "%(count)s assigned to %(code)s.", self.done)
        else:
            done = ngettext("%(count)s acknowledged.", "%(count)s acknowledged.", self.done)
        told = done % {"count": self.done, "code": self.person or ""} if self.done else _("Nothing was done.")
        gone = ngettext("%(count)s is not there any more.", "%(count)s are not there any more.", self.gone)
        return f"{told} {gone % {'count': self.gone}}" if self.gone else told


class Bulk:
    """Mixed into the incidents' admin, which brings `admin_site` and `opts`."""

    def bulk_urls(self) -> list[URLPattern]:
        return [path("bulk/", self.admin_site.admin_view(self.bulk), name="incidents_incident_bulk")]  # type: ignore[attr-defined]

    def bulk(self, request: HttpRequest) -> HttpResponse:
        if not reader(request).may(Action.HANDLE_INCIDENT):
            raise PermissionDenied
        form = BulkForm(request.POST)
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:incidents_incident_changelist"))
        ids = _ids(request)
        if not form.is_valid() or not ids:
            return self._said(request, form, {"fault": _("Tick the incidents, then choose a step.")})
        if len(ids) > AT_ONCE:
            return self._said(request, form, {"fault": _("At most %(count)s at once.") % {"count": AT_ONCE}})
        found = list(_found(request, ids))
        return self._ask_or_do(request, form, found, gone=len(ids) - len(found))

    def _ask_or_do(self, request: HttpRequest, form: BulkForm, found: list[Incident], *, gone: int) -> HttpResponse:
        given = form.cleaned_data
        people = _people(found) if given["step"] == "assign" else {}
        person = people.get(given["person"])
        asked: dict[str, Any] = {"step": given["step"], "incidents": found}
        if given["step"] == "assign" and person is None and found:
            return self._said(request, form, {**asked, "people": list(people.values())})
        if len(found) > SURE and not given["sure"]:
            return self._said(request, form, {**asked, "sure": _sure(len(found)), "person": person})
        actor = reader(request)
        verbs: dict[str, Callable[[uuid.UUID], Any]] = {
            "acknowledge": lambda pk: acknowledge(pk, actor=actor, anew=True),
            "assign": lambda pk: review.assign(pk, person, actor=actor),
        }
        outcome = Outcome(person, gone)
        _do(outcome, found, verbs[given["step"]])
        return self._said(request, form, {"outcome": outcome})

    def _said(self, request: HttpRequest, form: BulkForm, said: dict[str, Any]) -> HttpResponse:
        status = UNPROCESSABLE if "fault" in said else 200
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse(_plain(said), status=status)
        outcome: Outcome | None = said.get("outcome")
        back = _back(self, form)
        if outcome and not outcome.refused:
            messages.success(request, outcome.said)
            return HttpResponseRedirect(back)
        shown = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            **said,
            "back": back,
            "query": form.data.get("query", ""),
            "opts": self.opts,  # type: ignore[attr-defined]
            "title": _("Several incidents"),
        }
        return TemplateResponse(request, "admin/incidents/incident/bulk.html", shown, status=status)


def _ids(request: HttpRequest) -> list[uuid.UUID]:
    """What was ticked, each once; what is no id at all stands for nothing."""
    found: dict[uuid.UUID, None] = {}
    for text in request.POST.getlist("incident"):
        try:
            found[uuid.UUID(text)] = None
        except ValueError:
            continue
    return list(found)


def _found(request: HttpRequest, ids: list[uuid.UUID]) -> Any:
    seen = Incident.objects.visible_to(request.user).filter(pk__in=ids).ranked()
    return seen.select_related("mission", "department")


def _people(incidents: list[Incident]) -> dict[int, User]:
    """Who may handle incidents and sees at least one of these, by one question for each person."""
    roles = [role for role in Role if may(role, Action.HANDLE_INCIDENT)]
    missions = {incident.mission_id for incident in incidents}
    there = User.objects.filter(is_active=True, memberships__mission__in=missions).with_role(*roles).distinct()
    ids = [incident.pk for incident in incidents]
    return {person.pk: person for person in there if Incident.objects.visible_to(person).filter(pk__in=ids).exists()}


def _do(outcome: Outcome, incidents: list[Incident], verb: Callable[[uuid.UUID], Any]) -> None:
    for incident in incidents:
        try:
            verb(incident.pk)
        except MoveNotAllowed as refusal:
            outcome.refused.append(Refused(incident, page.headline(incident), str(refusal)))
        else:
            outcome.done += 1


def _back(model_admin: Any, form: BulkForm) -> str:
    """The list as it was filtered: only what it declares itself, or the way back could lead anywhere."""
    asked = SavedView(asked=saved_views.declared(model_admin, form.data.get("query", "")[:2_000]))
    return reverse("admin:incidents_incident_changelist") + (f"?{asked.address}" if asked.asked else "")


def _plain(said: dict[str, Any]) -> dict[str, Any]:
    """The same for the script: no words as HTML."""
    outcome: Outcome | None = said.get("outcome")
    if outcome:
        refused = [{"address": one.address, "headline": one.headline, "why": one.why} for one in outcome.refused]
        return {"said": outcome.said, "refused": refused}
    if "people" in said:
        return {"people": [[person.pk, person.code] for person in said["people"]]}
    return {name: said[name] for name in ("sure", "fault") if name in said}


def _sure(many: int) -> str:
    return ngettext("Really do this for %(count)s incident?", "Really do this for %(count)s incidents?", many) % {
        "count": many
    }
