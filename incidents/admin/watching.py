"""What the watch has to say above the list: rising reports, and what is held apart by phone; and the clicks on them."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents import tasks
from incidents.actions import clear, watch
from incidents.admin.base import reader
from incidents.admin.forms import ClearForm
from incidents.admin.timeline import label
from incidents.models import Clearing, Device, Incident, Surge
from incidents.roles import Action
from incidents.taxonomy import Category, Perpetrator
from incidents.workflow import MoveNotAllowed

SHOWN = 5
HOUR_S, DAY_H = 3_600, 24


@dataclass(frozen=True)
class Rising:
    surge: Surge
    what: str
    why: str


@dataclass(frozen=True)
class HeldGroup:
    """What is held apart of one phone, or of all phones that one invitation brought in."""

    device: Device
    counted: dict[str, Any]
    by_invitation: bool = False

    @property
    def zone(self) -> ZoneInfo | None:
        return self.device.mission.zone if self.device.mission else None


def rising(request: HttpRequest) -> dict[str, Any]:
    """The strip: the newest rises that the reader may know of, and how many more there are."""
    found = Surge.objects.visible_to(request.user).to_show().select_related("department", "mission").distinct()
    rows = list(found)
    shown = [Rising(surge, what(surge), why(surge)) for surge in rows[:SHOWN]]
    return {"rising": shown, "rising_more": len(rows) - len(shown)}


def what(surge: Surge) -> str:
    """Where it rises, and what."""
    if surge.level == Surge.Level.MISSION:
        return surge.mission.name
    where = surge.department.name if surge.department else _("Without a department")
    if surge.level == Surge.Level.DEPARTMENT:
        return where
    return " · ".join((label(Category, surge.category), label(Perpetrator, surge.perpetrator), where))


def why(surge: Surge) -> str:
    """The count in words: "7 reports in 3 hours, 0.8 expected"."""
    hours = max(1, round((surge.window_end - surge.window_start).total_seconds() / HOUR_S))
    span = ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    if hours >= 2 * DAY_H:
        days = round(hours / DAY_H)
        span = ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    expected = number_format(max(surge.expected, 0.1), 0 if surge.expected >= 10 else 1)
    counts = {"observed": surge.observed, "span": span, "expected": expected}
    return _("%(observed)s reports in %(span)s, %(expected)s expected") % counts


def held_groups(request: HttpRequest) -> dict[str, Any]:
    """What is held apart, by phone and by invitation; what goes on being cleared."""
    counted = {row["reports__device"]: row for row in clear.groups(Incident.objects.visible_to(request.user))}
    devices = Device.objects.filter(pk__in=counted).select_related("monitor", "mission", "invitation").order_by("pk")
    one_by_one = [HeldGroup(device, counted[device.pk]) for device in devices]
    largest_first = sorted(one_by_one, key=lambda group: -group.counted["incidents"])
    running = Clearing.objects.filter(state__in=Clearing.UNFINISHED, actor=reader(request).pk)
    return {"held_groups": [*_invitations(one_by_one), *largest_first], "clearings": list(running)}


def _invitations(one_by_one: list[HeldGroup]) -> list[HeldGroup]:
    """Those that brought in more than one phone; where it is one, the phone's own group is all of it."""
    brought: dict[int, list[HeldGroup]] = {}
    for group in one_by_one:
        if group.device.invitation_id is not None:
            brought.setdefault(group.device.invitation_id, []).append(group)
    return [_together(groups) for groups in brought.values() if len(groups) > 1]


def _together(groups: list[HeldGroup]) -> HeldGroup:
    counts = [group.counted for group in groups]
    counted = {
        "phones": len(groups),
        "incidents": sum(count["incidents"] for count in counts),
        "danger": sum(count["danger"] for count in counts),
        "last": max(count["last"] for count in counts),
    }
    return HeldGroup(groups[0].device, counted, by_invitation=True)


class Watching:
    """Mixed into the incidents' admin, which brings `admin_site`."""

    def watching_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view  # type: ignore[attr-defined]
        return [
            path("surge/<int:surge_id>/seen/", view(self.seen), name="incidents_surge_seen"),
            path("held/clear/", view(self.clear_held), name="incidents_held_clear"),
        ]

    def seen(self, request: HttpRequest, surge_id: int) -> HttpResponse:
        """One click, and it leaves the strip; what is hidden and what does not exist answer alike."""
        try:
            found = Surge.objects.visible_to(request.user).filter(pk=surge_id).exists()
        except OverflowError:
            found = False
        if not found:
            raise Http404
        if not reader(request).may(Action.HANDLE_INCIDENT):
            raise PermissionDenied
        if request.method == "POST":
            watch.acknowledge(surge_id, actor=reader(request))
        return HttpResponseRedirect(reverse("admin:incidents_incident_changelist"))

    def clear_held(self, request: HttpRequest) -> HttpResponse:
        if not reader(request).may(Action.HANDLE_INCIDENT):
            raise PermissionDenied
        if request.method == "POST":
            self._clear(request)
        return HttpResponseRedirect(reverse("admin:incidents_incident_changelist") + "?status=held")

    def _clear(self, request: HttpRequest) -> None:
        form = ClearForm(request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(str(message) for errors in form.errors.values() for message in errors))
            return
        try:
            asked = clear.ask(actor=reader(request), **form.asked())
        except MoveNotAllowed as refusal:
            messages.error(request, str(refusal))
            return
        messages.success(request, _do(asked))


def _do(asked: Clearing) -> str:
    """At once where it is little, else by a worker; what to tell the reader."""
    count = clear.waiting(asked).count()
    if count > clear.CHUNK or clear.clear(asked.pk):
        tasks.ring(tasks.clear_held, asked.pk)
        message = _("%(count)s are being cleared; the list shrinks as it goes on.")
    elif asked.verb == Clearing.Verb.LET_IN:
        message = _("%(count)s taken into the queue, each recorded in its timeline.")
    else:
        message = _("%(count)s dismissed, each recorded in its timeline.")
    return message % {"count": count}
