"""What the set-up screens share: they are the mission admins', and end at the edge of the missions they belong to."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.db.models import Field, JSONField, OuterRef, Subquery
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from incidents.admin.base import DeskModelAdmin, without_links
from incidents.admin.fields import StrictJSONField
from incidents.models import Boundary, Membership, Mission, User
from incidents.roles import Action

NAME_LIMIT = 200


class NamesWidget(forms.MultiWidget):
    """One line per language of the product; each says which."""

    def __init__(self) -> None:
        languages = [(code, str(label)) for code, label in settings.LANGUAGES]
        shared = {"class": "vTextField", "dir": "auto"}
        widgets: dict[str, Any] = {
            code: forms.TextInput({**shared, "placeholder": label, "title": label, "aria-label": label, "lang": code})
            for code, label in languages
        }
        super().__init__(widgets)

    def decompress(self, value: Any) -> list[str]:
        names = value if isinstance(value, dict) else {}
        return [str(names.get(code, "")) for code, _label in settings.LANGUAGES]


class NamesField(forms.MultiValueField):
    """Names by language, {"en": "…", "es": "…"}; languages the product does not speak are kept as they were."""

    def __init__(self, **kwargs: Any) -> None:
        languages = [code for code, _label in settings.LANGUAGES]
        fields = tuple(forms.CharField(max_length=NAME_LIMIT, required=False) for _code in languages)
        super().__init__(fields=fields, widget=NamesWidget(), require_all_fields=False, required=True, **kwargs)

    def compress(self, data_list: list[str]) -> dict[str, str]:
        pairs = zip((code for code, _label in settings.LANGUAGES), data_list or [], strict=False)
        return {code: name for code, name in pairs if name}

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.widget.decompress(initial), data))


class SetupModelAdmin(DeskModelAdmin):
    to_view: ClassVar[Action] = Action.SET_UP_MISSION
    to_add: ClassVar[Action | None] = Action.SET_UP_MISSION
    to_change: ClassVar[Action | None] = Action.SET_UP_MISSION
    save_on_top = False
    formfield_overrides: ClassVar[Any] = {JSONField: {"form_class": StrictJSONField}}

    def missions(self, request: HttpRequest) -> Any:
        return Mission.objects.visible_to(request.user)

    def clock_of(self, request: HttpRequest, person: str) -> Subquery:
        """The time zone of whoever `person` names: of their missions that are the reader's too, the latest."""
        theirs = Membership.objects.filter(user=OuterRef(person), mission__in=self.missions(request).values("pk"))
        return Subquery(theirs.order_by("-mission__election_day", "-pk").values("mission__time_zone")[:1])

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "names":
            return NamesField(label=capfirst(db_field.verbose_name))
        return without_links(super().formfield_for_dbfield(db_field, request, **kwargs))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = offered(db_field, request)
        if db_field.name == "mission":
            kwargs.setdefault("label", _("Mission"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if hasattr(obj, "names") and change:  # names in languages this form does not offer stay
            before = type(obj)._default_manager.values_list("names", flat=True).get(pk=obj.pk) or {}
            offered_codes = {code for code, _label in settings.LANGUAGES}
            obj.names = {**{code: name for code, name in before.items() if code not in offered_codes}, **obj.names}
        super().save_model(request, obj, form, change)


def offered(db_field: Any, request: HttpRequest) -> Any:
    """The rows a mission admin may point at: those of their own missions."""
    missions = Mission.objects.visible_to(request.user)
    model = db_field.remote_field.model
    if model is Mission:
        return missions.distinct()
    if model is User:
        return User.objects.filter(memberships__mission__in=missions).distinct()
    if model is Boundary:
        return Boundary.objects.filter(mission__in=missions).defer("geometry")
    return model._default_manager.none()


LANGUAGE_CHOICES = [(code, label) for code, label in settings.LANGUAGES]
LANGUAGES_HELP = _("These stand first where the mission's monitors choose a language; the others follow.")
