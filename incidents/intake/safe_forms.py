"""What is typed on the check-in page: a time, a word beside "I am safe", and the monitor's own word."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models.check_in import at_clock
from incidents.statement import refuse_surrogates

WORD_LIMIT = 200
QUICK = ((30, _("30 min")), (60, _("1 hour")), (120, _("2 hours")))

NO_TIME = _("Enter a time, such as 14:30.")
UNFIT = _("Choose a word of four letters or more, or up to three words.")


class PromiseForm(forms.Form):
    """One of the quick choices, or a time of the mission's clock."""

    minutes = forms.TypedChoiceField(choices=QUICK, coerce=int, required=False, empty_value=None)
    at = forms.TimeField(required=False, error_messages={"invalid": NO_TIME}, input_formats=("%H:%M", "%H.%M"))

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.due_at = timezone.now()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.errors.pop("minutes", None):
            self.add_error("at", NO_TIME)
        if self.errors:
            return given
        due = self._due(given)
        if due is None:
            self.add_error("at", _("This time has passed, and tomorrow's is too far away. Choose another."))
        else:
            self.due_at = due
        return given

    def _due(self, given: dict[str, Any]) -> datetime | None:
        if given.get("minutes"):
            return timezone.now() + timedelta(minutes=given["minutes"])
        if given.get("at") is None:
            raise ValidationError({"at": NO_TIME})
        return at_clock(given["at"], timezone.now(), self.zone)


class SafeForm(forms.Form):
    word = forms.CharField(required=False, max_length=WORD_LIMIT, validators=[refuse_surrogates])


class WordForm(forms.Form):
    """Written only: no page says whether there is one."""

    own_word = forms.CharField(
        max_length=WORD_LIMIT,
        validators=[refuse_surrogates],
        error_messages={"required": UNFIT},
    )
