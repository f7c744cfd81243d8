"""The post by which a coordinator asks the monitor, from under a report."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from incidents.actions import talk as verbs
from incidents.admin.base import reader
from incidents.admin.forms import AskForm
from incidents.admin.steps import UNPROCESSABLE
from incidents.models import Incident, Report
from incidents.workflow import MoveNotAllowed


class Asking:
    """Mixed into the incidents' admin, beside `Steps`."""

    def ask_urls(self) -> list[URLPattern]:
        guarded = self._guarded(self.ask)  # type: ignore[attr-defined]
        return [path("<path:object_id>/ask/", guarded, name="incidents_incident_ask")]

    def ask(self, request: HttpRequest, incident: Incident) -> HttpResponse:
        form = AskForm(request.POST)
        if form.is_valid() and (report := _asked(form, incident, request)):
            said = _("Asked. It shows on the phone when that is next online.")
            return self.saved(request, incident, said, f"#report-{report.reference}")  # type: ignore[attr-defined]
        incident = self.get_object(request, str(incident.pk))  # type: ignore[attr-defined]
        return self.show(request, incident, refused=form, status=UNPROCESSABLE)  # type: ignore[attr-defined]


def _asked(form: AskForm, incident: Incident, request: HttpRequest) -> Report | None:
    """The report that was asked about; None where it was refused, and the form says why."""
    given = dict(form.cleaned_data)
    report = Report.objects.filter(pk=given.pop("report"), incident=incident).select_related("reporter").first()
    if report is None:
        raise Http404
    try:
        verbs.ask(report, actor=reader(request), **given)
    except MoveNotAllowed as refusal:
        form.add_error(None, str(refusal))
        return None
    return report
