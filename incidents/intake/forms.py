"""The monitor's form: the fields of a statement as one page of chips, radios and boxes.

Knows how the page words its questions and which answers stand first; what is acceptable is said by `StatementForm`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents.models import Mission, Place
from incidents.statement import StatementForm
from incidents.taxonomy import COMMON_CATEGORIES, Consent, LocationSource, Perpetrator

COMMON = {
    "categories": COMMON_CATEGORIES,
    "perpetrators": (Perpetrator.POLICE, Perpetrator.ARMED_FORCES, Perpetrator.CROWD, Perpetrator.UNKNOWN),
}
LISTED_PLACES = 400
RADIOS = ("certainty", "identification", "source_relation", "timing", "location_source", "consent")
GROUPS = ("categories", "perpetrators", "victims", "harms", *RADIOS)
WHERE = {
    LocationSource.GPS: _("The position of this phone"),
    LocationSource.AREA: _("A place from the list"),
    LocationSource.PIN: _("Coordinates that I type"),
    LocationSource.NONE: _("No place"),
}
# How a single box is called, for a list of faults is read apart from the boxes.
TITLES = {
    "perpetrator_detail": _("Unit, insignia or plate"),
    "victim_count": _("How many people?"),
    "occurred_at": _("Day and time"),
    "latitude": _("Latitude"),
    "longitude": _("Longitude"),
    "accuracy_m": _("Where?"),
    "place": _("Place"),
    "words": _("In your words"),
}
# What each answer to "where" makes of the other boxes: a position that was not chosen is not sent on.
UNUSED: dict[str, tuple[str, ...]] = {
    LocationSource.NONE: ("latitude", "longitude", "accuracy_m", "place"),
    LocationSource.AREA: ("latitude", "longitude", "accuracy_m"),
    LocationSource.POLLING_STATION: ("latitude", "longitude", "accuracy_m"),
    LocationSource.PIN: ("accuracy_m", "place"),
}


@dataclass(frozen=True)
class Choice:
    """One box to tick. Its id is what an error summary points at."""

    id: str
    value: str
    label: Any
    chosen: bool


@dataclass(frozen=True)
class Group:
    """The choices of one question, the commonest apart from the rest."""

    name: str
    kind: str
    first: list[Choice]
    rest: list[Choice]
    errors: list[str]

    @property
    def is_open(self) -> bool:
        return any(choice.chosen for choice in self.rest)


class Degrees(forms.DecimalField):
    """Degrees as people type them: with a decimal comma or a typographic minus as well."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".").replace("−", "-") if isinstance(value, str) else value)


class IntakeForm(StatementForm):
    latitude = Degrees(required=False, max_digits=24)
    longitude = Degrees(required=False, max_digits=24)

    def __init__(self, sent: QueryDict | None = None, *, mission: Mission, lenient: bool = False) -> None:
        self.sent = sent or QueryDict()
        self.listed = listed_places(mission)
        bounds = {"earliest": mission.earliest, "latest": mission.latest}
        known = frozenset(Place.objects.filter(mission=mission).values_list("code", flat=True)) if sent else ()
        super().__init__(sent, places=known, lenient=lenient, **bounds)
        for field in self.fields.values():
            # Django's own words would repeat whatever was sent.
            field.error_messages["invalid_choice"] = _("Choose one of these.")
        self.fields["occurred_at"].error_messages["invalid"] = _("Enter a date and a time, or leave both empty.")

    def clean_language(self) -> str:
        """The language of the page, whatever was sent."""
        return get_language() or ""

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        where = given.get("location_source") or self._where(given)
        if where == LocationSource.AREA and not given.get("place") and "place" not in self.errors:
            self.add_error("place", _("Choose a place from the list."))
        for name in UNUSED.get(where, ()):
            given[name] = "" if name == "place" else None
            self.errors.pop(name, None)
        given["location_source"] = self._station_or(where, given.get("place"))
        return given

    @staticmethod
    def _where(given: dict[str, Any]) -> str:
        """Nothing ticked: what was filled in speaks for itself. Only the phone's own position has an accuracy."""
        if given.get("latitude") is not None:
            return LocationSource.GPS if given.get("accuracy_m") is not None else LocationSource.PIN
        return LocationSource.AREA if given.get("place") else ""

    def _station_or(self, where: str, code: str | None) -> str:
        stations = {place.code for place in self.listed if place.kind == Place.Kind.POLLING_STATION}
        return LocationSource.POLLING_STATION if where == LocationSource.AREA and code in stations else where

    @cached_property
    def groups(self) -> dict[str, Group]:
        return {name: self._group(name) for name in GROUPS}

    def _group(self, name: str) -> Group:
        chosen = self._chosen(name)
        choices = [
            Choice(f"{name}-{value}", value, label, value in chosen) for value, label in self._choices(name) if value
        ]
        common = COMMON.get(name, tuple(choice.value for choice in choices))
        return Group(
            name=name,
            kind="radio" if name in RADIOS else "checkbox",
            first=sorted((c for c in choices if c.value in common), key=lambda c: common.index(c.value)),
            rest=[choice for choice in choices if choice.value not in common],
            errors=self.faults(name),
        )

    def faults(self, name: str) -> list[str]:
        return [str(message) for message in self.errors.get(name, ())]

    def _choices(self, name: str) -> Iterable[tuple[str, Any]]:
        field: Any = self.fields[name]
        return WHERE.items() if name == "location_source" else field.choices

    def _chosen(self, name: str) -> set[str]:
        if not self.is_bound:
            return {Consent.INTERNAL.value} if name == "consent" else set()
        return set(self.sent.getlist(name))

    @property
    def shows_who(self) -> bool:
        """Whether something in that folded part was filled in, or must be mended."""
        return self._touched("certainty", "identification", "perpetrator_detail")

    @property
    def shows_coordinates(self) -> bool:
        return self._touched("latitude", "longitude")

    def _touched(self, *names: str) -> bool:
        return any(name in self.errors or self.data.get(name) for name in names)

    @cached_property
    def departments(self) -> list[tuple[str, list[Place]]]:
        """The places under the names of their departments; those without one come last, under no name."""
        by_name: dict[str, list[Place]] = {}
        for place in self.listed:
            by_name.setdefault(place.department.name if place.department else "", []).append(place)
        return sorted(by_name.items(), key=lambda group: (not group[0], group[0].casefold()))

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Each fault and the id of the field to mend, in the order of the page."""
        return [
            (self._anchor(name), f"{TITLES[name]} – {message}" if name in TITLES else message)
            for name in self.fields
            for message in self.faults(name)
        ]

    def _anchor(self, name: str) -> str:
        if name in GROUPS:
            return self.groups[name].first[0].id
        return "latitude" if name == "accuracy_m" else name


def listed_places(mission: Mission) -> list[Place]:
    """The mission's places by name, without their departments' outlines.

    Thousands of polling stations would take minutes on a slow line: beyond a limit they are not listed, for the one a
    position lies at is found by itself. A station that is named all the same is taken.
    """
    rows = Place.objects.filter(mission=mission).select_related("department")
    if rows.count() > LISTED_PLACES:
        rows = rows.exclude(kind=Place.Kind.POLLING_STATION)
    rows = rows.only("code", "names", "kind", "department__names")
    return sorted(rows, key=lambda place: place.name.casefold())
