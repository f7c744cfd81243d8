"""What a chip above a list is: a filter that costs nothing until it is asked or shown, and that the tally may know.

The list and the two answers of its map are built of the same chips, so they can't differ in what they mean.
"""

from dataclasses import replace
from typing import Any

from django.contrib.admin import ListFilter, ModelAdmin, SimpleListFilter
from django.contrib.admin.views.main import SEARCH_VAR
from django.http import HttpRequest
from django.utils.functional import cached_property

from incidents.models import Incident
from incidents.models.question import Question
from incidents.models.tally import Facet

LONGEST_ID = 18

# Codes with their labels, translated when they are shown.
Choices = list[tuple[str, Any]]


def is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_ID


def only_counted(request: HttpRequest) -> bool:
    """Whether the answer holds numbers and no chips: then what a chip offers is not asked for in vain."""
    return bool(getattr(request, "only_counted", False))


class Chip(SimpleListFilter):
    """One filter. A value that is not on offer finds nothing, whether it exists elsewhere or not."""

    template = "admin/incidents/chip.html"
    # As what the tally counts it, where it does.
    facet: Facet | None = None

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: ModelAdmin) -> None:
        # Past SimpleListFilter's own, which asks at once for what is on offer.
        ListFilter.__init__(self, request, params, model, model_admin)
        self.model_admin = model_admin
        self.user = request.user
        self.searching = bool(request.GET.get(SEARCH_VAR, "").strip())
        name = self.parameter_name or ""
        if given := params.pop(name, None):
            self.used_parameters[name] = given[-1]

    @cached_property
    def visible(self) -> Any:
        return Incident.objects.visible_to(self.user)

    @cached_property
    def lookup_choices(self) -> Choices:  # type: ignore[override]
        return list(self.lookups(self.request, self.model_admin) or ())

    def has_output(self) -> bool:
        if only_counted(self.request) and not self.value():
            return False
        return bool(self.lookup_choices)

    def offers(self, value: str) -> bool:
        return value in {str(code) for code, _label in self.lookup_choices}

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        if not value:
            return queryset
        return self.narrow(queryset, value) if self.offers(value) else queryset.none()

    def narrow(self, queryset: Any, value: str) -> Any:
        return queryset.filter(**{self.parameter_name or "": value})

    def put(self, question: Question) -> Question | None:
        """The question with this filter in it; None where the tally can't answer it."""
        value = self.value()
        if not value:
            return question
        return self.tell(question, value) if self.offers(value) else replace(question, is_void=True)

    def tell(self, question: Question, value: str) -> Question | None:
        if self.facet is None:
            return None
        return replace(question, only=(*question.only, (self.facet.value, value)))

    @property
    def asked(self) -> str:
        """The value in the address, which a search form must carry on."""
        return self.used_parameters.get(self.parameter_name or "", "")

    def choices(self, changelist: Any) -> Any:
        """Kept too, for the chip's template can't hand over the list."""
        self.offered = list(super().choices(changelist))
        return self.offered

    @property
    def chosen(self) -> Any:
        """The label of the value in force, for the chip's face."""
        return next((label for code, label in self.lookup_choices if str(code) == self.value()), None)
