"""One turn of the rota as it is typed: by the clock of its mission, whatever zone the server or the browser is in."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models import OnCall
from incidents.roles import Action, Role, may

TYPED = "%Y-%m-%dT%H:%M"
FIRST_YEAR, LAST_YEAR = 1990, 2100
LONGEST = timedelta(days=31)
ANSWERING = [role for role in Role if may(role, Action.HANDLE_INCIDENT)]


class ClockField(forms.DateTimeField):
    """What a clock shows, without a zone: the form knows whose clock it is."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput({"type": "datetime-local", "step": "60"}, TYPED)
        super().__init__(widget=widget, input_formats=(TYPED, "%Y-%m-%d %H:%M"), **kwargs)

    def to_python(self, value: Any) -> datetime | None:
        with timezone.override(UTC):
            found = super().to_python(value)
        if found is None:
            return None
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise ValidationError(_("Check the year: it must lie between 1990 and 2100."))
        return found.replace(tzinfo=None)


class TurnForm(forms.ModelForm):
    starts_at = ClockField(label=_("From"), help_text=_("By the mission's own clock."))
    ends_at = ClockField(label=_("Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        turn: OnCall = self.instance
        if turn.pk:
            for name in ("starts_at", "ends_at"):
                local = getattr(turn, name).astimezone(turn.mission.zone)
                self.initial[name] = local.replace(tzinfo=None)
            if "mission" in self.fields:  # another mission's rota is another turn
                self.fields["mission"].disabled = True
        if "user" in self.fields:
            people: Any = self.fields["user"]
            people.queryset = people.queryset.filter(role__in=ANSWERING, is_active=True)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        mission, person = given.get("mission"), given.get("user")
        # Without a mission nothing is saved; the times need a zone all the same to be checked.
        zone = mission.zone if mission else ZoneInfo("UTC")
        if mission and person and not person.memberships.filter(mission=mission).exists():
            self.add_error("user", _("Choose a person of this mission."))
        for name in ("starts_at", "ends_at"):
            if given.get(name):
                given[name] = self._moment(name, given[name], zone)
        self._check_length(given)
        return given

    def _moment(self, name: str, shown: datetime, zone: ZoneInfo) -> datetime | None:
        """The moment at which the mission's clock shows this; a fault where it is put forward over it."""
        moment = shown.replace(tzinfo=zone).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) != shown:
            self.add_error(name, _("That day the clocks are put forward, and this time does not come."))
            return None
        return moment

    def _check_length(self, given: dict[str, Any]) -> None:
        starts, ends = given.get("starts_at"), given.get("ends_at")
        if starts is None or ends is None:
            return
        if ends <= starts:
            self.add_error("ends_at", _("A turn must end after it begins."))
        elif ends - starts > LONGEST:
            self.add_error("ends_at", _("A turn lasts 31 days at most. Check the dates."))
        elif not self.instance.pk and ends <= timezone.now():
            self.add_error("ends_at", _("This turn would be over already. Check the dates."))
