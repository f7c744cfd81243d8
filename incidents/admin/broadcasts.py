"""Broadcasts at the desk: written, shown with how many will get it, sent; who has seen it and who not; withdrawn."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from incidents.actions import broadcast as verbs
from incidents.admin.base import DeskModelAdmin, reader
from incidents.admin.composing import ComposeForm, missions_of
from incidents.models import Addressee, Broadcast, Membership, Mission
from incidents.models.broadcast import may_broadcast
from incidents.roles import Action, Role
from incidents.templatetags.incidents import when
from incidents.workflow import MoveNotAllowed

UNPROCESSABLE = 422
LABELS = {Role.MONITOR.value: gettext_lazy("Monitors"), Role.COORDINATOR.value: gettext_lazy("Coordinators")}


@admin.register(Broadcast)
class BroadcastAdmin(DeskModelAdmin):
    to_view = to_add = Action.BROADCAST
    list_display = ("sent", "author", "to", "seen_by", "state")
    list_display_links = None
    list_select_related = ("author", "mission")
    sortable_by = ()
    actions = None
    fields = ()

    def get_queryset(self, request: HttpRequest) -> Any:
        seen = Broadcast.objects.visible_to(request.user).counted()
        return seen.select_related("author", "mission").prefetch_related("departments")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_broadcast(request.user)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<path:object_id>/withdraw/", view(self.withdraw), name="incidents_broadcast_withdraw"),
            path("<uuid:notice_id>/seen/", view(self.seen), name="incidents_broadcast_seen"),
        ]
        return [*own, *super().get_urls()]

    # -- the list ------------------------------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("Sent"))
    def sent(self, row: Broadcast) -> SafeString:
        address = reverse("admin:incidents_broadcast_change", args=[row.pk])
        return format_html('<a href="{}">{}</a>', address, when(row.sent_at, row.mission.zone))

    @admin.display(description=gettext_lazy("To"))
    def to(self, row: Broadcast) -> str:
        return addressed(row)

    @admin.display(description=gettext_lazy("Seen by"))
    def seen_by(self, row: Any) -> str:
        return _("%(seen)s of %(all)s") % {"seen": row.seen_count, "all": row.to_count}

    @admin.display(description=gettext_lazy("State"))
    def state(self, row: Broadcast) -> str:
        return state(row)

    # -- writing one ---------------------------------------------------------------------------------------------------

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        missions = missions_of(reader(request))
        mission = _chosen(missions, request)
        if mission is None:
            raise PermissionDenied
        if request.method != "POST":
            return self._compose(request, missions, ComposeForm(mission=mission, writer=reader(request)))
        form = ComposeForm(request.POST, mission=mission, writer=reader(request))
        count, status = self._counted(form, request), 200
        if count is None:
            return self._compose(request, missions, form, status=UNPROCESSABLE)
        # Sent only as it was looked at: changed since, or grown by a person, it is shown once more.
        if count and "send" in request.POST and form.cleaned_data["previewed"] == form.digest(count):
            return self._send(request, form)
        return self._compose(request, missions, form, count=count, status=status)

    def _counted(self, form: ComposeForm, request: HttpRequest) -> int | None:
        """How many it would reach; None where it can't be sent, and the form says why."""
        if not form.is_valid():
            return None
        try:
            return int(verbs.people(form.draft(), actor=reader(request)).count())
        except MoveNotAllowed as refusal:
            form.add_error(None, str(refusal))
            return None

    def _send(self, request: HttpRequest, form: ComposeForm) -> HttpResponse:
        sent = verbs.send(form.draft(), actor=reader(request), broadcast_id=form.cleaned_data["broadcast_id"])
        count = sent.addressees.count()
        said = ngettext("Sent to %(count)s person.", "Sent to %(count)s people.", count) % {"count": count}
        messages.success(request, said)
        return HttpResponseRedirect(reverse("admin:incidents_broadcast_change", args=[sent.pk]))

    def _compose(
        self,
        request: HttpRequest,
        missions: list[Mission],
        form: ComposeForm,
        *,
        count: int | None = None,
        status: int = 200,
    ) -> HttpResponse:
        shown = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Write a broadcast"),
            "form": form,
            "missions": missions if len(missions) > 1 else [],
            "is_counted": count is not None,
            "count": count or 0,
            "previewed": form.digest(count) if count else "",
        }
        return TemplateResponse(request, "admin/incidents/broadcast/compose.html", shown, status=status)

    # -- one that was sent ---------------------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        broadcast = self.get_object(request, object_id)
        shown = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Broadcast"),
            "broadcast": broadcast,
            "zone": broadcast.mission.zone,
            "to": addressed(broadcast),
            "state": state(broadcast),
            "rows": _rows(broadcast),
        }
        return TemplateResponse(request, "admin/incidents/broadcast/page.html", shown)

    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        broadcast = self.get_object(request, object_id)
        if request.method == "POST":
            if verbs.withdraw(broadcast, actor=reader(request)):
                messages.success(request, _("Withdrawn: it is shown to nobody any more."))
            else:
                messages.warning(request, _("It was over already."))
        return HttpResponseRedirect(reverse("admin:incidents_broadcast_change", args=[broadcast.pk]))

    def seen(self, request: HttpRequest, notice_id: Any) -> HttpResponse:
        """ "Got it" in the banner above every page of the desk."""
        if request.method == "POST" and not verbs.close(notice_id, person=reader(request)):
            raise Http404
        return HttpResponseRedirect(reverse("admin:incidents_incident_changelist"))


def _chosen(missions: list[Mission], request: HttpRequest) -> Mission | None:
    wanted = request.POST.get("mission") or request.GET.get("mission")
    return next((one for one in missions if str(one.pk) == wanted), missions[0] if missions else None)


def addressed(row: Broadcast) -> str:
    """Roles and departments in words: "Monitors · La Paz, Oruro"."""
    roles = ", ".join(str(LABELS[role]) for role in row.roles if role in LABELS)
    where = ", ".join(sorted(department.name for department in row.departments.all()))
    return f"{roles} · {where or _('the whole mission')}"


def state(row: Broadcast) -> str:
    if row.withdrawn_at:
        return _("Withdrawn")
    return _("Shown") if row.is_standing else _("Expired")


def _rows(broadcast: Broadcast) -> list[dict[str, Any]]:
    """Who has seen it, the latest first, then who has not; each with those of their departments it went to."""
    memberships = Membership.objects.filter(mission=broadcast.mission).prefetch_related("departments")
    of = {membership.user_id: membership for membership in memberships}
    asked = {department.pk for department in broadcast.departments.all()}
    people = Addressee.objects.filter(broadcast=broadcast).select_related("person")
    ordered = sorted(people, key=lambda one: (one.seen_at is None, -one.seen_at.timestamp() if one.seen_at else 0.0))
    return [
        {"person": one.person, "seen_at": one.seen_at, "where": _where(of.get(one.person_id), asked)} for one in ordered
    ]


def _where(membership: Membership | None, asked: set[int]) -> str:
    if membership is None:
        return ""
    if membership.all_departments:
        return _("all departments")
    there = [one.name for one in membership.departments.all() if not asked or one.pk in asked]
    return ", ".join(sorted(there))
