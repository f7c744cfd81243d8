"""Django's makemessages for all our languages at once; those of monitors hold only what a monitor can read."""

from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.management.commands import makemessages

from incidents.languages import DESK

# Where the words stand that a monitor can be shown; a folder stands for all that is in it.
MONITORS = (
    "incidents/intake",
    "incidents/evidence/inspect.py",
    "incidents/statement",
    "incidents/taxonomy.py",
    "incidents/templatetags/incidents.py",
    "incidents/workflow.py",
    "templates/400.html",
    "templates/403.html",
    "templates/403_csrf.html",
    "templates/404.html",
    "templates/500.html",
    "templates/base.html",
    "templates/plain.html",
    "templates/intake",
)


def is_monitors(path: str) -> bool:
    """Whether a file, named from the root of the product, holds words for monitors."""
    return any(PurePath(path).is_relative_to(place) for place in MONITORS)


class Command(makemessages.Command):
    with_desk = True

    def handle(self, *args: Any, **options: Any) -> None:
        """Without --locale: every language of the product but the one the code is written in."""
        wanted = options["locale"] or [code for code, _label in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
        for self.with_desk in (True, False):
            locales = [code for code in wanted if (code in DESK) is self.with_desk]
            if locales:
                super().handle(*args, **{**options, "locale": locales})

    def find_files(self, root: str) -> list[Any]:
        return [file for file in super().find_files(root) if self.with_desk or is_monitors(file.path)]
