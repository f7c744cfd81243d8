"""Incidents at the desk: the list with its map, and the page of one. What is allowed is decided elsewhere."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotModified, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from incidents.admin import (
    alarms,
    clusters,
    evidence,
    filters,
    ground,
    live,
    map,
    map_words,
    page,
    saved_views,
    twins,
    when_and_where,
)
from incidents.admin.asking import Asking
from incidents.admin.base import DeskModelAdmin, reader
from incidents.admin.bulk import Bulk
from incidents.admin.bundles import Bundles
from incidents.admin.chips import only_counted
from incidents.admin.deliveries import unseen_failures
from incidents.admin.forms import DeskForm
from incidents.admin.listed import Neighbours
from incidents.admin.listing import IncidentChangeList, searched
from incidents.admin.merging import MergeSteps
from incidents.admin.steps import Steps
from incidents.admin.watching import Watching, held_groups, rising
from incidents.admin.working import Working
from incidents.models import Incident, Report
from incidents.roles import Action

BOUNDARIES_AGE_S = 3_600
COMPACT = {"separators": (",", ":"), "ensure_ascii": False}


def _reports(**condition: Any) -> Coalesce:
    """How many reports of each incident meet the condition, counted in the same query as the list."""
    counted = Report.objects.filter(incident=OuterRef("pk"), **condition).order_by().values("incident")
    return Coalesce(Subquery(counted.annotate(count=Count("pk")).values("count"), output_field=IntegerField()), 0)


def _neighbours(cl: IncidentChangeList) -> dict[str, str]:
    """The addresses of the pages before and after this one; empty where there is none."""
    last = cl.paginator.num_pages
    return {
        "previous_page": cl.get_query_string({PAGE_VAR: cl.page_num - 1}) if cl.page_num > 1 else "",
        "next_page": cl.get_query_string({PAGE_VAR: cl.page_num + 1}) if cl.page_num < last else "",
    }


def _clocks(cl: IncidentChangeList) -> dict[str, Any]:
    """How many of those listed are overdue, by the list's own filters and search, and where only these are listed."""
    status = next(spec.value() for spec in cl.filter_specs if isinstance(spec, filters.StatusChip))
    return {
        "only_open": status == "open",
        "overdue_count": cl.overdue_count,
        "overdue_link": cl.get_query_string({"answer": "overdue"}, remove=[PAGE_VAR]),
    }


@admin.register(Incident)
class IncidentAdmin(
    live.Live,
    Bulk,
    saved_views.SavedViews,
    Working,
    Neighbours,
    MergeSteps,
    Asking,
    Steps,
    Watching,
    Bundles,
    ground.Grounds,
    DeskModelAdmin,
):
    to_view = Action.VIEW_INCIDENT
    list_display = ("__str__",)
    list_filter = (
        filters.StatusChip,
        filters.SeverityChip,
        filters.DepartmentChip,
        filters.CategoryChip,
        filters.PerpetratorChip,
        filters.VerificationChip,
        filters.DangerChip,
        when_and_where.TimeChip,
        filters.AnswerChip,
        filters.AssignedChip,
        filters.SituationChip,
        filters.SurgeChip,
        filters.HeldDeviceChip,
        filters.MissionChip,
        when_and_where.AreaChip,
        filters.HeldChip,
    )
    search_fields = ("reports__reference", "public_summary")  # as `listing.searched` does
    search_help_text = gettext_lazy("Reference of a report, or words of a public summary")
    show_full_result_count = False
    actions = None
    fields = ()

    def get_queryset(self, request: HttpRequest) -> Any:
        if only_counted(request):
            return Incident.objects.visible_to(request.user)
        seen = Incident.objects.visible_to(request.user).ranked()
        along = seen.select_related("mission", "department", "place", "assigned_to", "escalation", "checkout__person")
        # Outlines are long, and a row of the list has a name to show.
        return along.defer("department__geometry").annotate(
            report_count=_reports(), unread_count=_reports(read_at=None)
        )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[IncidentChangeList]:
        return IncidentChangeList

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return (searched(queryset, search_term) if search_term.strip() else queryset), False

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
        mine += [*self.live_urls(), *self.bulk_urls(), *self.view_urls()]
        own = [*mine, *files, *self.watching_urls(), *self.step_urls(), *self.ask_urls(), *self.merge_urls()]
        own += [*self.ground_urls(), *self.bundle_urls(), *self.working_urls(), *self.neighbour_urls()]
        return [*own, *super().get_urls()]

    # -- the list and its map ------------------------------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        cl = getattr(response, "context_data", {}).get("cl")
        if cl is not None:
            shown = {**_neighbours(cl), "map_words": map_words.words(), "held_count": cl.held_count, **rising(request)}
            shown |= {**_clocks(cl), **alarms.strip(request), "undelivered": unseen_failures(request.user)}
            is_frozen = response.context_data["is_all_frozen"]  # type: ignore[attr-defined]
            shown["may_handle"] = reader(request).may(Action.HANDLE_INCIDENT) and not is_frozen
            if request.GET.get("status") == "held":
                shown |= held_groups(request)
            mission = ground.mission_of(request, cl.result_list)
            shown |= {**saved_views.tabs(self, request, cl), "map_ground": ground.drawn(mission)}
            response.context_data.update(shown)  # type: ignore[attr-defined]
            response.context_data.update(live.stamp(response.context_data))  # type: ignore[attr-defined]
            ground.allowing(response, mission)
        return response

    def map_json(self, request: HttpRequest) -> HttpResponse:
        """What of the list lies in the window asked for, by the list's own filters and search."""
        try:
            window = clusters.Window.asked(request)
        except ValueError:
            return HttpResponseBadRequest()
        return self._counted(request, lambda cl: clusters.answer(cl, window))

    def histogram_json(self, request: HttpRequest) -> HttpResponse:
        """The list by time, whatever stretch of it is chosen."""
        asked = request.GET.copy()
        asked.pop("time", None)
        request.GET = asked  # type: ignore[assignment]
        return self._counted(request, clusters.histogram)

    def _counted(self, request: HttpRequest, answer: Callable[[IncidentChangeList], dict[str, Any]]) -> HttpResponse:
        if not self.has_view_permission(request):
            return JsonResponse({}, status=403)
        request.only_counted = True  # type: ignore[attr-defined]
        try:
            cl = cast(IncidentChangeList, self.get_changelist_instance(request))
            return JsonResponse(answer(cl), json_dumps_params=COMPACT)
        except IncorrectLookupParameters:
            return HttpResponseBadRequest()

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
            **page.context(request, incident, refused=refused, new=new, status=status),
            "opts": self.opts,
            "title": _("Incident"),
        }
        response = TemplateResponse(request, "admin/incidents/incident/change_form.html", shown, status=status)
        return ground.allowing(response, incident.mission)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Incident:
        found: Incident = super().get_object(request, object_id, from_field)
        return found
