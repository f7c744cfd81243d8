"""Saved views at the desk: tabs above the list, the posts that keep and forget them, and how much each finds."""

import copy
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.actions import keep_view
from incidents.admin.base import reader
from incidents.admin.forms import DeskForm
from incidents.models import SavedView
from incidents.models.saved_view import NAME_LIMIT
from incidents.roles import Action
from incidents.statement import refuse_surrogates
from incidents.workflow import MoveNotAllowed

SHOWN = 20
VALUE_LIMIT = 200
QUERY_LIMIT = 2_000


class ViewForm(DeskForm):
    name = "view"
    title = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_LIMIT, validators=[refuse_surrogates])
    query = forms.CharField(required=False, max_length=QUERY_LIMIT, validators=[refuse_surrogates])
    is_default = forms.BooleanField(required=False)
    shared = forms.BooleanField(required=False)


@dataclass(frozen=True)
class Tab:
    view: SavedView
    is_current: bool
    may_change: bool
    is_own: bool


class SavedViews:
    """Mixed into the incidents' admin, which brings `list_filter` and `get_changelist_instance`."""

    def view_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view  # type: ignore[attr-defined]
        return [
            path("views/save/", view(self.save_view), name="incidents_view_save"),
            path("views/<int:view_id>/change/", view(self.change_saved), name="incidents_view_change"),
            path("views/<int:view_id>/delete/", view(self.delete_saved), name="incidents_view_delete"),
        ]

    def save_view(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return _to_list()
        form = ViewForm(request.POST)
        asked = declared(self, request.POST.get("query", "")) if form.is_valid() else {}
        return _keep(request, form, SavedView(owner=reader(request), asked=asked))

    def change_saved(self, request: HttpRequest, view_id: int) -> HttpResponse:
        view = _changeable(request, view_id)
        return _keep(request, ViewForm(request.POST), view) if request.method == "POST" else _to_list(view)

    def delete_saved(self, request: HttpRequest, view_id: int) -> HttpResponse:
        view = _changeable(request, view_id)
        if request.method != "POST":
            return _to_list(view)
        keep_view.forget(view, actor=reader(request))
        messages.success(request, _("The view is deleted. The incidents are untouched."))
        return _to_list()


def _changeable(request: HttpRequest, view_id: int) -> SavedView:
    """The view, if its reader may change it; 404 for what is not there for them, 403 for what others share."""
    try:
        view = SavedView.objects.visible_to(request.user).select_related("mission").filter(pk=view_id).first()
    except OverflowError:
        view = None
    if view is None:
        raise Http404
    if not SavedView.objects.changeable_by(request.user).filter(pk=view.pk).exists():
        raise PermissionDenied
    return view


def _keep(request: HttpRequest, form: ViewForm, view: SavedView) -> HttpResponse:
    """Refused, the list is shown as it was asked for, and says why."""
    if not form.is_valid():
        messages.error(request, " ".join(str(said) for errors in form.errors.values() for said in errors))
        return _to_list(view)
    given = form.cleaned_data
    shared_with = (view.mission or reader(request).latest_mission) if given["shared"] else None
    try:
        named = {"name": given["title"], "shared_with": shared_with, "is_default": given["is_default"]}
        keep_view.keep(view, actor=reader(request), **named)
    except MoveNotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The view is saved."))
    return _to_list(view)


def _to_list(view: SavedView | None = None) -> HttpResponseRedirect:
    query = f"?{view.address}" if view and view.asked else ""
    return HttpResponseRedirect(reverse("admin:incidents_incident_changelist") + query)


def declared(model_admin: Any, query: str) -> dict[str, str]:
    """Of a query string what the list's filters and its search declare; where one stands twice, the last counts."""
    known = {SEARCH_VAR, *(chip.parameter_name for chip in model_admin.list_filter)}
    given = parse_qsl(query.removeprefix("?"))
    return {name: value[:VALUE_LIMIT] for name, value in given if name in known and value and "\0" not in value}


def tabs(model_admin: Any, request: HttpRequest, cl: ChangeList) -> dict[str, Any]:
    """What stands above the chips. One query; how much each finds comes with the feed."""
    asked = declared(model_admin, request.GET.urlencode())
    mine, admin = reader(request), reader(request).may(Action.SET_UP_MISSION)
    views = list(SavedView.objects.visible_to(mine)[:SHOWN])
    current = next((view for view in views if view.asked == asked), None)
    return {
        "views": [
            Tab(view, view is current, admin if view.mission_id else True, view.owner_id == mine.pk) for view in views
        ],
        "view_asked": cl.get_query_string() if asked and current is None else "",
        "is_plain": not asked,
        "may_share": admin,
    }


def opening(user: Any) -> str:
    """The query string of what the user's desk opens with; empty for the whole list."""
    view = SavedView.objects.filter(owner=user.pk, is_default=True).first()
    return f"?{view.address}" if view and view.asked else ""


def counts(model_admin: Any, request: HttpRequest) -> dict[str, int]:
    """How many incidents each view of the reader finds, by the list's own filters and search."""
    views = SavedView.objects.visible_to(request.user)[:SHOWN]
    return {str(view.pk): _count(model_admin, request, view) for view in views}


def _count(model_admin: Any, request: HttpRequest, view: SavedView) -> int:
    asked = copy.copy(request)
    asked.GET = QueryDict(view.address)
    asked.only_counted = True  # type: ignore[attr-defined]
    try:
        found: int = model_admin.get_changelist_instance(asked).how_many()
    except IncorrectLookupParameters:
        return 0
    return found
