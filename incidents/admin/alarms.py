"""Alarms at the desk: who was not heard from or has said so silently, where last, who has it, and how it ended."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.actions import alarm as verbs
from incidents.admin import answers, ground
from incidents.admin.base import DeskModelAdmin, reader
from incidents.admin.chips import Chip, Choices
from incidents.admin.forms import OverForm
from incidents.admin.narrowing import OfMissionChip, RaisedChip
from incidents.models import Alarm, Delivery, Incident
from incidents.roles import Action
from incidents.taxonomy import LocationSource, Precision, Severity
from incidents.templatetags.incidents import when
from incidents.workflow import MoveNotAllowed

UNPROCESSABLE = 422
SHOWN = 5


class OpenChip(Chip):
    """Open ones unless asked otherwise."""

    title = gettext_lazy("Status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Choices:
        return [("open", gettext_lazy("Open")), ("all", gettext_lazy("All"))]

    def value(self) -> str:
        return super().value() or "open"

    def narrow(self, queryset: Any, value: str) -> Any:
        return queryset.open() if value == "open" else queryset

    def choices(self, changelist: Any) -> Any:
        return list(super().choices(changelist))[1:]


def strip(request: HttpRequest) -> dict[str, Any]:
    """What stands above the list of incidents: the open alarms, those first that nobody has."""
    rows = list(_shown(Alarm.objects.visible_to(request.user).open()))
    rows.sort(key=lambda row: (row.acknowledged_at is not None, row.raised_at))
    return {"alarms": rows[:SHOWN], "alarm_count": len(rows), "alarms_more": max(0, len(rows) - SHOWN)}


def _shown(alarms: Any) -> "QuerySet[Alarm]":
    related = ("mission", "monitor", "department", "escalation", "acknowledged_by", "resolved_by", "last_report")
    shown: QuerySet[Alarm] = alarms.select_related(*related).defer("department__geometry")
    return shown


@admin.register(Alarm)
class AlarmAdmin(DeskModelAdmin):
    to_view = Action.VIEW_INCIDENT
    list_display = ("kind_shown", "monitor", "raised", "seen", "since", "where", "clock")
    list_display_links = ("kind_shown",)
    list_filter = (OpenChip, RaisedChip, OfMissionChip)
    sortable_by = ()
    actions = None
    fields = ()

    def get_queryset(self, request: HttpRequest) -> Any:
        return _shown(Alarm.objects.visible_to(request.user))

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<path:object_id>/acknowledge/", self._guarded(self.acknowledge), name="incidents_alarm_acknowledge"),
            path("<path:object_id>/over/", self._guarded(self.end), name="incidents_alarm_over"),
        ]
        return [*own, *super().get_urls()]

    def _guarded(self, view: Callable[[HttpRequest, Alarm], HttpResponse]) -> Any:
        """An alarm one may not see is not found; a step is only ever posted."""

        def guarded(request: HttpRequest, object_id: str) -> HttpResponse:
            alarm = self.get_object(request, object_id)
            if not reader(request).may(Action.HANDLE_INCIDENT):
                raise PermissionDenied
            return view(request, alarm) if request.method == "POST" else _to_page(alarm)

        return self.admin_site.admin_view(guarded)

    def acknowledge(self, request: HttpRequest, alarm: Alarm) -> HttpResponse:
        verbs.acknowledge(alarm.pk, actor=reader(request))
        messages.success(request, _("You have it. Nobody else is alerted any more."))
        return _to_page(alarm)

    def end(self, request: HttpRequest, alarm: Alarm) -> HttpResponse:
        form = OverForm(request.POST)
        if form.is_valid():
            try:
                verbs.resolve(alarm.pk, actor=reader(request), note=form.cleaned_data["note"])
            except MoveNotAllowed as refusal:
                form.add_error("note", str(refusal))
            else:
                messages.success(request, _("The alarm is over."))
                return _to_page(alarm)
        return self._show(request, self.get_object(request, str(alarm.pk)), refused=form, status=UNPROCESSABLE)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self._show(request, self.get_object(request, object_id))

    def _show(
        self, request: HttpRequest, alarm: Alarm, *, refused: OverForm | None = None, status: int = 200
    ) -> HttpResponse:
        deliveries = Delivery.objects.visible_to(request.user).filter(alarm=alarm).select_related("recipient")
        shown = {
            **self.admin_site.each_context(request),
            "alarm": alarm,
            "zone": alarm.mission.zone,
            "is_duress": alarm.kind == Alarm.Kind.DURESS,
            "escalation": getattr(alarm, "escalation", None),
            "incident": _incident(request, alarm),
            "place": _place(alarm),
            "told": answers.told(list(deliveries.order_by("queued_at", "pk"))),
            "over": refused or OverForm(),
            "may_handle": reader(request).may(Action.HANDLE_INCIDENT) and not alarm.mission.is_read_only,
            "opts": self.opts,
            "title": _("Alarm"),
        }
        response = TemplateResponse(request, "admin/incidents/alarm/change_form.html", shown, status=status)
        return ground.allowing(response, alarm.mission)

    @admin.display(description=gettext_lazy("Kind"))
    def kind_shown(self, alarm: Alarm) -> SafeString:
        warned = _("do not call the phone") if alarm.kind != Alarm.Kind.SILENCE and alarm.is_open else ""
        return format_html("{}&nbsp;<b>{}</b>", alarm.get_kind_display(), warned)

    @admin.display(description=gettext_lazy("Raised"))
    def raised(self, alarm: Alarm) -> Any:
        return when(alarm.raised_at, alarm.mission.zone)

    @admin.display(description=gettext_lazy("Last heard from"))
    def seen(self, alarm: Alarm) -> Any:
        return when(alarm.last_seen_at, alarm.mission.zone)

    @admin.display(description=gettext_lazy("Heard from since"))
    def since(self, alarm: Alarm) -> Any:
        return when(alarm.heard_since, alarm.mission.zone)

    @admin.display(description=gettext_lazy("Last place"))
    def where(self, alarm: Alarm) -> str:
        return alarm.department.name if alarm.department else "–"

    @admin.display(description=gettext_lazy("State"))
    def clock(self, alarm: Alarm) -> Any:
        zone = alarm.mission.zone
        if alarm.resolved_at:
            return format_html("{} {}", _("Over"), when(alarm.resolved_at, zone))
        if alarm.acknowledged_at:
            return _("%(code)s has it") % {"code": alarm.acknowledged_by or "–"}
        return format_html('<b class="state-parked">{}</b>', _("Nobody has it yet"))


def _incident(request: HttpRequest, alarm: Alarm) -> Incident | None:
    """The one that the last report is filed under, if the reader may see it."""
    if alarm.last_report is None:
        return None
    return Incident.objects.visible_to(request.user).filter(pk=alarm.last_report.incident_id).first()


def _place(alarm: Alarm) -> dict[str, Any] | None:
    """What the small map draws, and where it finds the departments."""
    report = alarm.last_report
    if alarm.latitude is None or alarm.longitude is None:
        return None
    return {
        "latitude": float(alarm.latitude),
        "longitude": float(alarm.longitude),
        "accuracy_m": alarm.accuracy_m,
        "precision": Precision.EXACT if report and report.latitude is not None else Precision.LOCALITY,
        "severity": Severity.CRITICAL,
        "in_danger": True,
        "source": str(LocationSource(report.location_source).label) if report else "",
        "boundaries": reverse("admin:incidents_incident_boundaries"),
        "ground": ground.drawn(alarm.mission),
    }


def _to_page(alarm: Alarm) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:incidents_alarm_change", args=[alarm.pk]))
