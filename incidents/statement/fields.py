"""Fields that take what phones, paper forms and scripts really send."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

RAW_LIMIT = 1_000_000


def refuse_surrogates(value: str) -> None:
    """Half a character (a lone UTF-16 surrogate) can't be stored as UTF-8 by any database."""
    if any(0xD800 <= ord(character) <= 0xDFFF for character in value):
        raise ValidationError(_("This text holds a broken character. Please type it again."))


def storable(value: Any) -> str:
    """Whatever was sent, as text that every database takes, at most RAW_LIMIT characters."""
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")
    return text.encode("utf-8", "replace").decode().replace("\x00", "")[:RAW_LIMIT]


def text_field(limit: int) -> forms.CharField:
    return forms.CharField(required=False, max_length=limit, validators=[refuse_surrogates])


def several(choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(required=False, choices=choices)


def one_of(choices: Any, *, required: bool = False) -> forms.ChoiceField:
    return forms.ChoiceField(required=required, choices=choices)


class LenientDateTime(forms.DateTimeField):
    """A device's clock reading: what can't be read is left out, for no reporter can mend a hidden field."""

    def clean(self, value: Any) -> datetime | None:
        try:
            read = super().clean(value)
            return read.astimezone(UTC) if read else None
        except (ValidationError, OverflowError):
            return None
