"""The chips above the list of incidents. Each offers only what the reader may know of."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.admin import offers, situations, watching
from incidents.admin.base import reader
from incidents.admin.chips import Chip, Choices, is_id, only_counted
from incidents.models import Device, Escalation, Mission, Situation, Surge
from incidents.models.question import Question
from incidents.models.tally import Facet, State
from incidents.taxonomy import Category, Perpetrator, Severity, Verification
from incidents.workflow import Status

SITUATIONS_OF = timedelta(days=7)


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

    def tell(self, question: Question, value: str) -> Question | None:
        if value in State.values:
            return replace(question, state=value)
        return replace(question, only=(*question.only, (Facet.STATUS.value, value)))

    def choices(self, changelist: Any) -> Any:
        """Without Django's own "All": it would mean the default, which is open."""
        return list(super().choices(changelist))[1:]


class SeverityChip(Chip):
    title = _("Severity")
    parameter_name = "severity"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return list(Severity.choices)

    def tell(self, question: Question, value: str) -> Question | None:
        return replace(question, severity=value)


class DepartmentChip(Chip):
    title = _("Department")
    parameter_name = "department"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return [*offers.offers(request).departments, ("none", _("Without a department"))]

    def has_output(self) -> bool:
        return bool(self.asked) or not only_counted(self.request)

    def offers(self, value: str) -> bool:
        """Any of them: one that is not the reader's holds nothing they may see."""
        return value == "none" or is_id(value)

    def narrow(self, queryset: Any, value: str) -> Any:
        return queryset.filter(department=None) if value == "none" else super().narrow(queryset, value)

    def tell(self, question: Question, value: str) -> Question | None:
        return replace(question, department=0 if value == "none" else int(value))


class CategoryChip(Chip):
    title = _("Category")
    parameter_name = "category"
    facet = Facet.CATEGORY

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return list(Category.choices)


class VerificationChip(Chip):
    title = _("Verification")
    parameter_name = "verification"
    facet = Facet.VERIFICATION

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return list(Verification.choices)


class PerpetratorChip(Chip):
    """Who is accused. An account linked to a force is not offered that force: it sees nothing that accuses it."""

    title = _("Perpetrator")
    parameter_name = "perpetrator"
    facet = Facet.PERPETRATOR

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return [(code, label) for code, label in Perpetrator.choices if code != reader(request).linked_force]

    def narrow(self, queryset: Any, value: str) -> Any:
        return queryset.filter(accusations__code=value)


class DangerChip(Chip):
    title = _("In danger")
    parameter_name = "danger"
    facet = Facet.DANGER

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
        return [("me", _("To me")), ("nobody", _("To nobody")), *offers.offers(request).people]

    def has_output(self) -> bool:
        return bool(self.asked) or not only_counted(self.request)

    def offers(self, value: str) -> bool:
        """Whoever it is: the list itself says to whom an incident is assigned."""
        return value in ("me", "nobody") or is_id(value)

    def narrow(self, queryset: Any, value: str) -> Any:
        return queryset.filter(assigned_to={"me": self.request.user, "nobody": None}.get(value, value))

    def tell(self, question: Question, value: str) -> Question | None:
        who = {"me": reader(self.request).pk, "nobody": 0}.get(value, value)
        return replace(question, assigned=int(who))


class MissionChip(Chip):
    title = _("Mission")
    parameter_name = "mission"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        """Nothing to choose between while there is only one."""
        theirs = offers.scope(request).missions
        if len(theirs) < 2:
            return []
        return [(str(mission.pk), mission.name) for mission in Mission.objects.filter(pk__in=theirs)]

    def tell(self, question: Question, value: str) -> Question | None:
        return replace(question, mission=int(value))


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
        if not is_id(asked):
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


class HeldChip(Chip):
    """Offered by the overview, which links to what it counts: nothing that is held apart, whatever its status."""

    title = _("Held apart")
    parameter_name = "held"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> Choices:
        return [("no", _("Not held apart"))]

    def has_output(self) -> bool:
        return bool(self.asked)

    def narrow(self, queryset: Any, value: str) -> Any:
        return queryset.filter(held="")
