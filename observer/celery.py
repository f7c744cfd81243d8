"""The Celery application. Tasks live in incidents.tasks; settings in observer.settings under CELERY_."""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import beat_init, task_postrun, task_prerun, worker_init

from observer import broker, pool, watchdog

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "observer.settings")

broker.install()
pool.install()
app = Celery("observer")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Left alone, Celery closes the database after each task; a new connection costs PostgreSQL more than the task itself.
app.conf.CELERY_DB_REUSE_MAX = 1_000_000_000
app.steps["consumer"].add(watchdog.Watchdog)
app.autodiscover_tasks(["incidents"])


@app.on_after_configure.connect
def make_broker_folders(sender: Celery, **_: Any) -> None:
    """The filesystem broker expects its folders to be there."""
    options = sender.conf.broker_transport_options or {}
    for name in ("data_folder_in", "data_folder_out", "control_folder"):
        if name in options:
            Path(options[name]).mkdir(parents=True, exist_ok=True)


@task_prerun.connect
@task_postrun.connect
def drop_dead_connections(**_: Any) -> None:
    """Connections are kept from task to task, as from request to request: one that broke, or is old, goes."""
    from django.db import close_old_connections

    close_old_connections()


@worker_init.connect
@beat_init.connect
def refuse_without_database(**_: Any) -> None:
    from observer.startup import need_database

    need_database()
