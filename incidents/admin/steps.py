"""The posts from an incident's page: each checks a form, calls one verb, and shows a refusal beside what was typed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from incidents import tasks
from incidents.actions import review
from incidents.actions import undo as undoing
from incidents.actions.answer import acknowledge
from incidents.admin import listed, twins, working
from incidents.admin.base import reader
from incidents.admin.forms import (
    AnswerForm,
    AssignForm,
    DeskForm,
    KeepBackForm,
    LetGoForm,
    LetInForm,
    MoveForm,
    SafeForm,
    SeverityForm,
    SummaryForm,
    UndoForm,
    VerifyForm,
)
from incidents.models import Incident
from incidents.roles import Action
from incidents.workflow import MoveNotAllowed

UNPROCESSABLE, CONFLICT = 422, 409
# Where the session keeps, until the page is shown, which form was saved last.
SAVED = "incident_saved"
HAS_UNDO = ("answer", "move", "verify", "severity", "assign", "merge")


class Steps:
    """Mixed into the incidents' admin, which brings `get_object`, `admin_site` and `show`."""

    def step_urls(self) -> list[URLPattern]:
        return [
            path(f"<path:object_id>/{name}/", self._guarded(view, name), name=f"incidents_incident_{name}")
            for name, view in (
                ("move", self.move),
                ("verify", self.verify),
                ("severity", self.regrade),
                ("assign", self.assign),
                ("summary", self.summarise),
                ("keep_back", self.keep_back),
                ("let_go", self.let_go),
                ("safe", self.stand_down),
                ("let_in", self.let_in),
                ("answer", self.answer),
                ("undo", self.undo),
            )
        ]

    def _guarded(self, view: Callable[..., HttpResponse], step: str = "") -> Any:
        """An incident one may not see is not found; a step is only ever posted, and waits if somebody else is on it."""

        def guarded(request: HttpRequest, object_id: str) -> HttpResponse:
            if moved := twins.moved_on(request, object_id):
                return moved
            incident = self.get_object(request, object_id)  # type: ignore[attr-defined]
            if not reader(request).may(Action.HANDLE_INCIDENT):
                raise PermissionDenied
            if request.method != "POST":
                return to_page(request, incident)
            if step != "working" and working.must_ask(request, incident, step):
                return self.show(request, incident, status=CONFLICT)  # type: ignore[attr-defined]
            return view(request, incident)

        return self.admin_site.admin_view(guarded)  # type: ignore[attr-defined]

    def move(self, request: HttpRequest, incident: Incident) -> HttpResponse:
        form = MoveForm(request.POST)
        return self._take(request, form, incident, lambda: review.move(incident.pk, **_given(request, form)))

    def verify(self, request: HttpRequest, incident: Incident) -> HttpResponse:
        form = VerifyForm(request.POST)
        return self._take(request, form, incident, lambda: review.verify(incident.pk, **_given(request, form)))

    def regrade(self, request: HttpRequest, incident: Incident) -> HttpResponse:
        form = SeverityForm(request.POST)
        return self._take(request, form, incident, lambda: review.regrade(incident.pk, **_given(request, form)))

    def assign(self, request: HttpRequest, incident: Incident) -> HttpResponse:
        form = AssignForm(request.POST, incident=incident)
        return self._take(
            request, form, incident, lambda: review.assign(incident.pk, form.chosen(), actor=reader(request))
        )

    def summarise(self, request: HttpRequest, incident: Incident) -> HttpResponse:
        form = SummaryForm(request.POST, incident=incident)

        def verb() -> Incident:
            return review.summarise(incident.pk, form.cleaned_data["text"], actor=reader(request))

        return self._take(request, form, incident, verb)

    def keep_back(self, request: HttpRequest, incident: Incident) -> HttpResponse:
        form = KeepBackForm(request.POST)
        return self._take(request, form, incident, lambda: review.keep_back(incident.pk, **_given(request, form)))

    def let_go(self, request: HttpRequest, incident: Incident) -> HttpResponse:
        form = LetGoForm(request.POST)
        return self._take(request, form, incident, lambda: review.let_go(incident.pk, **_given(request, form)))

    def stand_down(self, request: HttpRequest, incident: Incident) -> HttpResponse:
        form = SafeForm(request.POST)
        return self._take(request, form, incident, lambda: review.stand_down(incident.pk, **_given(request, form)))

    def answer(self, request: HttpRequest, incident: Incident) -> HttpResponse:
        form = AnswerForm(request.POST)
        return self._take(request, form, incident, lambda: acknowledge(incident.pk, actor=reader(request)))

    def undo(self, request: HttpRequest, incident: Incident) -> HttpResponse:
        form = UndoForm(request.POST)

        def verb() -> Incident:
            return undoing.undo(incident.pk, form.cleaned_data["entry"], actor=reader(request))

        return self._take(request, form, incident, verb, said=_("Taken back, and recorded in the timeline."))

    def let_in(self, request: HttpRequest, incident: Incident) -> HttpResponse:
        return self._take(request, LetInForm(request.POST), incident, lambda: self._let_in(request, incident))

    def _let_in(self, request: HttpRequest, incident: Incident) -> Incident:
        taken = review.let_in(incident.pk, actor=reader(request))
        for report in taken.reports.all():
            tasks.ring(tasks.assess_report, report.assessment.pk, urgent=report.in_danger_now)
        return taken

    def _take(
        self, request: HttpRequest, form: DeskForm, incident: Incident, verb: Callable[[], Incident], said: str = ""
    ) -> HttpResponse:
        if form.is_valid():
            try:
                verb()
            except MoveNotAllowed as refusal:
                form.add_error(None, str(refusal))
            else:
                return self.saved(request, incident, said or _("Saved, and recorded in the timeline."))
        # The verb held a row of its own: show how things stand now, beside what was typed.
        incident = self.get_object(request, str(incident.pk))  # type: ignore[attr-defined]
        return self.show(request, incident, refused=form, status=UNPROCESSABLE)  # type: ignore[attr-defined]

    def saved(self, request: HttpRequest, incident: Incident, said: str, anchor: str = "") -> HttpResponse:
        """Back to the page, which says so, offers to take it back, and lets go of what was typed for it."""
        messages.success(request, said)
        part = request.POST.get("code") or request.POST.get("report") or ""
        step = request.path.rstrip("/").rpartition("/")[2]
        request.session[SAVED] = {"form": f"{request.path}#{part}", "has_undo": step in HAS_UNDO}
        return to_page(request, incident, anchor)


def _given(request: HttpRequest, form: DeskForm) -> dict[str, Any]:
    """What a verb takes: the checked fields and who asks."""
    return {**form.cleaned_data, "actor": reader(request)}


def to_page(request: HttpRequest, incident: Incident, anchor: str = "") -> HttpResponseRedirect:
    there = reverse("admin:incidents_incident_change", args=[incident.pk])
    return HttpResponseRedirect(f"{there}{listed.carried(request)}{anchor}")
