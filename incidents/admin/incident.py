"""Incidents at the desk: the list with its map, and the page of one. What is allowed is decided elsewhere."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotModified, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from incidents.admin import alarms, evidence, filters, map, page, twins
from incidents.admin.asking import Asking
from incidents.admin.base import DeskModelAdmin, reader
from incidents.admin.deliveries import unseen_failures
from incidents.admin.forms import DeskForm
from incidents.admin.ground import Grounds, allowing, drawn, mission_of
from incidents.admin.map_words import words
from incidents.admin.merging import MergeSteps
from incidents.admin.steps import Steps
from incidents.admin.watching import Watching, held_groups, rising
from incidents.models import Incident, Report
from incidents.roles import Action

BOUNDARIES_AGE_S = 3_600
COMPACT = {"separators": (",", ":"), "ensure_ascii": False}


def _reports(**condition: Any) -> Coalesce:
    """How many reports of each incident meet the condition, counted in the same query as the list."""
    counted = Report.objects.filter(incident=OuterRef("pk"), **condition).order_by().values("incident")
    return Coalesce(Subquery(counted.annotate(count=Count("pk")).values("count"), output_field=IntegerField()), 0)


def _neighbours(cl: ChangeList) -> dict[str, str]:
    """The addresses of the pages before and after this one; empty where there is none."""
    last = cl.paginator.num_pages
    return {
        "previous_page": cl.get_query_string({PAGE_VAR: cl.page_num - 1}) if cl.page_num > 1 else "",
        "next_page": cl.get_query_string({PAGE_VAR: cl.page_num + 1}) if cl.page_num < last else "",
    }


def _clocks(cl: ChangeList) -> dict[str, Any]:
    """How many of those listed are overdue, by the list's own filters and search, and where only these are listed."""
    status = next(spec.value() for spec in cl.filter_specs if isinstance(spec, filters.StatusChip))
    return {
        "only_open": status == "open",
        "overdue_count": cl.queryset.order_by().overdue().count(),
        "overdue_link": cl.get_query_string({"answer": "overdue"}, remove=[PAGE_VAR]),
    }


@admin.register(Incident)
class IncidentAdmin(MergeSteps, Asking, Steps, Watching, Grounds, DeskModelAdmin):
    to_view = Action.VIEW_INCIDENT
    list_display = ("__str__",)
    list_filter = (
        filters.StatusChip,
        filters.SeverityChip,
        filters.DepartmentChip,
        filters.CategoryChip,
        filters.VerificationChip,
        filters.DangerChip,
        filters.AnswerChip,
        filters.AssignedChip,
        filters.SituationChip,
        filters.SurgeChip,
        filters.HeldDeviceChip,
        filters.MissionChip,
        filters.AreaChip,
        filters.TimeChip,
    )
    # A reporter's words are not searched: what is found would tell what was said to whoever looks over a shoulder.
    search_fields = ("reports__reference", "public_summary")
    search_help_text = gettext_lazy("Reference of a report, or words of a public summary")
    show_full_result_count = False
    actions = None
    fields = ()

    def get_queryset(self, request: HttpRequest) -> Any:
        seen = Incident.objects.visible_to(request.user).ranked()
        return seen.select_related("mission", "department", "place", "assigned_to", "escalation").annotate(
            report_count=_reports(), unread_count=_reports(read_at=None)
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        files = [
            path(f"evidence/<uuid:evidence_id>/{what}/", view(serve), name=f"incidents_evidence_{what}")
            for what, serve in evidence.SERVED.items()
        ]
        mine = [
            path("map.json", view(self.map_json), name="incidents_incident_map"),
            path("histogram.json", view(self.histogram_json), name="incidents_incident_histogram"),
            path("boundaries.json", view(self.boundaries_json, cacheable=True), name="incidents_incident_boundaries"),
        ]
        own = [*mine, *files, *self.watching_urls(), *self.step_urls(), *self.ask_urls(), *self.merge_urls()]
        return [*self.ground_urls(), *own, *super().get_urls()]

    # -- the list and its map ------------------------------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        cl = getattr(response, "context_data", {}).get("cl")
        if cl is not None:
            held = Incident.objects.visible_to(request.user).held().count()
            shown = {**_neighbours(cl), "map_words": words(), "held_count": held, **rising(request)}
            shown |= {**_clocks(cl), **alarms.strip(request), "undelivered": unseen_failures(request.user)}
            shown["may_handle"] = reader(request).may(Action.HANDLE_INCIDENT)
            if request.GET.get("status") == "held":
                shown |= held_groups(request)
            mission = mission_of(request, cl.result_list)
            response.context_data.update({**shown, "map_ground": drawn(mission)})  # type: ignore[attr-defined]
            allowing(response, mission)
        return response

    def map_json(self, request: HttpRequest) -> HttpResponse:
        """The points of the list, by the list's own filters and search."""
        if not self.has_view_permission(request):
            return JsonResponse({}, status=403)
        try:
            found = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return HttpResponseBadRequest()
        bounds = filters.bounds_of(request.GET.get("bounds", "")) or (-180.0, -90.0, 180.0, 90.0)
        zoom = request.GET.get("zoom", "")
        said = map.answer(found, bounds, int(zoom) if zoom.isascii() and zoom.isdigit() and len(zoom) < 3 else 2)
        return JsonResponse(said, json_dumps_params=COMPACT)

    def histogram_json(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            return JsonResponse({}, status=403)
        request.GET = request.GET.copy()  # type: ignore[assignment]
        request.GET.pop("time", None)  # type: ignore[misc]
        try:
            found = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return HttpResponseBadRequest()
        return JsonResponse(map.histogram(found), json_dumps_params=COMPACT)

    def boundaries_json(self, request: HttpRequest) -> HttpResponse:
        """The departments; kept by the browser for an hour, then asked after by their stamp."""
        language = get_language() or ""
        stamp = f'"{map.boundaries_stamp(request.user)}-{language}"'
        if request.headers.get("If-None-Match", "").removeprefix("W/") == stamp:
            response: HttpResponse = HttpResponseNotModified()
        else:
            response = JsonResponse(map.boundaries(request.user, language), json_dumps_params=COMPACT)
        response["ETag"] = stamp
        response["Cache-Control"] = f"private, max-age={BOUNDARIES_AGE_S}"
        patch_vary_headers(response, ("Cookie", "Accept-Language"))
        return response

    # -- one incident --------------------------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if moved := twins.moved_on(request, object_id):
            return moved
        incident = self.get_object(request, object_id)
        return self.show(request, incident, new=page.read_by(request, incident))

    def show(
        self,
        request: HttpRequest,
        incident: Incident,
        *,
        refused: DeskForm | None = None,
        new: set[Any] = frozenset(),  # type: ignore[assignment]
        status: int = 200,
    ) -> HttpResponse:
        shown = {
            **self.admin_site.each_context(request),
            **page.context(request, incident, refused=refused, new=new),
            "opts": self.opts,
            "title": _("Incident"),
        }
        response = TemplateResponse(request, "admin/incidents/incident/change_form.html", shown, status=status)
        return allowing(response, incident.mission)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Incident:
        found: Incident = super().get_object(request, object_id, from_field)
        return found
