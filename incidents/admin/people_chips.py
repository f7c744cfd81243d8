"""The chips above the list of people, and what each row says of a phone."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.admin.chips import Chip, Choices
from incidents.models import Device, Invitation
from incidents.roles import Role


def with_phones(people: Any) -> Any:
    """People, each with whether they have a phone, and a card or link that still opens one."""
    phones = Device.objects.filter(monitor=OuterRef("pk"), revoked_at=None)
    cards = Invitation.objects.filter(monitor=OuterRef("pk"), used_at=None, expires_at__gt=timezone.now())
    return people.annotate(has_phone=Exists(phones), is_invited=Exists(cards))


class RoleChip(Chip):
    title = _("Role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return list(Role.choices)


class PhoneChip(Chip):
    title = _("Phone")
    parameter_name = "phone"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return [("yes", _("Has a phone")), ("card", _("Has a card")), ("none", _("Neither phone nor card"))]

    def narrow(self, queryset: Any, value: str) -> Any:
        if value == "yes":
            return queryset.filter(role=Role.MONITOR, has_phone=True)
        return queryset.filter(role=Role.MONITOR, has_phone=False, is_invited=value == "card")


class ActiveChip(Chip):
    """Those in service unless asked otherwise; a search looks through all."""

    title = _("Account")
    parameter_name = "account"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return [("active", _("In service")), ("retired", _("Retired")), ("all", _("All"))]

    def value(self) -> str:
        return super().value() or ("all" if self.searching else "active")

    def narrow(self, queryset: Any, value: str) -> Any:
        return queryset if value == "all" else queryset.filter(is_active=value == "active")

    def choices(self, changelist: Any) -> Any:
        return list(super().choices(changelist))[1:]
