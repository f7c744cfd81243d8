"""The chips above the list of incidents. Each offers only what occurs among incidents the reader may see."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.contrib.admin.views.main import SEARCH_VAR
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.admin import situations, watching
from incidents.models import Boundary, Device, Escalation, Incident, Mission, Situation, Surge
from incidents.taxonomy import Category, Severity, Verification
from incidents.workflow import Status

SITUATIONS_OF = timedelta(days=7)
LONGEST_ID = 18

# Codes with their labels, translated when they are shown.
Choices = list[tuple[str, Any]]


class Chip(SimpleListFilter):
    """One filter. A value that is not on offer finds nothing, whether it exists elsewhere or not."""

    template = "admin/incidents/chip.html"

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: ModelAdmin) -> None:
        self.visible = Incident.objects.visible_to(request.user)
        self.searching = bool(request.GET.get(SEARCH_VAR, "").strip())
        self.user = request.user
        super().__init__(request, params, model, model_admin)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        if not value:
            return queryset
        if value not in {str(code) for code, _label in self.lookup_choices}:
            return queryset.none()
        return self.narrow(queryset, value)

    def narrow(self, queryset: Any, value: str) -> Any:
        return queryset.filter(**{self.parameter_name or "": value})

    @property
    def asked(self) -> str:
        """The value in the address, which a search form must carry on."""
        return self.used_parameters.get(self.parameter_name or "", "")

    def choices(self, changelist: Any) -> Any:
        """Kept too, for the chip's template can't hand over the list."""
        self.offered = list(super().choices(changelist))
        return self.offered

    @property
    def chosen(self) -> Any:
        """The label of the value in force, for the chip's face."""
        return next((label for code, label in self.lookup_choices if str(code) == self.value()), None)


class StatusChip(Chip):
    """Open ones unless asked otherwise; a search looks through all."""

    title = _("Status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return [("open", _("Open")), ("held", _("Held apart")), ("all", _("All")), *Status.choices]

    def value(self) -> str:
        return super().value() or ("all" if self.searching else "open")

    def narrow(self, queryset: Any, value: str) -> Any:
        if value == "all":
            return queryset
        if value in ("open", "held"):
            return queryset.open() if value == "open" else queryset.held()
        return super().narrow(queryset, value)

    def choices(self, changelist: Any) -> Any:
        """Without Django's own "All": it would mean the default, which is open."""
        return list(super().choices(changelist))[1:]


class SeverityChip(Chip):
    title = _("Severity")
    parameter_name = "severity"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return list(Severity.choices)


class DepartmentChip(Chip):
    title = _("Department")
    parameter_name = "department"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        seen = Boundary.objects.filter(pk__in=self.visible.values("department")).defer("geometry")
        named = sorted((boundary.name, str(boundary.pk)) for boundary in seen)
        return [(pk, name) for name, pk in named] + [("none", _("Without a department"))]

    def narrow(self, queryset: Any, value: str) -> Any:
        return queryset.filter(department=None) if value == "none" else super().narrow(queryset, value)


class CategoryChip(Chip):
    title = _("Category")
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return list(Category.choices)


class VerificationChip(Chip):
    title = _("Verification")
    parameter_name = "verification"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return list(Verification.choices)


class DangerChip(Chip):
    title = _("In danger")
    parameter_name = "danger"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return [("yes", _("Reporter in danger"))]

    def narrow(self, queryset: Any, value: str) -> Any:
        return queryset.filter(in_danger_now=True)


class AnswerChip(Chip):
    """By the clock: what still waits for a person, and what has waited too long."""

    title = _("Answer")
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return [("overdue", _("Overdue")), ("waiting", _("Waiting for an answer"))]

    def narrow(self, queryset: Any, value: str) -> Any:
        running = Escalation.objects.overdue() if value == "overdue" else Escalation.objects.unanswered()
        return queryset.filter(pk__in=running.exclude(incident=None).values("incident"))


class AssignedChip(Chip):
    title = _("Assigned")
    parameter_name = "assigned"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return [("me", _("To me")), ("nobody", _("To nobody"))]

    def narrow(self, queryset: Any, value: str) -> Any:
        return queryset.filter(assigned_to=self.user if value == "me" else None)


class MissionChip(Chip):
    title = _("Mission")
    parameter_name = "mission"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        """Nothing to choose between while there is only one."""
        missions = [(str(mission.pk), mission.name) for mission in Mission.objects.visible_to(self.user)]
        return missions if len(missions) > 1 else []


class SituationChip(Chip):
    """Those of the last days that the reader can make out from what they may see."""

    title = _("Situation")
    parameter_name = "situation"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        since = timezone.now() - SITUATIONS_OF
        recent = Situation.objects.live().filter(last_at__gte=since, mission__memberships__user=request.user.pk)
        extents = recent.seen_by(request.user)
        found = recent.filter(pk__in=extents).select_related("mission", "department").distinct()
        return [(str(row.pk), situations.brief(row, extents[row.pk])) for row in found.order_by("-last_at")]

    def narrow(self, queryset: Any, value: str) -> Any:
        return queryset.filter(part__situation=value)


class SurgeChip(Chip):
    """Offered by the strip above the list, which links to it."""

    title = _("Rising")
    parameter_name = "surge"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        asked = request.GET.get("surge", "")
        if not asked.isascii() or not asked.isdigit() or len(asked) > LONGEST_ID:
            return []
        seen = Surge.objects.visible_to(request.user).filter(pk=asked)
        return [(str(surge.pk), watching.what(surge)) for surge in seen.select_related("department", "mission")]

    def narrow(self, queryset: Any, value: str) -> Any:
        return queryset.filter(surges=value)


class HeldDeviceChip(Chip):
    """Whose phone: offered only for what is held apart."""

    title = _("Phone")
    parameter_name = "phone"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        if request.GET.get("status") != "held":
            return []
        held = self.visible.held().values("reports__device")
        devices = Device.objects.filter(pk__in=held).select_related("monitor").order_by("monitor__code", "pk")
        return [(str(device.pk), f"{device.monitor.code} · {device.pk}") for device in devices]

    def narrow(self, queryset: Any, value: str) -> Any:
        return queryset.filter(reports__device=value).distinct()


class AreaChip(Chip):
    """A rectangle, as the map's view: west,south,east,north."""

    title = _("Area")
    parameter_name = "area"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        asked = request.GET.get("area", "")
        return [(asked, _("Part of the map"))] if bounds_of(asked) else []

    def narrow(self, queryset: Any, value: str) -> Any:
        bounds = bounds_of(value)
        assert bounds is not None  # noqa: S101
        west, south, east, north = bounds
        return queryset.filter(latitude__range=(south, north), longitude__range=(west, east))


def bounds_of(text: str) -> tuple[float, float, float, float] | None:
    try:
        west, south, east, north = (float(part) for part in text.split(",", 3))
    except ValueError:
        return None
    return (west, south, east, north) if -999 < west < 999 and -999 < east < 999 else None


SPANS = {"1h": timedelta(hours=1), "6h": timedelta(hours=6), "24h": timedelta(hours=24), "7d": timedelta(days=7)}


class TimeChip(Chip):
    title = _("Time")
    parameter_name = "time"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        asked = request.GET.get("time", "")
        last = [
            ("1h", _("Last hour")),
            ("6h", _("Last 6 hours")),
            ("24h", _("Last 24 hours")),
            ("7d", _("Last 7 days")),
        ]
        return last + ([(asked, _("Chosen span"))] if "/" in asked else [])

    def narrow(self, queryset: Any, value: str) -> Any:
        if value in SPANS:
            return queryset.filter(opened_at__gte=timezone.now() - SPANS[value])
        try:
            first, last = (datetime.fromisoformat(part) for part in value.split("/", 1))
            return queryset.filter(opened_at__gte=first, opened_at__lt=last)
        except (ValueError, TypeError):
            return queryset.none()
