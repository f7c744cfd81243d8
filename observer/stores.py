"""Where rows and evidence are kept: the settings of the database and of the bucket, from the environment."""

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import dj_database_url

from observer import env

# IMMEDIATE: with Django's deferred transactions two writers fail at once with "database is locked", in spite of the
# timeout.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}


def database(folder: Path) -> dict[str, Any]:
    """Django's settings of the database; where none is named it is a file of SQLite's in `folder`."""
    url = env.text("DATABASE_URL", f"sqlite:///{quote(str(folder / 'observer.sqlite3'))}")
    password = env.text("DATABASE_PASSWORD")
    try:
        found: dict[str, Any] = {**dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True)}
    except (ValueError, KeyError) as fault:
        env.stop(f"DATABASE_URL is not understood ({fault}). Set it like postgresql://user@host:5432/name.")
    if password:
        found["PASSWORD"] = password
    if found["ENGINE"].endswith("sqlite3"):
        return {**found, "OPTIONS": SQLITE_OPTIONS, "CONN_MAX_AGE": None}
    given = found.get("OPTIONS", {})
    found["OPTIONS"] = {
        **given,
        "connect_timeout": 5,
        # Compiling a statement took ten times as long as running it: ours are long, and answered in milliseconds.
        "options": f"{given.get('options', '')} -c jit=off".strip(),
        "server_side_binding": True,
        "prepare_threshold": 4,
    }
    return found


def bucket() -> dict[str, str]:
    """The settings of the bucket that holds the evidence; empty where there is none."""
    names = {
        "bucket": "EVIDENCE_S3_BUCKET",
        "endpoint": "EVIDENCE_S3_ENDPOINT",
        "region": "EVIDENCE_S3_REGION",
        "key": "EVIDENCE_S3_ACCESS_KEY",
        "secret": "EVIDENCE_S3_SECRET_KEY",
    }
    given = {name: env.text(variable) for name, variable in names.items()}
    if any(given.values()) and not given["bucket"]:
        env.stop("EVIDENCE_S3_BUCKET is not set, but other settings of the bucket are. Set it to the bucket's name.")
    if given["endpoint"] and urlsplit(given["endpoint"]).scheme not in ("http", "https"):
        env.stop("EVIDENCE_S3_ENDPOINT is not understood. Set it like https://s3.example:9000.")
    return given if given["bucket"] else {}
