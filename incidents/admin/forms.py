"""The small forms beside an incident. They check that what was typed can be stored; the verbs decide the rest."""

import hashlib
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from incidents.admin.giveaways import giveaways
from incidents.models import Clearing, Device, Incident, User
from incidents.roles import Action, Role, may
from incidents.statement import refuse_surrogates
from incidents.taxonomy import Outcome, Phrase, Severity, Verification

REASON_LIMIT = 2_000
SUMMARY_LIMIT = 5_000
QUESTION_LIMIT = 500


def _text(label: Any, limit: int, rows: int = 2) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=limit,
        validators=[refuse_surrogates],
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class DeskForm(forms.Form):
    """Ids are prefixed by the form's name, for several forms stand on one page; posted names are not."""

    name = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{self.name}-%s", "label_suffix": "", **kwargs})


class MoveForm(DeskForm):
    name = "move"
    code = forms.CharField(max_length=20, widget=forms.HiddenInput)
    reason = _text(_("Reason"), REASON_LIMIT)
    outcome = forms.ChoiceField(
        label=_("Outcome"), required=False, choices=[("", _("Choose an outcome")), *Outcome.choices]
    )


class VerifyForm(DeskForm):
    name = "verify"
    level = forms.ChoiceField(label=_("Verification"), choices=Verification.choices)
    reason = _text(_("Reason"), REASON_LIMIT)


class SeverityForm(DeskForm):
    name = "severity"
    level = forms.ChoiceField(label=_("Severity"), required=False, choices=[("", _("As computed")), *Severity.choices])
    reason = _text(_("Reason"), REASON_LIMIT)


class SafeForm(DeskForm):
    name = "safe"
    reason = _text(_("Reason"), REASON_LIMIT)


class OverForm(DeskForm):
    name = "over"
    note = _text(_("What was found out"), REASON_LIMIT, rows=3)


class SpokenForm(DeskForm):
    name = "spoken"
    note = _text(_("How you spoke with them and what they said"), REASON_LIMIT)


class LetInForm(DeskForm):
    """One button; nothing to fill in."""

    name = "let_in"


class AnswerForm(DeskForm):
    """One button: "I have it"."""

    name = "answer"


class MergeForm(DeskForm):
    """One button that names the other incident."""

    name = "merge"
    other = forms.UUIDField(widget=forms.HiddenInput)


class DismissForm(MergeForm):
    name = "dismiss"


class UnmergeForm(DeskForm):
    name = "unmerge"
    merge = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)


class UndoForm(DeskForm):
    """One button that names the entry of the timeline to take back."""

    name = "undo"
    entry = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)


class ReasonForm(DeskForm):
    """Why something is read that is not for every day."""

    name = "why"
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LIMIT,
        validators=[refuse_surrogates],
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )


class ClearForm(DeskForm):
    """All of one phone, or of what one invitation brought in."""

    name = "clear"
    device = forms.ModelChoiceField(Device.objects.all(), required=False)
    by = forms.ChoiceField(choices=[("device", ""), ("invitation", "")], required=False)
    verb = forms.ChoiceField(choices=[(verb, "") for verb in Clearing.Verb.values], required=False)
    reason = _text(_("Reason"), REASON_LIMIT)

    def asked(self) -> dict[str, Any]:
        given = self.cleaned_data
        by_invitation = given["by"] == "invitation"
        return {**{name: given[name] for name in ("device", "verb", "reason")}, "by_invitation": by_invitation}


class AskForm(DeskForm):
    """A question to whoever filed a report; its id is made with the page, so that a second click asks once."""

    name = "ask"
    report = forms.UUIDField(widget=forms.HiddenInput)
    question_id = forms.UUIDField(widget=forms.HiddenInput)
    phrase = forms.ChoiceField(
        label=_("Ready question"), required=False, choices=[("", _("None: your own words only")), *Phrase.choices]
    )
    text = _text(_("In your own words"), QUESTION_LIMIT, rows=3)


class SummaryForm(DeskForm):
    """What it may give away is pointed out once, before anything is saved; the same text again is taken as it is."""

    name = "summary"
    text = _text(_("Public summary"), SUMMARY_LIMIT, rows=5)
    looked_at = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.incident = incident
        self.warnings: list[str] = []

    @property
    def mark(self) -> str:
        """Of the text that the warnings are about."""
        return hashlib.sha256(str(self.cleaned_data.get("text", "")).encode()).hexdigest()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("looked_at") != self.mark:
            self.warnings = giveaways(self.incident, given.get("text", ""))
        if self.warnings:
            raise ValidationError(_("Not saved yet: please look at this first."))
        return given


class KeepBackForm(DeskForm):
    name = "keep_back"
    reason = _text(_("Reason"), REASON_LIMIT)


class LetGoForm(KeepBackForm):
    name = "let_go"


class AssignForm(DeskForm):
    name = "assign"
    person = forms.ChoiceField(label=_("Assigned to"), required=False)

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in handlers(incident)}
        choices = [(pk, person.code) for pk, person in self.people.items()]
        self.fields["person"].choices = [("", _("Nobody")), *choices]  # type: ignore[attr-defined]

    def chosen(self) -> User | None:
        return self.people.get(self.cleaned_data["person"])


def handlers(incident: Incident) -> list[User]:
    """Who may handle the incident and may see it: one question per person, asked of the one rule."""
    roles = [role for role in Role if may(role, Action.HANDLE_INCIDENT)]
    people = User.objects.in_mission(incident.mission).with_role(*roles).distinct()
    return [person for person in people if Incident.objects.visible_to(person).filter(pk=incident.pk).exists()]
