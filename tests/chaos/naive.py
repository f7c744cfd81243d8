"""The design that most would write first, as the control: `DJANGO_SETTINGS_MODULE=tests.chaos.naive`.

The product as it is, but for how work gets done: `on_commit` and `delay`, Celery with its defaults, no sweep, no row
claimed, nothing tried again. The same harness must find that it loses things, or it would find nothing.
"""

from typing import Any

from django.apps import AppConfig

from observer.settings import *  # noqa: F403
from observer.settings import INSTALLED_APPS as _APPS

CELERY_TASK_ACKS_LATE = False
CELERY_TASK_REJECT_ON_WORKER_LOST = False
CELERY_TASK_PUBLISH_RETRY = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 4
CELERY_BEAT_SCHEDULE: dict[str, Any] = {}
INSTALLED_APPS = [*_APPS, "tests.chaos.naive.Naive"]


class Naive(AppConfig):
    name = "tests.chaos"
    label = "naive"

    def ready(self) -> None:
        from incidents import tasks
        from incidents.models.work import Work, WorkQuerySet

        tasks.ring = _ring
        WorkQuerySet.claim = lambda rows, pk, **given: rows.filter(pk=pk).first()
        Work._settle = _settle
        Work.put_off = lambda row, error, give_up=False: None


def _ring(task: Any, row_id: Any, *, urgent: bool = False) -> None:
    from django.db import transaction

    transaction.on_commit(lambda: task.delay(str(row_id)))


def _settle(row: Any, **changes: Any) -> bool:
    type(row)._default_manager.filter(pk=row.pk).update(**changes)
    return True
