"""The forms by which somebody says what they hear of, when, and where they can be reached."""

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from incidents.admin.fields import SeveralRows
from incidents.admin.forms import DeskForm
from incidents.models import Boundary, Channel, Mission, Subscription, User
from incidents.models.contact import phone_number
from incidents.places.lookup import DEPARTMENT_LEVEL
from incidents.statement import refuse_surrogates
from incidents.taxonomy import Category, Severity

ADDRESS_LIMIT = 1_000


class SubscriptionForm(DeskForm):
    """What one person hears of in one mission: on offer are the departments that they may see."""

    departments = SeveralRows(
        Boundary.objects.none(), label=_("Departments"), required=False, widget=forms.CheckboxSelectMultiple
    )
    categories = forms.MultipleChoiceField(
        label=_("Categories"), choices=Category.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    least_severity = forms.ChoiceField(label=_("From severity"), choices=Severity.choices, widget=forms.RadioSelect)
    quiet_from = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    quiet_until = forms.TimeField(label=_("until"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    channels = forms.MultipleChoiceField(
        label=_("Channels at once"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, row: Subscription, ways: list[str], **kwargs: Any) -> None:
        self.mission = row.mission
        self.name = f"mission-{row.mission.pk}"
        initial = {name: getattr(row, name) for name in ("categories", "least_severity", "quiet_from", "quiet_until")}
        initial |= {"departments": row.departments.all() if row.pk else [], "channels": row.channels}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["departments"].queryset = offered_departments(row.user, row.mission)  # type: ignore[attr-defined]
        there = {*ways, *row.channels}
        self.fields["channels"].choices = [  # type: ignore[attr-defined]
            (code, label) for code, label in Channel.choices if code in there
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if {"quiet_from", "quiet_until"} & set(self.errors):
            return given
        begins, ends = given.get("quiet_from"), given.get("quiet_until")
        if (begins is None) != (ends is None):
            self.add_error("quiet_until" if ends is None else "quiet_from", _("Give both times, or neither."))
        elif begins is not None and begins == ends:
            self.add_error("quiet_until", _("Quiet hours that end when they begin would never hold."))
        return given


def offered_departments(person: User, mission: Mission) -> Any:
    """The departments of a mission that somebody may see."""
    there = Boundary.objects.filter(mission=mission, level=DEPARTMENT_LEVEL).defer("geometry")
    membership = person.memberships.filter(mission=mission).first()
    if membership is None:
        return there.none()
    return there if membership.all_departments else there.filter(memberships=membership)


class SmsForm(DeskForm):
    name = "sms"
    address = forms.CharField(
        label=_("Phone number"),
        max_length=40,
        error_messages={"required": _("Give the number, or remove it.")},
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}),
    )

    def clean_address(self) -> str:
        return phone_number(self.cleaned_data["address"])


class WebhookForm(DeskForm):
    name = "webhook"
    address = forms.CharField(
        label=_("Address"),
        max_length=ADDRESS_LIMIT,
        error_messages={"required": _("Give the address, or remove it.")},
        validators=[
            refuse_surrogates,
            URLValidator(schemes=["https"], message=_("Give a whole address that begins with https://")),
        ],
        widget=forms.TextInput({"type": "url", "inputmode": "url", "autocomplete": "off"}),
    )


CONTACT_FORMS: dict[str, type[DeskForm]] = {Channel.SMS: SmsForm, Channel.WEBHOOK: WebhookForm}
