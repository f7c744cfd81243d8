"""The logbook at the desk: read by mission admins, changed by nobody. Each code of an event in words."""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from incidents.admin import timeline
from incidents.admin.base import DeskModelAdmin
from incidents.admin.chips import Chip, Choices
from incidents.models import LogbookEntry, Mission, User
from incidents.roles import Action
from incidents.templatetags.incidents import when

# How many of the last days are offered.
DAYS = 60


class LogChip(Chip):
    """Offers what occurs in the entries that the reader may see."""

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: ModelAdmin) -> None:
        self.entries = LogbookEntry.objects.visible_to(request.user).order_by()
        super().__init__(request, params, model, model_admin)


class WhoChip(LogChip):
    title = _("Who")
    parameter_name = "actor"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        people = User.objects.filter(pk__in=self.entries.values("actor")).order_by("code")
        return [*((str(pk), code) for pk, code in people.values_list("pk", "code")), ("none", _("Automatic"))]

    def narrow(self, queryset: Any, value: str) -> Any:
        return queryset.filter(actor=None) if value == "none" else queryset.filter(actor=value)


class WhatChip(LogChip):
    title = _("What")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        codes = self.entries.order_by("event").values_list("event", flat=True).distinct()
        return [(code, timeline.heading(code)) for code in codes]


class DayChip(LogChip):
    """Days by the clock of the reader's mission; of several, the latest."""

    title = _("Day")
    parameter_name = "day"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        latest = Mission.objects.visible_to(request.user).first()
        self.zone = latest.zone if latest else timezone.get_current_timezone()
        days = [day.date() for day in self.entries.datetimes("at", "day", order="DESC", tzinfo=self.zone)[:DAYS]]
        return [(day.isoformat(), date_format(day, "j M Y")) for day in days]

    def narrow(self, queryset: Any, value: str) -> Any:
        begins = datetime.combine(datetime.fromisoformat(value), time(), self.zone)
        return queryset.filter(at__gte=begins, at__lt=begins + timedelta(days=1))


@admin.register(LogbookEntry)
class LogbookAdmin(DeskModelAdmin):
    to_view = Action.SET_UP_MISSION
    list_display = ("moment", "who", "what", "reason")
    list_display_links = None
    list_filter = (WhoChip, WhatChip, DayChip)
    sortable_by = ()
    actions = None
    fields = ()

    def get_queryset(self, request: HttpRequest) -> Any:
        return LogbookEntry.objects.visible_to(request.user).select_related("actor", "mission")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": _("Logbook"), **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """An entry has no page of its own: the list says all there is."""
        self.get_object(request, object_id)
        return HttpResponseRedirect(reverse("admin:incidents_logbookentry_changelist"))

    @admin.display(description=_("When"))
    def moment(self, entry: LogbookEntry) -> Any:
        return when(entry.at, entry.mission.zone if entry.mission else None)

    @admin.display(description=_("Who"))
    def who(self, entry: LogbookEntry) -> Any:
        return entry.by or _("Automatic")

    @admin.display(description=_("What"))
    def what(self, entry: LogbookEntry) -> SafeString:
        told = format_html_join(" · ", "{} {}", timeline.left_unsaid(entry))
        return format_html('{} <small class="muted">{}</small>', timeline.sentence(entry), told)
