"""Deliveries at the desk: who was told what, whether it arrived, why not, and once more."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from incidents import tasks
from incidents.actions.deliver import retry
from incidents.admin.base import DeskModelAdmin, reader
from incidents.admin.filters import DeliveryStateChip
from incidents.models import Delivery, Incident
from incidents.roles import Action
from incidents.templatetags.incidents import when


@admin.register(Delivery)
class DeliveryAdmin(DeskModelAdmin):
    to_view = Action.VIEW_DELIVERIES
    list_display = ("state_shown", "kind", "about", "recipient", "channel", "attempts", "last_error", "queued")
    list_display_links = None
    list_filter = (DeliveryStateChip,)
    sortable_by = ()
    actions = ("try_again",)
    fields = (*list_display, "sent")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        seen = Delivery.objects.visible_to(request.user)
        return seen.select_related("incident__mission", "alarm__mission", "recipient")

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return bool(reader(request).may(Action.HANDLE_INCIDENT))

    @admin.action(description=_("Try again"), permissions=("retry",))
    def try_again(self, request: HttpRequest, chosen: Any) -> None:
        queued = [pk for pk in chosen.values_list("pk", flat=True) if retry(pk, actor=reader(request))]
        for pk in queued:
            tasks.ring(tasks.send_delivery, pk)
        said = ngettext("%(count)s delivery queued again.", "%(count)s deliveries queued again.", len(queued))
        self.message_user(request, said % {"count": len(queued)}, messages.SUCCESS if queued else messages.WARNING)

    @admin.display(description=_("State"))
    def state_shown(self, delivery: Delivery) -> SafeString:
        twice = _("may arrive twice") if delivery.possible_duplicate else ""
        return format_html(
            '<span class="state state-{}">{}</span> <small>{}</small>', delivery.state, delivery.shown_state, twice
        )

    @admin.display(description=_("About"))
    def about(self, delivery: Delivery) -> SafeString:
        subject = delivery.subject
        name = "incident" if isinstance(subject, Incident) else "alarm"
        words = subject.get_category_display() if isinstance(subject, Incident) else subject.get_kind_display()
        return format_html('<a href="{}">{}</a>', reverse(f"admin:incidents_{name}_change", args=[subject.pk]), words)

    @admin.display(description=_("Queued"))
    def queued(self, delivery: Delivery) -> Any:
        return when(delivery.queued_at, delivery.subject.mission.zone)

    @admin.display(description=_("Sent"))
    def sent(self, delivery: Delivery) -> Any:
        return when(delivery.sent_at, delivery.subject.mission.zone)
