"""A table as somebody sends it: the bytes of a spreadsheet's CSV, or cells pasted into a text area.

Guesses the charset and the separator, and says in words what can't be read. Knows cells, not what they mean.
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from incidents.sheet import CELL_LIMIT, DELIMITERS, SheetFault, listed

# What a spreadsheet would run as a formula; our own sheets put an apostrophe before it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
# Line ends stay; everything else that prints nothing would only hide a difference between two cells.
_UNPRINTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff]")


@dataclass(frozen=True)
class Table:
    """`rows` are numbered as a spreadsheet shows them: the header is row 1. Cells missing at a row's end are empty."""

    header: list[str]
    rows: list[tuple[int, list[str]]]


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, or Windows-1252 as older spreadsheets write it.

    Raises SheetFault.
    """
    if not content.strip():
        raise SheetFault(_("The file is empty."))
    if content.startswith((b"PK\3\4", b"\xd0\xcf\x11\xe0")):
        raise SheetFault(_("This is a spreadsheet, not CSV. Save it as “CSV UTF-8” and try again."))
    for charset in (_MARKS.get(content[:2]) or _MARKS.get(content[:3]) or "utf-8", "cp1252"):
        try:
            return content.decode(charset)
        except UnicodeDecodeError:
            continue
    raise SheetFault(_("The letters of this file can't be read. Save it as “CSV UTF-8” and try again."))


def read(text: str, row_limit: int) -> Table:
    """The table in a text, its separator found by looking at the header. Raises SheetFault."""
    plain = _UNPRINTED.sub("", text).strip("\r\n")
    if not plain.strip():
        raise SheetFault(_("The file is empty."))
    delimiter = max(DELIMITERS, key=lambda one: len(_parsed(_first_line(plain), one)[0]))
    records = _parsed(plain, delimiter)
    header = _header(records[0])
    rows = [(number, cells) for number, cells in enumerate(records[1:], start=2) if any(cells)]
    if not rows:
        raise SheetFault(_("There is a header and nothing below it."))
    if len(rows) > row_limit:
        message = _("This file has %(count)d rows; at most %(limit)d are taken at once. Cut it in parts.")
        raise SheetFault(message % {"count": len(rows), "limit": row_limit})
    return Table(header, [(number, _fitted(cells, number, len(header))) for number, cells in rows])


def _first_line(text: str) -> str:
    """Up to the first line end that stands in no quotation marks."""
    end = re.match(r'(?:"(?:[^"]|"")*"|[^"\r\n])*', text)
    return end.group() if end and end.group() else text.splitlines()[0]


def _parsed(text: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(CELL_LIMIT)
    try:
        # Strict, or a quotation mark that is never closed would swallow all rows below it without a word.
        records = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter, strict=True)
        return [[_cell(cell) for cell in cells] for cells in records]
    except csv.Error as fault:
        raise SheetFault(_("This is not CSV: look for a quotation mark that is never closed.")) from fault


def _cell(text: str) -> str:
    """A cell as text, never as a formula; the apostrophe that kept a spreadsheet from running it is taken away."""
    plain = text.replace("\u00a0", " ").strip()
    return plain[1:] if plain.startswith("'") and plain[1:].startswith(FORMULA) else plain


def _header(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    twice = sorted({name for name in cells if name and cells.count(name) > 1})
    if twice:
        raise SheetFault(_("These columns appear twice: %(names)s.") % {"names": listed(twice)})
    return cells


def _fitted(cells: list[str], number: int, width: int) -> list[str]:
    if any(cells[width:]):
        raise SheetFault(
            _("Row %(row)d has more cells than the header: look for a separator inside a cell, and put it in quotes.")
            % {"row": number}
        )
    return (cells + [""] * width)[:width]


def written(rows: Iterable[Iterable[str]], delimiter: str) -> str:
    """Rows as CSV that a spreadsheet opens by itself and runs nothing of."""
    sheet = io.StringIO()
    csv.writer(sheet, delimiter=delimiter).writerows([_kept_as_text(cell) for cell in row] for row in rows)
    return "\ufeff" + sheet.getvalue()


def _kept_as_text(cell: str) -> str:
    is_number = re.fullmatch(r"-[0-9]+(\.[0-9]+)?", cell)
    return f"'{cell}" if cell.startswith(FORMULA) and not is_number else cell
