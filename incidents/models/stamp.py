"""Whether what a process remembers of a mission's tables still stands: severity rules, weights, boundaries.

Read once for each triage, in one statement. Rules are only ever replaced as a whole, so their newest id tells; the
others keep when they were changed.
"""

from typing import Any, NamedTuple

from django.db import connection

# The ORM would take longer to write this than a database to answer it.
_READ = """
SELECT * FROM
    (SELECT count(*), max(id) FROM incidents_severityrule WHERE mission_id = %s) AS rules,
    (SELECT count(*), max(changed_at) FROM incidents_duplicateweight WHERE mission_id = %s) AS weights,
    (SELECT count(*), max(updated_at) FROM incidents_boundary WHERE mission_id = %s) AS boundaries
"""


class Stamp(NamedTuple):
    """Equal as long as nothing was changed; good for one transaction, never to be kept."""

    rules: tuple[Any, ...]
    weights: tuple[Any, ...]
    boundaries: tuple[Any, ...]

    @classmethod
    def of(cls, mission_id: int) -> "Stamp":
        with connection.cursor() as cursor:
            cursor.execute(_READ, [mission_id] * 3)
            row = cursor.fetchone()
        return cls(row[0:2], row[2:4], row[4:6])
