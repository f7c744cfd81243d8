"""What every screen of the desk shares: permissions asked of the roles, 404 for what is not there for you, no deleting.

Django's own permissions and groups are not asked.
"""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, ActionForm
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy

from incidents.actions.read_only import check_open
from incidents.admin.fields import check_key
from incidents.models import Mission, User
from incidents.roles import Action


def reader(request: HttpRequest) -> User:
    """Who reads the page. The site lets nobody in who has not signed in."""
    return cast(User, request.user)


def missions_of(request: HttpRequest) -> list[Mission]:
    """The reader's, the latest election first; read once for a request."""
    kept: list[Mission] | None = getattr(request, "_missions", None)
    if kept is None:
        kept = request._missions = list(Mission.objects.visible_to(request.user))  # type: ignore[attr-defined]
    return kept


def all_frozen(request: HttpRequest) -> bool:
    """Whether all of the reader's missions are read-only."""
    missions = missions_of(request)
    return bool(missions) and all(mission.is_read_only for mission in missions)


class RolePermissions:
    """For model admins and inlines alike. `None` is: nobody, through this door."""

    to_view: ClassVar[Action] = Action.ENTER_DESK
    to_add: ClassVar[Action | None] = None
    to_change: ClassVar[Action | None] = None
    to_delete: ClassVar[Action | None] = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _may(request, self.to_view)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may(request, self.to_view)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may(request, self.to_add)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may(request, self.to_change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may(request, self.to_delete)


def _may(request: HttpRequest, action: Action | None) -> bool:
    asked = getattr(request.user, "may", None)  # nobody has signed in: no such question
    return action is not None and asked is not None and bool(asked(action))


class DeskChangeList(ChangeList):
    """Reads the parameters its filters declare, and drops the rest: no lookup can be made up in the address."""

    def get_filters_params(self, params: Any = None) -> Any:
        given = super().get_filters_params(params)
        declared = {getattr(item, "parameter_name", item) for item in self.list_filter}
        return {name: value for name, value in given.items() if name in declared}


class InWords:
    """Mixed into what makes Django's forms: labels without a colon, and a word where nothing is chosen."""

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if "choices" not in kwargs:
            is_open = db_field.blank or not db_field.has_default()
            kwargs["choices"] = db_field.get_choices(include_blank=is_open, blank_choice=[("", nothing(db_field))])
        return super().formfield_for_choice_field(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("empty_label", nothing(db_field))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]


def nothing(db_field: Any) -> str:
    """What stands where nothing is chosen."""
    return gettext("None") if db_field.blank else gettext("Choose…")


def without_colon(form: Any) -> Any:
    """A form's class that Django has just made, changed in place: made again, it would ask for its choices again."""
    begin = form.__init__

    def begin_plainly(self: Any, *args: Any, **kwargs: Any) -> None:
        begin(self, *args, **{"label_suffix": "", **kwargs})

    form.__init__ = begin_plainly
    return form


class DeskActionForm(ActionForm):
    action = forms.ChoiceField(label=gettext_lazy("With what is ticked"))


class DeskModelAdmin(InWords, RolePermissions, admin.ModelAdmin):
    list_per_page = 50
    list_max_show_all = 0
    show_facets = admin.ShowFacets.NEVER
    action_form = DeskActionForm
    # Of its actions those that may be taken while a mission is read-only.
    frozen_actions: ClassVar[frozenset[str]] = frozenset()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return DeskChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        shown: dict[str, Any] = {"title": capfirst(self.opts.verbose_name_plural), **(extra_context or {})}
        if all_frozen(request):
            shown["has_add_permission"] = False
        return super().changelist_view(request, shown)

    def get_actions(self, request: HttpRequest) -> Any:
        found = super().get_actions(request)
        if found and all_frozen(request):
            return {name: action for name, action in found.items() if name in self.frozen_actions}
        return found

    def get_action_choices(self, request: HttpRequest, default_choices: Any = ()) -> Any:
        return super().get_action_choices(request, [("", gettext("Choose…"))])

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return without_colon(super().get_form(request, obj, change=change, **kwargs))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        row = context.get("original")
        context["is_frozen"] = all_frozen(request) if row is None else bool(frozen(row))
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        refuse_frozen(obj)
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        refuse_frozen(obj)
        super().delete_model(request, obj)

    def response_action(self, request: HttpRequest, queryset: Any, *where: Any) -> Any:
        """Nothing, and so the list again, where what was ticked is no id at all."""
        ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        return super().response_action(request, queryset, *where) if all(map(self._could_be_id, ticked)) else None

    def _could_be_id(self, text: str) -> bool:
        """Asked beforehand: in the middle of a query a database would end the transaction over it."""
        try:
            check_key(self.opts.pk, text)
        except ValidationError:
            return False
        return True

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row, or 404: what is hidden and what does not exist answer alike, on every page of it."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found


def refuse_frozen(row: Any) -> None:
    check_open(frozen(row))


def frozen(row: Any) -> Mission | None:
    """The read-only mission in which a row stays as it is; of a person, where all of theirs are read-only."""
    missions: list[Mission | None]
    if isinstance(row, User):
        missions = [*row.missions.all()] if row.pk else []
    else:
        missions = [row if isinstance(row, Mission) else getattr(row, "mission", None)]
    if missions and all(mission is not None and mission.is_read_only for mission in missions):
        return missions[0]
    return None


def without_links(field: Any) -> Any:
    """A choice of related rows without Django's icons to add and edit them in a pop-up."""
    widget = getattr(field, "widget", None)
    if isinstance(widget, RelatedFieldWidgetWrapper):
        widget.can_add_related = widget.can_change_related = widget.can_view_related = widget.can_delete_related = False
    return field


class DeskInline(InWords, RolePermissions, admin.StackedInline):
    extra = 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        found = super().get_formset(request, obj, **kwargs)
        found.form = without_colon(found.form)
        return found

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return without_links(super().formfield_for_dbfield(db_field, request, **kwargs))
