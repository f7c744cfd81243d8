"""What PostgreSQL knows of how much lies in our tables: too little, for a minute, when reports begin to pour in.

Until its own housekeeping comes by, once a minute, its planner believes a busy table to be empty and reads all of it
for every search that an index should answer. SQLite plans by the shape of its indexes, and needs none of this.
"""

from django.db import connection

# Autovacuum's own measure, without its minute.
_OUTDATED = """
SELECT relname FROM pg_stat_user_tables
WHERE schemaname = current_schema() AND relname LIKE 'incidents_%%' AND n_mod_since_analyze > 50 + n_live_tup / 10
"""


def renew_statistics() -> list[str]:
    """Count anew what has changed much; returns the tables."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(_OUTDATED, [])
        outdated = [name for (name,) in cursor.fetchall()]
        for name in outdated:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(name)}")
    return outdated
