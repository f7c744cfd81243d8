"""The weights of duplicates at the desk: a mission changes single ones; what it leaves alone stands as shipped."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from incidents.admin.setup import SetupModelAdmin
from incidents.models import DuplicateWeight
from incidents.triage.duplicates.labels import choices, label
from incidents.triage.duplicates.weights import LARGEST, SHIPPED, out_of_order


class WeightForm(forms.ModelForm):
    agreement = forms.ChoiceField(
        label=_("Agreement"), choices=choices, help_text=_("In brackets: the weight as shipped.")
    )
    bits = forms.FloatField(
        label=_("Weight"),
        validators=[MinValueValidator(-LARGEST), MaxValueValidator(LARGEST)],
        help_text=DuplicateWeight._meta.get_field("bits").help_text,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:  # another agreement is another row
            for name in {"agreement", "mission"} & set(self.fields):
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if {"mission", "agreement", "bits"} <= set(given):
            self._check_order(given)
        return given

    def _check_order(self, given: dict[str, Any]) -> None:
        """Raises ValidationError where a better agreement would weigh less than a poorer one."""
        own = DuplicateWeight.objects.filter(mission=given["mission"]).values_list("agreement", "bits")
        weights = {**SHIPPED, **dict(own), given["agreement"]: given["bits"]}
        wrong = next((pair for pair in out_of_order(weights) if given["agreement"] in pair), None)
        if wrong:
            poorer, better = wrong
            raise ValidationError(
                _("“%(better)s” must not weigh less than “%(poorer)s”, which agrees less (%(bits)s)."),
                params={"better": label(better), "poorer": label(poorer), "bits": f"{weights[poorer]:+.2f}"},
            )


@admin.register(DuplicateWeight)
class DuplicateWeightAdmin(SetupModelAdmin):
    form = WeightForm
    list_display = ("named", "weight", "shipped", "mission")
    list_select_related = ("mission",)
    fields = ("mission", "agreement", "bits")
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> Any:
        return DuplicateWeight.objects.filter(mission__in=self.missions(request)).order_by("mission", "agreement")

    @admin.display(description=_("Agreement"))
    def named(self, row: DuplicateWeight) -> str:
        return label(row.agreement)

    @admin.display(description=_("Weight"))
    def weight(self, row: DuplicateWeight) -> str:
        return f"{row.bits:+.2f}"

    @admin.display(description=_("As shipped"))
    def shipped(self, row: DuplicateWeight) -> str:
        return f"{SHIPPED.get(row.agreement, 0.0):+.2f}"
