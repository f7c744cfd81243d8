"""Releases on their way out, as bytes: read in the database's own time, never more than a piece of them in memory.

PostgreSQL writes the lines itself (COPY); SQLite is read row by row. Both give the same bytes.
"""

import csv
import uuid
from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet

# Rows are handed on in pieces of about this many bytes: a write for each would cost more than the row.
PIECE = 64 * 1024
ROWS_AT_ONCE = 200
# JSON never holds these, so that a finished text passes through a table format untouched.
_VERBATIM = r"(FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01')"
_TABLE = "(FORMAT csv)"
# The order asked for is that of an index. To sort instead would write all rows to the disk before the first one leaves,
# and to compile the plan takes longer than many an answer.
_IN_ORDER = "SELECT set_config('enable_sort', 'off', true), set_config('jit', 'off', true)"


def table(rows: "QuerySet[Any]", columns: Sequence[str]) -> Iterator[bytes]:
    """The lines of a CSV table (RFC 4180, but for a bare line feed) of these columns, in pieces of many lines."""
    chosen = rows.values_list(*columns)
    # Of a single column COPY writes NULL as an empty line, which readers of CSV leave out.
    if connection.vendor == "postgresql" and len(columns) > 1:
        return _copied(chosen, _TABLE)
    return (_lines(some).encode() for some in _at_once(chosen))


def features(rows: "QuerySet[Any]", before: bytes, between: bytes) -> Iterator[bytes]:
    """Finished features, each ended by a line feed: `before` the first one, `between` it and each that follows."""
    chosen = rows.values_list("feature", flat=True)
    if connection.vendor == "postgresql":
        lines: Iterator[list[bytes]] = _copied_rows(chosen, _VERBATIM)
    else:
        lines = ([f"{feature}\n".encode() for feature in some] for some in _at_once(chosen))
    for some in lines:
        yield before + between.join(some)
        before = between


class Page(NamedTuple):
    """Finished features with commas between; `last` is the change number of the last one where others follow it."""

    features: bytes
    number: int
    last: int | None


def page(rows: "QuerySet[Any]", size: int) -> Page:
    """The first so many features: read at once, so that what is counted is what is sent, whatever changes meanwhile."""
    found = list(rows.values_list("feature", "change")[: size + 1])
    shown = found[:size]
    last = shown[-1][1] if len(found) > size else None
    return Page(",".join(f"{feature}\n" for feature, _change in shown).encode(), len(shown), last)


def _copied(chosen: "QuerySet[Any]", how: str) -> Iterator[bytes]:
    return (b"".join(some) for some in _copied_rows(chosen, how))


def _copied_rows(chosen: "QuerySet[Any]", how: str) -> Iterator[list[bytes]]:
    """What COPY sends, one element for each row, in pieces."""
    sql, params = chosen.query.sql_with_params()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_IN_ORDER)
        with cursor.cursor.copy(f"COPY ({sql}) TO STDOUT {how}", params) as copy:
            while some := copy.connection.wait(_come_in(copy)):
                yield some


def _come_in(copy: Any) -> Generator[Any, Any, list[Any]]:
    """As many rows as make a piece: to ask psycopg for each of them by itself costs as much as the row."""
    some: list[Any] = []
    size = 0
    while size < PIECE and (row := (yield from copy._read_gen())):
        some.append(row)
        size += len(row)
    return some


def _at_once(chosen: "QuerySet[Any]") -> Iterator[list[Any]]:
    remaining = iter(chosen.iterator(chunk_size=ROWS_AT_ONCE))
    while some := list(islice(remaining, ROWS_AT_ONCE)):
        yield some


class _Lines(list[str]):
    """A file of lines, each ended by a line feed and a carriage return, of which the latter does not leave."""

    ENDED_BY = "\n\r"

    def write(self, line: str) -> None:
        self.append(line[:-1])


def _lines(rows: Iterable[Sequence[Any]]) -> str:
    lines = _Lines()
    # What ends a line is quoted in a cell: of a carriage return too a reader would take it for another row's beginning.
    csv.writer(lines, lineterminator=_Lines.ENDED_BY).writerows([_cell(value) for value in row] for row in rows)
    return "".join(lines)


def _cell(value: Any) -> Any:
    """As PostgreSQL writes it."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return str(value) if isinstance(value, uuid.UUID) else value
