"""Reading a table from a CSV file that some program wrote, and writing one back. Knows columns and cells only."""

import csv
import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from django.utils.translation import gettext as _

DELIMITERS = ",;\t|"
REASON = "refused_because"
CELL_LIMIT = 131_072


class SheetFault(Exception):
    """The file as a whole can't be read; in words for a person."""


def shown(text: str, limit: int = 60) -> str:
    """Text from outside, fit for a terminal: no control characters, not endless."""
    plain = "".join(sign if sign.isprintable() else "�" for sign in unicodedata.normalize("NFC", text))
    return plain if len(plain) <= limit else f"{plain[:limit]}…"


class Sheet:
    """A CSV file in UTF-8, its delimiter found by looking at the header. Raises SheetFault."""

    def __init__(self, path: Path, cell_limit: int = CELL_LIMIT) -> None:
        self.path, self.cell_limit = path, cell_limit
        self._refuse_strange_files()
        self.delimiter = self._sniff()
        self.header = self._header()
        # Read once to the end before anything is stored: a fault in the last line shows now.
        self.count = sum(1 for _row in self.rows())

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The rows with their numbers as a spreadsheet shows them: the header is row 1. Empty rows are left out."""
        for number, cells in self._records():
            if number > 1 and any(cell.strip() for cell in cells):
                yield number, cells

    def named(self, cells: list[str]) -> dict[str, str]:
        """A row by column; cells missing at its end are empty."""
        return dict(zip(self.header, cells + [""] * (len(self.header) - len(cells)), strict=False))

    def _refuse_strange_files(self) -> None:
        try:
            if not self.path.exists():
                raise SheetFault(_("There is no such file."))
            if not self.path.is_file():
                raise SheetFault(_("This is not a file but a folder or a device."))
            with self.path.open("rb") as file:
                start = file.read(4)
        except (OSError, ValueError) as fault:
            raise SheetFault(_("The file can't be read (%(why)s).") % {"why": _why(fault)}) from fault
        if not start:
            raise SheetFault(_("The file is empty."))
        if start.startswith((b"PK\3\4", b"\xd0\xcf\x11\xe0")):
            raise SheetFault(_("This is a spreadsheet, not CSV. Save it as “CSV UTF-8” and try again."))
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise SheetFault(_("This file is in UTF-16. Save it as “CSV UTF-8” and try again."))

    def _sniff(self) -> str:
        """The delimiter that cuts the header into most columns."""
        widths = {}
        for delimiter in DELIMITERS:
            self.delimiter = delimiter
            widths[delimiter] = len(self._first())
        return max(DELIMITERS, key=lambda delimiter: widths[delimiter])

    def _first(self) -> list[str]:
        return next((cells for _number, cells in self._records()), [])

    def _header(self) -> list[str]:
        header = [name.strip() for name in self._first()]
        twice = sorted({name for name in header if name and header.count(name) > 1})
        if twice:
            raise SheetFault(_("These columns appear twice: %(names)s.") % {"names": listed(twice)})
        return header

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        csv.field_size_limit(self.cell_limit)
        number = 0
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                for number, cells in enumerate(csv.reader(file, delimiter=self.delimiter), start=1):
                    yield number, cells
        except UnicodeDecodeError as fault:
            message = _("Not UTF-8 after row %(row)d. Save the file as “CSV UTF-8” and try again.")
            raise SheetFault(message % {"row": number}) from fault
        except csv.Error as fault:
            message = _("Not CSV after row %(row)d: look for a quotation mark that is never closed.")
            raise SheetFault(message % {"row": number}) from fault
        except OSError as fault:
            raise SheetFault(_("The file can't be read (%(why)s).") % {"why": _why(fault)}) from fault


class RefusedRows:
    """The rows that were refused, as they came, each with its reason: mend them and import this file.

    Readable by its owner alone, for it may hold testimony. Without a path, or without rows, there is no file.
    """

    def __init__(self, path: Path | None, sheet: Sheet) -> None:
        self.path, self.sheet = path, sheet
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        if self.path is None:
            return self
        try:
            if self.path.exists() and self.path.samefile(self.sheet.path):
                raise SheetFault(_("Refused rows can't be written over the file they come from."))
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except (OSError, ValueError) as fault:
            message = _("The file for refused rows can't be written (%(why)s).")
            raise SheetFault(message % {"why": _why(fault)}) from fault
        self._file = os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="")
        self.is_empty = True
        return self

    def add(self, cells: list[str], reason: str) -> None:
        if self._file is None:
            return
        writer = csv.writer(self._file, delimiter=self.sheet.delimiter)
        names = [name for name in self.sheet.header if name != REASON]
        if self.is_empty:
            writer.writerow([*names, REASON])
            self.is_empty = False
        row = self.sheet.named(cells)
        # Cells beyond the header stay beyond it: the row is refused again until somebody has looked at it.
        surplus = cells[len(self.sheet.header) :]
        writer.writerow([*(row[name] for name in names), reason, *surplus])
        self._file.flush()

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        if self._file and self.path:
            self._file.close()
            if self.is_empty:
                self.path.unlink(missing_ok=True)


def listed(names: list[str]) -> str:
    return ", ".join(shown(name) for name in names[:40]) or "–"


def _why(fault: Exception) -> str:
    return (fault.strerror if isinstance(fault, OSError) else None) or type(fault).__name__
