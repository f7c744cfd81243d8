"""How log lines look.

What an error says can hold what was stored, so only its type and its way through the code are kept.
"""

import logging
import traceback
from types import TracebackType
from typing import Any


class DiscreetFormatter(logging.Formatter):
    """Leaves out the messages of exceptions: PostgreSQL quotes the failing row in them."""

    def formatException(self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple) -> str:
        kind, _fault, way = ei
        frames = "".join(traceback.format_tb(way)) if way else ""
        return f"{frames}{getattr(kind, '__name__', kind)}"


def told(level: str) -> dict[str, Any]:
    """Django's settings of the log: everything to the console, discreetly."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "plain": {
                "()": "observer.logs.DiscreetFormatter",
                "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            },
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "axes": {"level": "ERROR"},  # whoever fails to sign in stands in the logbook
            "celery": {"level": "WARNING"},
            "django.request": {"level": "ERROR"},
            "django.security": {"level": "ERROR"},
        },
    }
