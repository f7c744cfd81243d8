"""The form a broadcast is written in: a text for each language of the mission, to whom, and for how long."""

import hashlib
import json
import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from incidents.actions.broadcast import Draft
from incidents.models import Mission, User
from incidents.models.broadcast import departments_of, whole
from incidents.roles import Role
from incidents.statement import refuse_surrogates

LIMIT = 500
HOURS = (("1", _("1 hour")), ("6", _("6 hours")), ("24", _("1 day")), ("72", _("3 days")))
DAY = "24"
ROLES = ((Role.MONITOR.value, _("Monitors")), (Role.COORDINATOR.value, _("Coordinators")))


def missions_of(writer: User) -> list[Mission]:
    """Those in which `writer` has somebody to address, the latest election first."""
    departments = departments_of(writer).order_by().values("mission")
    theirs = Mission.objects.filter(pk__in=whole(writer)) | Mission.objects.filter(pk__in=departments)
    return list(theirs.distinct())


class ComposeForm(forms.Form):
    broadcast_id = forms.UUIDField(widget=forms.HiddenInput)
    previewed = forms.CharField(required=False, max_length=64)
    roles = forms.MultipleChoiceField(
        label=_("To"), choices=ROLES, initial=[Role.MONITOR.value], widget=forms.CheckboxSelectMultiple
    )
    departments = forms.MultipleChoiceField(label=_("Departments"), required=False, widget=forms.CheckboxSelectMultiple)
    hours = forms.ChoiceField(label=_("Shown for"), choices=HOURS, initial=DAY)

    def __init__(self, *args: Any, mission: Mission, writer: User, **kwargs: Any) -> None:
        initial = {"broadcast_id": uuid.uuid4(), **kwargs.pop("initial", {})}
        super().__init__(*args, **{"label_suffix": "", "initial": initial, **kwargs})
        self.mission = mission
        self.is_whole = whole(writer).filter(mission=mission).exists()
        self.there = {str(one.pk): one for one in departments_of(writer).filter(mission=mission).defer("geometry")}
        field: Any = self.fields["departments"]
        field.choices = [(pk, one.name) for pk, one in self.there.items()]
        field.required = not self.is_whole
        names = dict(settings.LANGUAGES)
        self.languages = [code for code in mission.languages or () if code in names] or [settings.LANGUAGE_CODE]
        for code in self.languages:
            self.fields[f"text_{code}"] = forms.CharField(
                label=names[code],
                required=False,
                max_length=LIMIT,
                validators=[refuse_surrogates],
                widget=forms.Textarea(attrs={"rows": 4, "lang": code, "dir": "auto", "autocomplete": "off"}),
            )

    @property
    def texts(self) -> list[Any]:
        """The fields of the texts, in the order of the mission's languages."""
        return [self[f"text_{code}"] for code in self.languages]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        names = [f"text_{code}" for code in self.languages]
        if not any(given.get(name) or name in self.errors for name in names):
            self.add_error(names[0], _("Write a text."))
        return given

    def draft(self) -> Draft:
        """What was filled in; call only when `is_valid()`."""
        given = self.cleaned_data
        texts = {code: given[f"text_{code}"] for code in self.languages if given[f"text_{code}"]}
        departments = [self.there[pk] for pk in given["departments"]]
        return Draft(self.mission, departments, given["roles"], texts, int(given["hours"]))

    def digest(self, count: int) -> str:
        """Tells whether what is sent is what was looked at, to as many people."""
        draft = self.draft()
        told = [draft.mission.pk, sorted(one.pk for one in draft.departments), draft.roles, draft.texts, draft.hours]
        return hashlib.sha256(json.dumps([count, *told], sort_keys=True).encode("utf-8", "replace")).hexdigest()
