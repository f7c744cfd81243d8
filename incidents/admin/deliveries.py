"""The ledger of alerts at the desk: who was told what, whether it arrived, why not, and once more."""

import uuid
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from incidents import tasks
from incidents.actions.deliver import look_at, retry
from incidents.admin import timeline, twins
from incidents.admin.base import DeskModelAdmin, reader
from incidents.admin.chips import Chip, Choices
from incidents.admin.narrowing import QueuedChip, ToldOfMissionChip
from incidents.models import Channel, Delivery, Incident
from incidents.models.shown import TOGETHER, Shown
from incidents.roles import Action
from incidents.templatetags.incidents import when


class StateChip(Chip):
    title = _("State")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return [*Shown.choices, *((code, label) for code, (label, _rows) in TOGETHER.items())]

    def narrow(self, queryset: Any, value: str) -> Any:
        return queryset.shown_as(value)


class ChannelChip(Chip):
    title = _("Channel")
    parameter_name = "channel"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return list(Channel.choices)


class KindChip(Chip):
    title = _("Kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return list(Delivery.Kind.choices)


class IncidentChip(Chip):
    """Offered by the incident's page, which links to it."""

    title = _("Incident")
    parameter_name = "incident"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        try:
            asked = uuid.UUID(request.GET.get("incident", ""))
        except ValueError:
            return []
        return [(str(one.pk), f"{one.get_category_display()} · {one}") for one in self.visible.filter(pk=asked)]

    def has_output(self) -> bool:
        """Where one is asked for that is not there, nothing is listed rather than everything."""
        return bool(self.asked)

    def narrow(self, queryset: Any, value: str) -> Any:
        return queryset.filter(incident__in=twins.with_absorbed(self.visible.get(pk=value)))


@admin.register(Delivery)
class DeliveryAdmin(DeskModelAdmin):
    to_view = Action.VIEW_DELIVERIES
    list_display = ("state_shown", "kind", "about", "recipient", "channel", "attempts", "why", "queued")
    list_filter = (StateChip, ChannelChip, KindChip, QueuedChip, ToldOfMissionChip, IncidentChip)
    sortable_by = ()
    actions = ("try_again", "seen")
    change_form_template = "admin/incidents/delivery/change_form.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        seen = Delivery.objects.visible_to(request.user)
        subjects = ("incident__mission", "alarm__mission", "entry__mission", "mission")
        return seen.select_related(*subjects, "recipient")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<path:object_id>/retry/", view(self.retry_view), name="incidents_delivery_retry"),
            path("<path:object_id>/seen/", view(self.seen_view), name="incidents_delivery_seen"),
            *super().get_urls(),
        ]

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return bool(reader(request).may(Action.HANDLE_INCIDENT))

    # -- the list ------------------------------------------------------------------------------------------------------

    @admin.action(description=_("Try again"), permissions=("retry",))
    def try_again(self, request: HttpRequest, chosen: Any) -> None:
        self._try(request, list(chosen.values_list("pk", flat=True)))

    def _try(self, request: HttpRequest, asked: list[uuid.UUID]) -> None:
        queued = [pk for pk in asked if retry(pk, actor=reader(request))]
        for pk in queued:
            tasks.ring(tasks.send_delivery, pk)
        said = ngettext("%(count)s delivery queued again.", "%(count)s deliveries queued again.", len(queued))
        self.message_user(request, said % {"count": len(queued)}, messages.SUCCESS if queued else messages.WARNING)

    @admin.action(description=_("Seen: need not be warned of any more"), permissions=("retry",))
    def seen(self, request: HttpRequest, chosen: Any) -> None:
        self._look_at(request, list(chosen.values_list("pk", flat=True)))

    def _look_at(self, request: HttpRequest, asked: list[uuid.UUID]) -> None:
        count = look_at(asked)
        said = ngettext("%(count)s failure marked as seen.", "%(count)s failures marked as seen.", count)
        self.message_user(request, said % {"count": count}, messages.SUCCESS if count else messages.WARNING)

    @admin.display(description=_("State"))
    def state_shown(self, delivery: Delivery) -> SafeString:
        twice = _("may arrive twice") if delivery.possible_duplicate else ""
        return format_html(
            '<span class="state state-{}">{}</span> <small>{}</small>', delivery.shown, delivery.shown_state, twice
        )

    @admin.display(description=_("About"))
    def about(self, delivery: Delivery) -> SafeString:
        there, words = subject_of(delivery)
        return format_html('<a href="{}">{}</a>', there, words)

    @admin.display(description=_("Why"), empty_value="")
    def why(self, delivery: Delivery) -> str:
        return delivery.why

    @admin.display(description=_("Queued"))
    def queued(self, delivery: Delivery) -> Any:
        return when(delivery.queued_at, delivery.of_mission.zone)

    # -- one delivery --------------------------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        delivery = self.get_object(request, object_id)
        if request.method == "POST" or not self.has_view_permission(request, delivery):
            raise PermissionDenied
        there, words = subject_of(delivery)
        shown = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Delivery"),
            "delivery": delivery,
            "tries": delivery.tries.all(),
            "zone": delivery.of_mission.zone,
            "about": words,
            "about_link": there,
            "may_handle": self.has_retry_permission(request) and not delivery.of_mission.is_read_only,
        }
        return TemplateResponse(request, self.change_form_template, shown)

    def retry_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        delivery = self._posted(request, object_id)
        if request.method == "POST":
            self._try(request, [delivery.pk])
        return _to_page(delivery)

    def seen_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        delivery = self._posted(request, object_id)
        if request.method == "POST":
            self._look_at(request, [delivery.pk])
        return _to_page(delivery)

    def _posted(self, request: HttpRequest, object_id: str) -> Delivery:
        delivery: Delivery = self.get_object(request, object_id)
        if not self.has_retry_permission(request):
            raise PermissionDenied
        return delivery


def subject_of(delivery: Delivery) -> tuple[str, str]:
    """Where to look at what it tells of, and what that is called."""
    if delivery.is_test:
        return reverse("admin:alerts"), str(_("My alerts"))
    if delivery.kind == Delivery.Kind.RELEASES:
        keys = reverse("admin:incidents_apikey_changelist")
        return keys, str(_("Releases up to change %(change)s") % {"change": delivery.change})
    if delivery.entry is not None:
        return reverse("admin:index"), timeline.sentence(delivery.entry)
    subject = delivery.subject
    if isinstance(subject, Incident):
        return reverse("admin:incidents_incident_change", args=[subject.pk]), subject.get_category_display()
    return reverse("admin:incidents_alarm_change", args=[subject.pk]), subject.get_kind_display()


def _to_page(delivery: Delivery) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:incidents_delivery_change", args=[delivery.pk]))


def unseen_failures(user: Any) -> int:
    """How many alerts failed for good without anybody having looked, of what the reader may see."""
    # Nearly always there are none: the index says so before the question of who may see which is asked.
    if not Delivery.objects.unseen().exists():
        return 0
    return Delivery.objects.unseen().visible_to(user).count()
