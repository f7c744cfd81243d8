"""Dates and numbers as in Spanish, like the words that are missing."""

from django.conf.locale.es.formats import *  # type: ignore[import-untyped]  # noqa: F403
