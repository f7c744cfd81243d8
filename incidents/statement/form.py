"""The one gate in front of every door that takes reports.

A door hands raw values to `StatementForm`; out comes a frozen `Statement` or messages beside their fields, in the
reader's language. Knows no database and no HTTP: which places exist and which dates are plausible is told to it.
"""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from incidents import geo
from incidents.statement.announced import AnnouncedFiles
from incidents.statement.fields import LenientDateTime, one_of, several, storable, text_field
from incidents.statement.stated import Statement
from incidents.taxonomy import (
    Category,
    Certainty,
    Consent,
    Harm,
    Identification,
    LocationSource,
    Perpetrator,
    SourceRelation,
    Timing,
    Victim,
)

WORDS_LIMIT = 10_000
DETAIL_LIMIT = 500
VICTIMS_LIMIT = 100_000
ACCURACY_LIMIT_M = 50_000


class StatementForm(forms.Form):
    """The fields of a statement.

    `places` are the codes a reporter may name; `earliest` and `latest` bound when it may have occurred.
    `lenient` is for reports that nobody can mend any more: they are never refused.
    """

    categories = several(Category.choices)
    perpetrators = several(Perpetrator.choices)
    certainty = one_of(Certainty.choices)
    identification = one_of(Identification.choices)
    perpetrator_detail = text_field(DETAIL_LIMIT)
    victims = several(Victim.choices)
    victim_count = forms.IntegerField(required=False, min_value=0, max_value=VICTIMS_LIMIT)
    harms = several(Harm.choices)
    source_relation = one_of(SourceRelation.choices)
    timing = one_of(Timing.choices)
    occurred_at = forms.DateTimeField(required=False)
    captured_at = LenientDateTime(required=False)
    in_danger_now = forms.BooleanField(required=False)
    words = text_field(WORDS_LIMIT)
    location_source = one_of(LocationSource.choices)
    latitude = forms.DecimalField(required=False, max_digits=24)
    longitude = forms.DecimalField(required=False, max_digits=24)
    accuracy_m = forms.DecimalField(required=False, validators=[MinValueValidator(0), MaxValueValidator(10**8)])
    place = text_field(80)
    consent = one_of(Consent.choices)
    language = text_field(12)
    files = AnnouncedFiles(required=False)  # type: ignore[assignment]

    def __init__(
        self,
        data: Any = None,
        *,
        places: Collection[str] = (),
        earliest: datetime | None = None,
        latest: datetime | None = None,
        lenient: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.places, self.earliest, self.latest, self.lenient = places, earliest, latest, lenient
        self.set_aside: dict[str, str] = {}

    def full_clean(self) -> None:
        """Check every field; an answer beside "I am in danger" is set aside as it came, never a reason to refuse."""
        super().full_clean()
        self.set_aside = {}
        if not (self.is_bound and self.errors and (self.lenient or self.cleaned_data.get("in_danger_now"))):
            return
        for name in [name for name in self.errors if name in self.fields]:
            self.set_aside[name] = storable(self[name].value())
            self.cleaned_data[name] = self._empty(name)
        if words := self.set_aside.get("words"):
            self.cleaned_data["words"] = words[:WORDS_LIMIT]
        if self.cleaned_data["latitude"] is None or self.cleaned_data["longitude"] is None:
            self.cleaned_data["latitude"] = self.cleaned_data["longitude"] = None
        self.errors.clear()

    def _empty(self, name: str) -> Any:
        """What a field holds when nothing was given."""
        field_type = self.fields[name]
        if isinstance(field_type, AnnouncedFiles):
            return field_type.readable(self[name].value())
        if isinstance(field_type, forms.MultipleChoiceField):
            given = self[name].value() or []
            known = dict(cast(Any, field_type.choices))
            return [code for code in given if code in known]
        return "" if isinstance(field_type, forms.CharField | forms.ChoiceField) else None

    def clean_latitude(self) -> Decimal | None:
        return self._bounded("latitude", 90)

    def clean_longitude(self) -> Decimal | None:
        return self._bounded("longitude", 180)

    def _bounded(self, name: str, limit: int) -> Decimal | None:
        value = self.cleaned_data.get(name)
        if value is None:
            return None
        if not -limit <= value <= limit:
            raise ValidationError(_("Must lie between −%(limit)s and %(limit)s degrees."), params={"limit": limit})
        return geo.degrees(value)

    def clean_place(self) -> str:
        place: str = self.cleaned_data["place"]
        if place and place not in self.places:
            raise ValidationError(_("Choose a place from the list."))
        return place

    def clean_occurred_at(self) -> datetime | None:
        when: datetime | None = self.cleaned_data["occurred_at"]
        if when and ((self.earliest and when < self.earliest) or (self.latest and when > self.latest)):
            raise ValidationError(self._implausible())
        return when

    def _implausible(self) -> Any:
        bounds = {
            "earliest": date_format(localtime(self.earliest), "DATE_FORMAT") if self.earliest else "…",
            "latest": date_format(localtime(self.latest), "DATE_FORMAT") if self.latest else "…",
        }
        return _("Check the date: it must lie between %(earliest)s and %(latest)s.") % bounds

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        # Somebody in danger may send nothing else; the rest can follow.
        if not given.get("categories") and not given.get("in_danger_now") and "categories" not in self.errors:
            self.add_error("categories", _("Choose what happened."))
        if (given.get("latitude") is None) != (given.get("longitude") is None) and not self._position_faulty():
            self.add_error("longitude", _("A position needs both latitude and longitude."))
        unnamed_station = given.get("location_source") == LocationSource.POLLING_STATION and not given.get("place")
        if unnamed_station and "place" not in self.errors:
            self.add_error("place", _("Choose a place from the list."))
        return given

    def _position_faulty(self) -> bool:
        return "latitude" in self.errors or "longitude" in self.errors

    def statement(self) -> Statement:
        """The checked statement; call only when `is_valid()`."""
        given = self.cleaned_data
        located = given["latitude"] is not None
        return Statement(
            categories=tuple(dict.fromkeys(given["categories"])) or (Category.OTHER.value,),
            perpetrators=tuple(self._perpetrators()),
            victims=tuple(self._victims()),
            victim_count=given["victim_count"],
            harms=tuple(given["harms"]),
            source_relation=given["source_relation"] or SourceRelation.WITNESS,
            timing=given["timing"] or Timing.HAPPENED,
            occurred_at=given["occurred_at"],
            captured_at=given["captured_at"],
            in_danger_now=given["in_danger_now"],
            words=given["words"],
            location_source=self._location_source(located),
            latitude=given["latitude"],
            longitude=given["longitude"],
            accuracy_m=self._accuracy() if located else None,
            place=given["place"],
            consent=given["consent"] or Consent.INTERNAL,
            language=given["language"],
            files=given["files"] or (),
            set_aside=self.set_aside,
        )

    def _accuracy(self) -> int | None:
        accuracy = self.cleaned_data["accuracy_m"]
        return None if accuracy is None else min(ACCURACY_LIMIT_M, round(accuracy))

    def _location_source(self, located: bool) -> str:
        """What the position really rests on: a claim without its evidence is not kept."""
        claimed = self.cleaned_data["location_source"]
        if claimed in (LocationSource.POLLING_STATION, LocationSource.AREA) and self.cleaned_data["place"]:
            return claimed
        if located:
            return LocationSource.PIN if claimed == LocationSource.PIN else LocationSource.GPS
        return LocationSource.AREA if self.cleaned_data["place"] else LocationSource.NONE

    def _perpetrators(self) -> list[dict[str, str]]:
        given = self.cleaned_data
        claim = {
            "certainty": given["certainty"],
            "identification": given["identification"],
            "detail": given["perpetrator_detail"],
        }
        return [{"code": code, **claim} for code in dict.fromkeys(given["perpetrators"])]

    def _victims(self) -> list[dict[str, Any]]:
        """Each kind of victim; the number belongs to one of them only when just one kind is named."""
        kinds = list(dict.fromkeys(self.cleaned_data["victims"]))
        alone = self.cleaned_data["victim_count"] if len(kinds) == 1 else None
        return [{"code": code, "count": alone} for code in kinds]


def problems(form: forms.Form) -> dict[str, list[str]]:
    """The form's messages by field, as plain text."""
    return {field: [str(message) for message in messages] for field, messages in form.errors.items()}
