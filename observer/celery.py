"""The Celery application. Tasks live in incidents.tasks; settings in observer.settings under CELERY_."""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init

from observer import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "observer.settings")

broker.install()
app = Celery("observer")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["incidents"])


@app.on_after_configure.connect
def make_broker_folders(sender: Celery, **_: Any) -> None:
    """The filesystem broker expects its folders to be there."""
    options = sender.conf.broker_transport_options or {}
    for name in ("data_folder_in", "data_folder_out", "control_folder"):
        if name in options:
            Path(options[name]).mkdir(parents=True, exist_ok=True)


@worker_init.connect
@beat_init.connect
def refuse_without_database(**_: Any) -> None:
    from observer.startup import need_database

    need_database()
