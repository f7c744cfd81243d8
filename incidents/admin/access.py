"""Credentials at the desk, for mission admins: monitors' phones and partners' keys. Told once, taken back at once."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from incidents.actions.read_only import check_open
from incidents.actions.revoke import revoke
from incidents.admin.base import reader
from incidents.admin.setup import SetupModelAdmin, offered
from incidents.models import ApiKey, Device, Membership
from incidents.roles import Action
from incidents.templatetags.incidents import when


class Revocable(SetupModelAdmin):
    actions = ("revoke_chosen",)
    frozen_actions = frozenset(actions)
    list_display_links = None
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


class ApiKeyForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        holder, mission = given.get("holder"), given.get("mission")
        if holder and mission and not holder.memberships.filter(mission=mission).exists():
            raise ValidationError(_("This partner does not belong to this mission."))
        return given


@admin.register(ApiKey)
class ApiKeyAdmin(Revocable):
    form = ApiKeyForm
    list_display = ("prefix", "holder", "mission", "audience", "made", "ends", "used", "revoked")
    list_select_related = ("holder", "mission")
    fields = ("holder", "mission", "audience", "expires_at")

    def get_queryset(self, request: HttpRequest) -> Any:
        return ApiKey.objects.filter(mission__in=self.missions(request))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "holder":
            pulling = [person.pk for person in offered(db_field, request) if person.may(Action.PULL_RELEASES)]
            field.queryset = field.queryset.filter(pk__in=pulling)
        return field

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        """Issue the key; its secret is on this request only, for the page that follows."""
        check_open(obj.mission)
        key, secret = ApiKey.issue(holder=obj.holder, mission=obj.mission)
        key.audience, key.expires_at = obj.audience, obj.expires_at
        key.save(update_fields=("audience", "expires_at"))
        obj.pk, obj.prefix, obj.key_hash = key.pk, key.prefix, key.key_hash
        obj._secret = secret  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None) -> HttpResponse:
        shown = {
            **self.admin_site.each_context(request),
            "title": _("API key"),
            "opts": self.opts,
            "person": obj.holder,
            "expires_at": obj.expires_at,
            "zone": obj.mission.zone,
            "secret": obj._secret,  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "admin/incidents/secret.html", shown)

    @admin.display(description=_("Made"))
    def made(self, key: ApiKey) -> Any:
        return when(key.created_at, self.zone_of(key))

    @admin.display(description=ApiKey._meta.get_field("expires_at").verbose_name)
    def ends(self, key: ApiKey) -> Any:
        return when(key.expires_at, self.zone_of(key))

    @admin.display(description=_("Last used"))
    def used(self, key: ApiKey) -> Any:
        return when(key.last_used_at, self.zone_of(key))
