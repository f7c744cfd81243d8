"""Fields of the set-up forms that answer in words what would end in a fault: odd JSON, numbers no row can have."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Field
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext_lazy as _

from incidents.statement import refuse_surrogates


def check_key(key: Field, value: Any) -> None:
    """Raises ValidationError where the value could be no row's `key`; a database would fail over some of them."""
    key.run_validators(key.to_python(value))


class SeveralRows(forms.ModelMultipleChoiceField):
    """Chosen rows. An id beyond the column's range is no choice, and never reaches a query."""

    def _check_values(self, value: Any) -> Any:
        rows: Any = self.queryset
        for chosen in value:
            try:
                check_key(rows.model._meta.pk, chosen)
            except (ValidationError, TypeError) as fault:
                refusal = self.error_messages["invalid_choice"]
                raise ValidationError(refusal, code="invalid_choice", params={"value": chosen}) from fault
        return super()._check_values(value)  # type: ignore[misc]


class StrictJSONField(forms.JSONField):
    """JSON that can be stored and shown again: not nested beyond reading, no half characters, no NUL."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value not in self.empty_values:
            self._check(value)
        return super().to_python(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What was typed is typed again where it was refused: as text, for it may be no JSON at all."""
        try:
            if isinstance(data, str):
                self._check(data)
        except ValidationError:
            return InvalidJSONInput(data)
        return super().bound_data(data, initial)

    def _check(self, text: str) -> None:
        try:
            parsed = json.loads(text)
            written = json.dumps(parsed, ensure_ascii=False)
            holds_nul = _holds_nul(parsed)
        except (ValueError, RecursionError) as fault:
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": ""}) from fault
        if holds_nul:
            raise ValidationError(_("This text holds a character that can not be stored."))
        refuse_surrogates(written)


def _holds_nul(parsed: Any) -> bool:
    if isinstance(parsed, dict):
        return any(_holds_nul(key) or _holds_nul(value) for key, value in parsed.items())
    if isinstance(parsed, list):
        return any(map(_holds_nul, parsed))
    return isinstance(parsed, str) and "\x00" in parsed
