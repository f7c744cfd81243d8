"""Credentials at the desk, for mission admins: what phones and keys share, and the phones. Taken back at once."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from incidents.actions.revoke import revoke
from incidents.admin.base import reader
from incidents.admin.setup import SetupModelAdmin
from incidents.models import Device, Membership
from incidents.roles import Action
from incidents.templatetags.incidents import when


class Revocable(SetupModelAdmin):
    actions = ("revoke_chosen",)
    frozen_actions = frozenset(actions)
    list_display_links: Any = None
    sortable_by = ()

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return bool(reader(request).may(Action.SET_UP_MISSION))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("Revoke"), permissions=("revoke",))
    def revoke_chosen(self, request: HttpRequest, chosen: Any) -> None:
        revoked = [credential for credential in chosen if revoke(credential, actor=reader(request))]
        for credential in revoked:
            self.log_change(request, credential, "revoked")
        said = ngettext("%(count)s revoked.", "%(count)s revoked.", len(revoked)) % {"count": len(revoked)}
        self.message_user(request, said, messages.SUCCESS if revoked else messages.WARNING)

    @admin.display(description=_("Revoked"))
    def revoked(self, credential: Any) -> Any:
        return when(credential.revoked_at, self.zone_of(credential))

    def zone_of(self, credential: Any) -> ZoneInfo:
        """The clock of the mission that it opens."""
        zone: ZoneInfo = credential.mission.zone
        return zone


@admin.register(Device)
class DeviceAdmin(Revocable):
    to_add = None
    list_display = ("monitor", "enrolled", "seen", "revoked")
    list_select_related = ("monitor",)
    search_fields = ("monitor__code",)
    fields = list_display
    readonly_fields = list_display

    def get_queryset(self, request: HttpRequest) -> Any:
        monitors = Membership.objects.filter(mission__in=self.missions(request)).values("user")
        return Device.objects.filter(monitor__in=monitors).annotate(time_zone=self.clock_of(request, "monitor"))

    def zone_of(self, credential: Any) -> ZoneInfo:
        return ZoneInfo(credential.time_zone or "UTC")

    @admin.display(description=_("Enrolled"))
    def enrolled(self, device: Device) -> Any:
        return when(device.enrolled_at, self.zone_of(device))

    @admin.display(description=_("Last seen"))
    def seen(self, device: Device) -> Any:
        return when(device.last_seen_at, self.zone_of(device))
