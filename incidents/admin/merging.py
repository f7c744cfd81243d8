"""The posts about duplicates from an incident's page: merge, not the same, undo."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from incidents.actions import merge as verbs
from incidents.admin.base import reader
from incidents.admin.forms import DeskForm, DismissForm, MergeForm, UnmergeForm
from incidents.admin.steps import UNPROCESSABLE
from incidents.models import Incident
from incidents.workflow import MoveNotAllowed


class MergeSteps:
    """Mixed into the incidents' admin, beside `Steps`."""

    def merge_urls(self) -> list[URLPattern]:
        return [
            path(
                f"<path:object_id>/{name}/",
                self._guarded(view),  # type: ignore[attr-defined]
                name=f"incidents_incident_{name}",
            )
            for name, view in (("merge", self.merge), ("dismiss", self.dismiss), ("unmerge", self.unmerge))
        ]

    def merge(self, request: HttpRequest, incident: Incident) -> HttpResponse:
        form = MergeForm(request.POST)
        done = _tried(form, lambda: verbs.merge(incident.pk, form.cleaned_data["other"], actor=reader(request)))
        said = _("Merged: the reports of both stand here now. You can undo this below.")
        return self._answer(request, incident, form, done, said)

    def dismiss(self, request: HttpRequest, incident: Incident) -> HttpResponse:
        form = DismissForm(request.POST)
        done = _tried(form, lambda: verbs.dismiss(incident.pk, form.cleaned_data["other"], actor=reader(request)))
        return self._answer(request, incident, form, done, _("Noted: they are not the same."))

    def unmerge(self, request: HttpRequest, incident: Incident) -> HttpResponse:
        form = UnmergeForm(request.POST)
        done = _tried(form, lambda: verbs.unmerge(form.cleaned_data["merge"], actor=reader(request)) and incident)
        said = _("Undone: each report stands under its own incident again.")
        return self._answer(request, incident, form, done, said)

    def _answer(
        self, request: HttpRequest, incident: Incident, form: DeskForm, done: Incident | None, said: str
    ) -> HttpResponse:
        if done is not None:
            return self.saved(request, done, said)  # type: ignore[attr-defined]
        incident = self.get_object(request, str(incident.pk))  # type: ignore[attr-defined]
        return self.show(request, incident, refused=form, status=UNPROCESSABLE)  # type: ignore[attr-defined]


def _tried(form: DeskForm, verb: Any) -> Incident | None:
    """The incident to go to; None where it was refused, and the form says why."""
    if not form.is_valid():
        return None
    try:
        done: Incident = verb()
    except MoveNotAllowed as refusal:
        form.add_error(None, str(refusal))
        return None
    return done
