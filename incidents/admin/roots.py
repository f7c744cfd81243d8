"""The record at the desk: the roots of the days, to be written down, read over the telephone, printed and compared."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from incidents import chain as arithmetic
from incidents import tasks
from incidents.actions.close_day import make_root
from incidents.admin.base import DeskModelAdmin, reader
from incidents.models import Mission, MissionRoot
from incidents.roles import Action
from incidents.statement import refuse_surrogates
from incidents.templatetags.incidents import when

UNPROCESSABLE = 422
DIGITS = arithmetic.GROUP * arithmetic.GROUPS


class CompareForm(forms.Form):
    """What somebody wrote down; spaces, capitals and the day before it do not matter."""

    written = forms.CharField(
        label=gettext_lazy("What was written down"),
        max_length=500,
        validators=[refuse_surrogates],
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Type the eight groups that were written down.")},
    )

    def clean_written(self) -> str:
        found = arithmetic.read(self.cleaned_data["written"])
        if len(found) != DIGITS:
            said = ngettext(
                "A root has 64 signs, 0 to 9 and a to f. This has %(count)d.",
                "A root has 64 signs, 0 to 9 and a to f. This has %(count)d.",
                len(found),
            )
            raise forms.ValidationError(said % {"count": len(found)})
        return found


@admin.register(MissionRoot)
class RootAdmin(DeskModelAdmin):
    to_view = Action.SET_UP_MISSION
    list_display = ("closed", "shown", "mission", "made", "state_shown")
    list_display_links = None
    list_select_related = ("mission",)
    sortable_by = ()
    actions = None
    fields = ()
    change_list_template = "admin/incidents/missionroot/change_list.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return MissionRoot.objects.visible_to(request.user)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("compare/", view(self.compare), name="incidents_missionroot_compare"),
            path("make/", view(self.make), name="incidents_missionroot_make"),
            *super().get_urls(),
        ]

    # -- the list ------------------------------------------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        missions = Mission.objects.visible_to(request.user)
        shown = {"title": _("Record"), "missions": missions}
        return super().changelist_view(request, {**shown, **(extra_context or {})})

    @admin.display(description=gettext_lazy("Day"))
    def closed(self, root: MissionRoot) -> SafeString:
        address = reverse("admin:incidents_missionroot_change", args=[root.pk])
        return format_html('<a href="{}">{}</a>', address, date_format(root.day, "j M Y"))

    @admin.display(description=gettext_lazy("Root"))
    def shown(self, root: MissionRoot) -> SafeString:
        return format_html('<code class="root">{}</code>', " ".join(root.groups))

    @admin.display(description=gettext_lazy("Made"))
    def made(self, root: MissionRoot) -> Any:
        return when(root.made_at, root.mission.zone if root.mission else None)

    @admin.display(description=gettext_lazy("State"))
    def state_shown(self, root: MissionRoot) -> str:
        return state(root)

    # -- one root ------------------------------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        root = self.get_object(request, object_id)
        if request.method == "POST":
            raise PermissionDenied
        shown = {"root": root, "state": state(root), "zone": root.mission.zone if root.mission else None}
        return self._page(request, "root", _("Root of the record"), **shown)

    def make(self, request: HttpRequest) -> HttpResponse:
        """A root as of now, for the mission named; the sweep makes one each night by itself."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:incidents_missionroot_changelist"))
        mission = _named(request)
        try:
            root = make_root(mission, actor=reader(request))
        except IntegrityError:
            messages.warning(request, _("Somebody else has just made one. It stands on top of the list."))
            return HttpResponseRedirect(reverse("admin:incidents_missionroot_changelist"))
        tasks.ring(tasks.settle_root, root.pk)
        return HttpResponseRedirect(reverse("admin:incidents_missionroot_change", args=[root.pk]))

    def compare(self, request: HttpRequest) -> HttpResponse:
        """Whether what somebody wrote down is a root of theirs. Nothing is kept of what was typed."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._page(request, "compare", _("Compare a root"), form=CompareForm())
        form = CompareForm(request.POST)
        if not form.is_valid():
            return self._page(request, "compare", _("Compare a root"), form=form, status=UNPROCESSABLE)
        found = form.cleaned_data["written"]
        same = self.get_queryset(request).filter(root=found).select_related("mission").first()
        shown = {"same": same, "zone": same.mission.zone if same and same.mission else None}
        answer = {"read": arithmetic.groups(found), "is_answered": True, **shown}
        return self._page(request, "compare", _("Compare a root"), form=form, **answer)

    def _page(self, request: HttpRequest, name: str, title: str, *, status: int = 200, **shown: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **shown}
        return TemplateResponse(request, f"admin/incidents/missionroot/{name}.html", context, status=status)


def state(root: MissionRoot) -> str:
    """What was made of it since, in words."""
    if root.fault_count:
        said = ngettext("%(count)d fault found", "%(count)d faults found", root.fault_count)
        return said % {"count": root.fault_count}
    if root.stamped_at:
        return _("Checked and stamped")
    return _("Checked") if root.checked_at else _("Being checked")


def _named(request: HttpRequest) -> Mission:
    """The mission that was posted, or 404: what is hidden and what does not exist answer alike."""
    given = request.POST.get("mission", "")
    found = Mission.objects.visible_to(request.user).filter(pk=given).first() if given.isdecimal() else None
    if found is None:
        raise Http404
    return found
