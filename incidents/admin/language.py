"""The desk's language: English or Spanish, whatever else the monitors' pages speak."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from incidents.languages import at_desk


class DeskLanguage:
    """After Django's own choice: a page of the desk is never half in a language that only monitors have."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if request.resolver_match and request.resolver_match.app_name == "admin":
            language = spoken(request)
            translation.activate(language)
            request.LANGUAGE_CODE = language


def spoken(request: HttpRequest) -> str:
    """The language chosen or what stands near it; else the first of the desk's that the browser asks for."""
    asked_for = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    wanted = [translation.get_language() or "", *(code.split("-")[0] for code, _weight in asked_for)]
    return next((near for near in map(at_desk, wanted) if near), settings.LANGUAGE_CODE)
