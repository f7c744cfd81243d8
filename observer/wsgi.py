"""The entry point of web servers."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "observer.settings")

_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django, spared a Content-Type that it answers with a fault of its own.

    It reads that header before any of our code runs, and then the address by the charset that the header names.
    """
    environ["CONTENT_TYPE"] = _readable(str(environ.get("CONTENT_TYPE", "")))
    return _django(environ, start_response)


def _readable(content_type: str) -> str:
    """The header as it came, or only its media type where its parameters can't be used."""
    try:
        _media_type, parameters = parse_header_parameters(content_type)
        if str(parameters.get("charset", "utf-8")).lower() in ("utf-8", "utf8"):
            return content_type
    except (ValueError, LookupError):
        pass
    return content_type.partition(";")[0].strip()
