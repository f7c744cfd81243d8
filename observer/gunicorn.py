"""How gunicorn serves: threads, because a sync worker would be killed in the middle of a slow upload."""

import gc
from typing import Any

from observer import env

bind = f"{env.text('HOST', '127.0.0.1')}:{env.number('PORT', 8000)}"
worker_class = "gthread"
workers = env.number("WEB_WORKERS", 2)
# A phone on a slow line holds a thread for as long as a piece takes; each thread may hold a database connection.
threads = env.number("WEB_THREADS", 32)
timeout = 120
graceful_timeout = 20
control_socket_disable = True
# Addresses can hold one-time tokens, so none is logged.
accesslog = None
loglevel = "warning"


def on_starting(server: Any) -> None:
    import os

    import django

    from observer.startup import need_database

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "observer.settings")
    django.setup()
    need_database()


def when_ready(server: Any) -> None:
    print(f"Observer is ready at {env.text('SITE_URL', f'http://{bind}')}", flush=True)


def post_worker_init(worker: Any) -> None:
    """What the program itself is made of stays until the worker ends; the collector need not walk through it again."""
    gc.collect()
    gc.freeze()
