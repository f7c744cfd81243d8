"""Missions, boundaries and places: what a mission admin sets up, within the missions they belong to."""

import math
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Field
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape

from incidents import geo
from incidents.actions.publish import publish_anew
from incidents.admin.base import reader
from incidents.admin.cards import Cards
from incidents.admin.ground import GroundForm
from incidents.admin.importing import Importing
from incidents.admin.loading import Loading
from incidents.admin.ready import Ready
from incidents.admin.setup import LANGUAGE_CHOICES, LANGUAGES_HELP, SetupModelAdmin
from incidents.admin.severity import SeverityTable
from incidents.models import Boundary, Membership, Mission, Place
from incidents.models.limits import Limits

# Farther away, a year's reach around the election day would leave the calendar.
EARLIEST_ELECTION, LATEST_ELECTION = date(1990, 1, 1), date(2100, 12, 31)

ELECTION = ("election_day", "polls_open", "polls_close")
ANSWERS = ("answer_critical", "answer_major", "answer_moderate", "answer_minor")
SITUATIONS = ("situation_monitors", "situation_metres", "situation_minutes")
FOLDED = ("collapse",)
LEAVES = ("group_size", "release_delay_hours", "has_public_page")
LEAVES_HELP = _(
    "An incident leaves for partners or the public only when it was verified and every reporter agreed; its page shows "
    "what stands in the way. The numbers here say how well a reporter is hidden among the other monitors."
)
LIMITS = tuple(field.name for field in Limits._meta.get_fields())


class MissionForm(GroundForm, forms.ModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(LIMITS).intersection(self.fields):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        given = self._with_usual_limits(super().clean() or self.cleaned_data)
        opens, closes = given.get("polls_open"), given.get("polls_close")
        if "polls_open" in self.errors or "polls_close" in self.errors:
            return given
        if (opens is None) != (closes is None):
            self.add_error("polls_close" if closes is None else "polls_open", _("Give both polling hours, or neither."))
        elif opens is not None and closes is not None and opens >= closes:
            self.add_error("polls_close", _("The polls must close after they open."))
        return given

    def _with_usual_limits(self, given: dict[str, Any]) -> dict[str, Any]:
        """A limit left empty is the usual one."""
        usual = Mission()
        return {**given, **{name: getattr(usual, name) for name in LIMITS if name in given and given[name] is None}}

    def clean_election_day(self) -> date:
        day: date = self.cleaned_data["election_day"]
        if not EARLIEST_ELECTION <= day <= LATEST_ELECTION:
            raise ValidationError(_("Check the year: it must lie between 1990 and 2100."))
        return day


@admin.register(Mission)
class MissionAdmin(Ready, Importing, Cards, SeverityTable, SetupModelAdmin):
    form = MissionForm
    change_form_template = "admin/incidents/mission/change_form.html"
    list_display = ("name", "slug", "election_day", "time_zone", "is_demonstration")
    # What every mission settles first; folded away is what most leave as it is.
    fieldsets = (
        (_("Name and languages"), {"fields": ("names", "slug", "languages", "is_demonstration")}),
        (_("Election"), {"fields": (*ELECTION, "time_zone")}),
        (_("Answers"), {"fields": ANSWERS}),
        (_("Safety check-in"), {"fields": ("check_in_minutes", "check_in_grace")}),
        (_("What leaves the mission"), {"fields": LEAVES, "description": LEAVES_HELP}),
        (_("Rising reports"), {"fields": ("false_alarms_per_week",), "classes": FOLDED}),
        (_("Developing situations"), {"fields": SITUATIONS, "classes": FOLDED}),
        (_("Floods"), {"fields": ("flood_reports", "flood_minutes"), "classes": FOLDED}),
        (_("Map"), {"fields": ("map_file", "map_tiles", "map_attribution"), "classes": FOLDED}),
    )
    ordering = ("-election_day", "slug")
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> Any:
        return self.missions(request).distinct()

    def get_urls(self) -> list[URLPattern]:
        own = [*self.ready_urls(), *self.import_urls(), *self.cards_urls(), *self.severity_urls()]
        return [*own, *super().get_urls()]

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "languages":
            return forms.MultipleChoiceField(
                label=capfirst(db_field.verbose_name),
                choices=LANGUAGE_CHOICES,
                widget=forms.CheckboxSelectMultiple,
                help_text=LANGUAGES_HELP,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and {"slug", "is_demonstration"} & set(form.changed_data):
            publish_anew(obj)
        if not change:  # whoever sets a mission up belongs to it, or could not go on
            Membership.objects.create(user=reader(request), mission=obj, all_departments=True)


class BoundaryForm(forms.ModelForm):
    def clean_geometry(self) -> dict[str, Any]:
        """The outline as numbers only. Raises ValidationError where it is no area on the globe."""
        try:
            drawn = shape(self.cleaned_data["geometry"])
        except (
            ShapelyError,
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
            OverflowError,
            RecursionError,
        ) as fault:
            raise ValidationError(_("This is not a GeoJSON geometry.")) from fault
        if drawn.geom_type not in ("Polygon", "MultiPolygon") or drawn.is_empty or not drawn.is_valid:
            raise ValidationError(_("A boundary must be a Polygon or MultiPolygon that does not cross itself."))
        west, south, east, north = drawn.bounds
        on_globe = geo.is_position(south, west) and geo.is_position(north, east)
        if not on_globe or not all(map(math.isfinite, drawn.bounds)):
            raise ValidationError(_("Positions must be in degrees, longitude before latitude."))
        outline: dict[str, Any] = mapping(drawn)
        return outline

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        parent, mission = given.get("parent"), given.get("mission")
        if parent and mission and parent.mission_id != mission.pk:
            self.add_error("parent", _("Choose a boundary of the same mission."))
        return given


@admin.register(Boundary)
class BoundaryAdmin(Loading, SetupModelAdmin):
    form = BoundaryForm
    list_display = ("name", "code", "level", "mission")
    list_select_related = ("mission",)
    fields = ("mission", "names", "code", "level", "parent", "geometry")
    search_fields = ("code",)
    sortable_by = ("code", "level")

    def get_queryset(self, request: HttpRequest) -> Any:
        return Boundary.objects.filter(mission__in=self.missions(request)).order_by("level", "code")

    def get_urls(self) -> list[URLPattern]:
        return [*self.load_urls(), *super().get_urls()]


class PlaceForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        department, mission = given.get("department"), given.get("mission")
        if department and mission and department.mission_id != mission.pk:
            self.add_error("department", _("Choose a boundary of the same mission."))
        latitude, longitude = given.get("latitude"), given.get("longitude")
        if latitude is not None and longitude is not None and not geo.is_position(latitude, longitude):
            self.add_error("latitude", _("Positions must be in degrees."))
        return given


@admin.register(Place)
class PlaceAdmin(SetupModelAdmin):
    form = PlaceForm
    list_display = ("name", "code", "kind", "department", "mission")
    list_select_related = ("mission", "department")
    fields = ("mission", "names", "code", "kind", "department", "latitude", "longitude")
    search_fields = ("code",)
    sortable_by = ("code",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return Place.objects.filter(mission__in=self.missions(request)).order_by("code", "pk")
