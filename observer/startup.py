"""What must be there before a process starts to serve."""

from django.db import DatabaseError, connection

from observer import env


def need_database() -> None:
    """End the program with one line if the database does not answer."""
    try:
        connection.ensure_connection()
    except DatabaseError as fault:
        stop_without_database(fault)
    finally:
        connection.close()


def stop_without_database(fault: Exception) -> None:
    reason = " ".join(str(fault).split())
    env.stop(f"the database does not answer ({reason[:200]}). Set DATABASE_URL to one that does.")
