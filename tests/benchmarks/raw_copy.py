"""What the export is held against: psql's own \\copy of the same columns of the same rows, thrown away."""

import re
import subprocess

from tests import engine
from tests.services import postgres_bin


class RawCopy:
    """Into /dev/null, by psql's own clock: without its start, and, unless told otherwise, in no order."""

    def __init__(self, key) -> None:
        from incidents.api import columns
        from incidents.models import Release

        rows = columns.with_columns(Release.objects.for_key(key), key.mission, columns.COLUMNS, "")
        self._rows = rows.values_list(*(f"out_{name}" for name in columns.COLUMNS))

    def seconds(self, *, ordered: bool = False) -> float:
        rows = self._rows.order_by("change") if ordered else self._rows.order_by()
        copy = f"\\copy ({statement(rows)}) TO '/dev/null' WITH (FORMAT csv)"
        server = ("--host", engine.cluster().folder, "--username", "observer", "--dbname", "postgres")
        command = [postgres_bin() / "psql", "--no-psqlrc", *server, "--command", "\\timing on", "--command", copy]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return float(re.search(r"Time: ([0-9.]+) ms", told)[1]) / 1_000


def statement(rows) -> str:
    """A query with its parameters in it."""
    from django.db import connection
    from psycopg import ClientCursor

    connection.ensure_connection()
    return ClientCursor(connection.connection).mogrify(*rows.query.sql_with_params()).replace("\n", " ")
