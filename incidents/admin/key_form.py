"""The forms by which a key is made and renewed. The verbs decide; here stands what can be typed, and until when."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.actions.grant import LONGEST_OVERLAP_DAYS, OVERLAP_DAYS
from incidents.admin.fields import SeveralRows
from incidents.admin.forms import DeskForm
from incidents.models import ApiKey, Boundary, Mission
from incidents.places.lookup import DEPARTMENT_LEVEL
from incidents.taxonomy import Audience

USUAL_DAYS, LONGEST_DAYS = 90, 5 * 366
USUAL_PER_MINUTE = 60
LAST_MOMENT = time(23, 59, 59)

EXPLAINED = {
    Audience.PARTNER: _(
        "What reporters let partners read: each incident with the place where a group of monitors was active, and to "
        "the hour. Of the whole mission it takes a second person; of chosen departments it opens at once."
    ),
    Audience.EXACT: _("The same with the exact place of each incident. A second mission admin has to grant it."),
    Audience.PUBLIC: _("What everybody may read: only where every reporter agreed and a summary was written for it."),
}


class ApiKeyForm(forms.ModelForm):
    audience = forms.ChoiceField(
        label=_("Who sees what"), choices=Audience.choices, initial=Audience.PARTNER, widget=forms.RadioSelect
    )
    departments = SeveralRows(
        Boundary.objects.none(),
        label=_("Departments"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose departments of this key's mission only.")},
    )
    last_day = forms.DateField(
        label=_("Open until the end of"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        input_formats=("%Y-%m-%d",),
        error_messages={"invalid": _("Give a day, such as 2027-01-31.")},
    )

    class Meta:
        model = ApiKey
        fields = ("holder", "mission", "audience", "departments", "per_minute")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = self._mission()
        self.fields["per_minute"].required = False
        if self.chosen:
            offered: Any = self.fields
            there = Boundary.objects.filter(mission=self.chosen, level=DEPARTMENT_LEVEL).defer("geometry")
            offered["departments"].queryset = there
            offered["holder"].queryset = offered["holder"].queryset.filter(memberships__mission=self.chosen)
            offered["holder"].error_messages["invalid_choice"] = _("This partner does not belong to this mission.")

    def _mission(self) -> Mission | None:
        """The mission that is typed or offered, where it is one of the reader's."""
        try:
            found: Mission | None = self.fields["mission"].to_python(self["mission"].value())
        except ValidationError:
            return None
        return found

    @property
    def choices(self) -> list[tuple[Any, Any]]:
        """Each audience's radio with what it means."""
        return [(radio, EXPLAINED[Audience(radio.data["value"])]) for radio in self["audience"]]

    def clean_departments(self) -> list[str]:
        return [department.code for department in self.cleaned_data["departments"]]

    def clean_per_minute(self) -> int:
        given: int | None = self.cleaned_data["per_minute"]
        return USUAL_PER_MINUTE if given is None else given

    def clean_last_day(self) -> Any:
        day = self.cleaned_data["last_day"]
        if day and self.chosen:
            today = timezone.now().astimezone(self.chosen.zone).date()
            if not today <= day <= today + timedelta(days=LONGEST_DAYS):
                raise ValidationError(_("Choose a day from today on, within five years."))
        return day

    @property
    def expires_at(self) -> datetime | None:
        """The end of the last day by the mission's clock."""
        day, mission = self.cleaned_data["last_day"], self.cleaned_data["mission"]
        return datetime.combine(day, LAST_MOMENT, mission.zone) if day else None


def usual_last_day(mission: Mission) -> str:
    local = timezone.now().astimezone(mission.zone)
    return (local.date() + timedelta(days=USUAL_DAYS)).isoformat()


class RenewForm(DeskForm):
    name = "renew"
    overlap_days = forms.IntegerField(
        label=_("Days for which the old key goes on"),
        initial=OVERLAP_DAYS,
        min_value=0,
        max_value=LONGEST_OVERLAP_DAYS,
        error_messages={
            code: _("Give a whole number of days from 0 to 90.")
            for code in ("required", "invalid", "min_value", "max_value")
        },
    )
