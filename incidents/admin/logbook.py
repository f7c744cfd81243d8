"""The logbook at the desk: read by mission admins, changed by nobody. Each code of an event in words."""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from incidents.admin.base import DeskModelAdmin
from incidents.admin.chips import Chip, Choices
from incidents.models import LogbookEntry, Mission, User
from incidents.roles import Action
from incidents.templatetags.incidents import when

# How many of the last days are offered.
DAYS = 60
# What the details are called is a code as well: it stands beside the sentence as it is.
SENTENCES: dict[str, str | Promise] = {
    "account.signed_in": _("Signed in"),
    "account.signed_out": _("Signed out"),
    "account.refused": _("Signing in was refused"),
    "account.locked": _("Signing in was locked after too many attempts"),
    "password.changed": _("Password changed"),
    "password.link_issued": _("Link to choose a password issued"),
    "second_factor.set_up": _("Second factor set up"),
    "second_factor.reset": _("Second factor reset"),
    "recovery_codes.renewed": _("Recovery codes renewed"),
    "identity.read": _("A person's identity was read"),
    "mission.frozen": _("Mission made read-only"),
    "mission.closed": _("Mission closed"),
    "mission.reopened": _("Mission opened again"),
    "sessions.ended": _("Everyone was signed out"),
    "phones.revocation_proposed": _("Revoking all phones was proposed"),
    "phones.revocation_withdrawn": _("Revoking all phones was withdrawn"),
    "phones.revoked": _("All phones were revoked"),
    "phone.revoked": _("A phone was revoked"),
    "phone.lost": _("A phone was reported lost"),
    "invitations.issued": _("Enrolment links issued"),
    "person.retired": _("A person was retired"),
    "person.brought_back": _("A person was brought back"),
    "people.imported": _("People imported from a file"),
    "view.shared": _("A saved view was shared"),
    "view.withdrawn": _("A shared view was withdrawn"),
    "root.made": _("A root of the record was made"),
}


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
        return [(code, SENTENCES.get(code, code)) for code in codes]


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
        details = entry.detail if isinstance(entry.detail, dict) else {}
        told = format_html_join(" · ", "{} {}", ((name, value) for name, value in sorted(details.items())))
        return format_html('{} <small class="muted">{}</small>', sentence(entry), told)


def sentence(entry: LogbookEntry) -> str:
    """What happened, in words; the bare code for an event this page does not know."""
    return str(SENTENCES.get(entry.event, entry.event))
