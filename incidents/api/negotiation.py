"""The address says the format; `Accept` may only agree with it. Reads no more of that header than it needs."""

import re
from collections.abc import Iterable, Sequence

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

_NEVER = re.compile(r"(^|;)\s*q\s*=\s*0(\.0*)?\s*(;|$)")


class ByAddress(BaseContentNegotiation):
    """One renderer per view. The framework's own negotiation fails on some malformed headers; this one can't."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        return next(iter(parsers), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        offered = getattr((request.parser_context or {}).get("view"), "media_types", ("application/json",))
        if not accepts(str(request.META.get("HTTP_ACCEPT", "")), offered):
            raise NotAcceptable(available_renderers=[renderer])
        return renderer, renderer.media_type or offered[0]


def accepts(header: str, offered: Sequence[str]) -> bool:
    """Whether any range of an Accept header covers any of the media types; of weights only 0 counts: not this one."""
    ranges = [part.partition(";") for part in header.lower().split(",") if part.strip()]
    wanted = {"*/*", *offered, *(f"{media_type.partition('/')[0]}/*" for media_type in offered)}
    return not ranges or any(name.strip() in wanted and not _NEVER.search(rest) for name, _mark, rest in ranges)
