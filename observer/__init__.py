"""The project: settings, addresses, Celery. It imports the app; the app never imports it."""

from observer.celery import app as celery_app

__all__ = ["celery_app"]
