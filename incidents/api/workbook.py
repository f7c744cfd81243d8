"""The table as an Excel workbook, where the server has what it takes (the extra `xlsx`)."""

import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from incidents.models import outflow

PIECE = 64 * 1024
_MADE = datetime(2020, 10, 18, tzinfo=UTC)


def is_possible() -> bool:
    try:
        import xlsxwriter  # noqa: F401
    except ImportError:
        return False
    return True


def pieces(rows: Any, columns: Mapping[str, str]) -> Iterator[bytes]:
    """The workbook, in pieces: names, hashtags, rows. Written to a file of its own first, a row at a time."""
    import xlsxwriter

    with tempfile.TemporaryFile() as file:
        # A text stays a text, whatever it begins with.
        plain = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(file, plain) as book:
            # Else it would hold the time of the pull: the same is the same to the byte, as its tag says.
            book.set_properties({"created": _MADE})
            sheet = book.add_worksheet("incidents")
            sheet.freeze_panes(2, 0)
            for number, row in enumerate(_rows(rows, columns)):
                sheet.write_row(number, 0, row)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _rows(rows: Any, columns: Mapping[str, str]) -> Iterator[list[Any]]:
    yield list(columns)
    yield list(columns.values())
    for row in rows.values_list(*(f"out_{name}" for name in columns)).iterator(chunk_size=outflow.ROWS_AT_ONCE):
        yield ["" if value is None else value if isinstance(value, int | float) else str(value) for value in row]
