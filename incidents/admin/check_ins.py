"""Who is expected to be heard from, soonest first; and the note of somebody at the desk who has spoken with them."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.actions import check_in as verbs
from incidents.admin.alarms import UNPROCESSABLE, OpenChip
from incidents.admin.base import DeskModelAdmin, reader
from incidents.admin.chips import Chip, Choices
from incidents.admin.forms import SpokenForm
from incidents.admin.narrowing import OfMissionChip, OverChip
from incidents.models import CheckIn
from incidents.roles import Action
from incidents.templatetags.incidents import when
from incidents.workflow import MoveNotAllowed


class RunningChip(OpenChip):
    """Running ones unless asked otherwise."""

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Choices:
        return [("open", gettext_lazy("Expected")), ("over", gettext_lazy("Over"))]

    def narrow(self, queryset: Any, value: str) -> Any:
        if value == "open":
            return queryset.running()
        return queryset.exclude(pk__in=queryset.running().values("pk")).order_by("-over_at", "-pk")


class OutcomeChip(Chip):
    """Offered where what is over is listed."""

    title = gettext_lazy("How it ended")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Choices:
        return list(CheckIn.Outcome.choices) if request.GET.get("status") == "over" else []


@admin.register(CheckIn)
class CheckInAdmin(DeskModelAdmin):
    to_view = Action.VIEW_INCIDENT
    list_display = ("monitor", "due", "agreed", "heard", "ended")
    list_display_links = ("monitor",)
    list_filter = (RunningChip, OutcomeChip, OverChip, OfMissionChip)
    sortable_by = ()
    actions = None
    fields = ()

    def get_queryset(self, request: HttpRequest) -> Any:
        seen = CheckIn.objects.visible_to(request.user)
        return seen.select_related("monitor", "mission", "spoken_by").order_by("due_at", "pk")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """How it ended only where it has."""
        return self.list_display if request.GET.get("status") == "over" else self.list_display[:-1]

    def get_urls(self) -> list[URLPattern]:
        spoken = self.admin_site.admin_view(self.spoken)
        return [path("<path:object_id>/spoken/", spoken, name="incidents_checkin_spoken"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self._show(request, self.get_object(request, object_id), SpokenForm())

    def spoken(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row: CheckIn = self.get_object(request, object_id)
        if not reader(request).may(Action.HANDLE_INCIDENT):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:incidents_checkin_change", args=[row.pk]))
        form = SpokenForm(request.POST)
        if form.is_valid():
            try:
                verbs.spoken(row.pk, actor=reader(request), note=form.cleaned_data["note"])
            except MoveNotAllowed as refusal:
                form.add_error("note", str(refusal))
            else:
                messages.success(request, _("Noted that they were heard from."))
                return HttpResponseRedirect(reverse("admin:incidents_checkin_changelist"))
        return self._show(request, self.get_object(request, object_id), form, status=UNPROCESSABLE)

    def _show(self, request: HttpRequest, row: CheckIn, form: SpokenForm, *, status: int = 200) -> HttpResponse:
        shown = {
            **self.admin_site.each_context(request),
            "check_in": row,
            "zone": row.mission.zone,
            "form": form,
            "may_handle": reader(request).may(Action.HANDLE_INCIDENT) and not row.mission.is_read_only,
            "opts": self.opts,
            "title": _("Check-in"),
        }
        return TemplateResponse(request, "admin/incidents/checkin/change_form.html", shown, status=status)

    @admin.display(description=gettext_lazy("Due"))
    def due(self, row: CheckIn) -> Any:
        late = format_html(' <b class="danger">{}</b>', _("late")) if row.is_late else ""
        return format_html("{}{}", when(row.due_at, row.mission.zone), late)

    @admin.display(description=gettext_lazy("Agreed by"))
    def agreed(self, row: CheckIn) -> str:
        return _("the monitor") if row.is_promised else _("the mission's rhythm")

    @admin.display(description=gettext_lazy("Last heard from"))
    def heard(self, row: CheckIn) -> Any:
        return when(row.heard_at or row.started_at, row.mission.zone)

    @admin.display(description=gettext_lazy("How it ended"))
    def ended(self, row: CheckIn) -> str:
        parts = [row.get_outcome_display(), row.get_how_display(), row.spoken_by.code if row.spoken_by else ""]
        return " · ".join(str(part) for part in parts if part)
