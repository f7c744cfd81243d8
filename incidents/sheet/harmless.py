"""Cells that no spreadsheet takes for a formula."""

import re
from typing import Any

# With these a spreadsheet would take a cell for a formula (the wide forms are typed in East Asia).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# The same after what some spreadsheets end a cell at, whatever spaces and quotes stand between.
_FORMULA_INSIDE = re.compile(r"([;\t\r\n][\s\"]*)(?=[=+\-@＝＋－＠])")
_NEGATIVE_NUMBER = re.compile(r"-[0-9]+(\.[0-9]+)?")


def harmless(value: Any) -> Any:
    """A cell that is no formula: an apostrophe goes before whatever would begin one. What is no text stays as it is."""
    if not isinstance(value, str) or _NEGATIVE_NUMBER.fullmatch(value):
        return value
    guarded = _FORMULA_INSIDE.sub(r"\1'", value)
    return f"'{guarded}" if value.startswith(_FORMULA) else guarded
