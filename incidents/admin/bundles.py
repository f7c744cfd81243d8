"""An evidence bundle from an incident's page, and beside the timeline the mark that says whether the record holds."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from incidents.actions.bundle import make_bundle, name_of
from incidents.admin import twins
from incidents.admin.base import reader
from incidents.admin.evidence import SEALED
from incidents.admin.forms import REASON_LIMIT, DeskForm
from incidents.admin.steps import UNPROCESSABLE, to_page
from incidents.chain import groups
from incidents.models import Incident, TimelineEntry
from incidents.roles import Action
from incidents.seals.check_chain import check
from incidents.seals.keys import record_key
from incidents.statement import refuse_surrogates
from incidents.workflow import MoveNotAllowed

SHOWN = 2


class BundleForm(DeskForm):
    name = "bundle"
    reason = forms.CharField(
        label=_("Why, and for whom"), required=False, max_length=REASON_LIMIT, validators=[refuse_surrogates]
    )


class Bundles:
    """Mixed into the incidents' admin, beside `Steps`."""

    def bundle_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.bundle)  # type: ignore[attr-defined]
        return [path("<path:object_id>/bundle/", view, name="incidents_incident_bundle")]

    def bundle(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        if moved := twins.moved_on(request, object_id):
            return moved
        incident: Incident = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if not reader(request).may(Action.MAKE_BUNDLE):
            raise PermissionDenied
        if request.method != "POST":
            return to_page(request, incident)
        form = BundleForm(request.POST)
        if form.is_valid():
            try:
                return _sent(request, incident, form.cleaned_data["reason"])
            except MoveNotAllowed as refusal:
                form.add_error(None, str(refusal))
        refused: HttpResponse = self.show(request, incident, refused=form, status=UNPROCESSABLE)  # type: ignore[attr-defined]
        return refused


def _sent(request: HttpRequest, incident: Incident, reason: str) -> HttpResponseBase:
    """Raises MoveNotAllowed."""
    parts = make_bundle(incident.pk, actor=reader(request), reason=reason)
    # What is compressed on its way could not be streamed, and it is compressed already.
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    disposition: Any = content_disposition_header(True, name_of(incident))
    headers = {**SEALED, "Content-Disposition": disposition}
    return StreamingHttpResponse(parts, content_type="application/zip", headers=headers)


def context(request: HttpRequest, incident: Incident) -> dict[str, Any]:
    """Whether the incident's own chain holds, by one question; files and what it tells of are verify_timeline's."""
    entries = list(TimelineEntry.objects.filter(incident=incident).select_related("incident__chain").order_by("seq"))
    chain = getattr((entries[0] if entries else TimelineEntry(incident=incident)).incident, "chain", None)
    name = f"timeline {incident.pk}"
    faults = list(check(name, chain, entries, key=record_key()))
    head = groups(chain.head)[:SHOWN] if chain else []
    record = {"holds": not faults, "faults": faults, "head": " ".join(head)}
    return {"record": record, "may_bundle": reader(request).may(Action.MAKE_BUNDLE)}
