"""Codes of the second factor as people meet them: the field they are typed into, and the key as picture and as text."""

from base64 import b32encode
from typing import Any

import segno
from django import forms
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from incidents.statement import refuse_surrogates

MODULE = 5


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        validators=[refuse_surrogates],
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false", "autocapitalize": "none"}
        ),
        error_messages={"required": _("Type the code."), "max_length": _("This is no code.")},
    )


def drawn(device: Any) -> SafeString:
    """The picture as SVG in the page itself: the key is fetched from nowhere. Dark on light, or no camera reads it."""
    picture = segno.make(device.config_url, error="m", micro=False)
    shown = picture.svg_inline(scale=MODULE, border=3, dark="#000", light="#fff", svgclass=None, lineclass=None)
    return mark_safe(shown)  # noqa: S308 - numbers of segno's own


def shown_key(device: Any) -> str:
    """In groups of four, as apps take it by hand."""
    text = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
