"""What all answers of the export share: the key's sight, the parameters, "not changed", and that a pull is noted."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, cast

from django.db.models import Q
from django.http import HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date, parse_etags, parse_http_date_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.views import APIView

from incidents.api import filters, formats, pulls
from incidents.api.negotiation import ByAddress
from incidents.models import ApiKey, Pull, Release
from incidents.models.release import ReleaseQuerySet

# A time told in whole seconds says nothing about a change within the same one.
SETTLED_AFTER = timedelta(seconds=2)


class Export(APIView):
    content_negotiation_class = ByAddress
    http_method_names = ["get", "head", "options"]
    media_types: ClassVar[tuple[str, ...]] = ("application/json",)
    parameters: ClassVar[tuple[str, ...]] = (*filters.FILTERS, "fields")
    tells_of_releases: ClassVar[bool] = True
    # Since it has come; how it ends is written into it.
    pull: Pull | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who asks comes first, or a key that is none would be found out only where the answer is noted."""
        self.perform_authentication(request)
        super().initial(request, *args, **kwargs)

    def get(self, request: Request, **named: str) -> HttpResponseBase:
        selection, key = self.read(request, **named), key_of(request)
        # Before the rows are read, so that it is never too new.
        self.newest = Release.objects.newest_for_key(key) if self.tells_of_releases else (0, "")
        known = _Known.of(request, selection, self.newest, self.changed_at(request, **named))
        if known.is_current(request):
            return known.mark(HttpResponseNotModified())
        return known.mark(self.answer(request, selection, **named))

    def read(self, request: Request, **named: str) -> filters.Selection:
        return filters.read(request.query_params, self.parameters)

    def answer(self, request: Request, selection: filters.Selection, **named: str) -> HttpResponseBase:
        raise NotImplementedError

    def changed_at(self, request: Request, **named: str) -> datetime | None:
        """When what it tells changed other than by a release."""
        return None

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Errors too count as pulls: whoever tries keys or addresses is seen trying."""
        final = super().finalize_response(request, response, *args, **kwargs)
        if isinstance(request, Request) and isinstance(request.auth, ApiKey):
            pulls.end(self.pull, request.auth, request, final)
        return final

    def stream(self, request: Request, pieces: Callable[[], Iterator[bytes]]) -> StreamingHttpResponse:
        """Sent as it is read; HEAD reads nothing."""
        content: Iterable[bytes] = () if request.method == "HEAD" else pieces()
        return StreamingHttpResponse(content, content_type=self.media_types[0])


def key_of(request: Request) -> ApiKey:
    return cast(ApiKey, request.auth)


def releases_for(request: Request) -> ReleaseQuerySet:
    return Release.objects.for_key(key_of(request))


def sight(key: ApiKey) -> Q:
    """Of rows that a key may hear of: those that it may see as they are."""
    return Q(adm1_code__in=key.departments) if key.departments else Q()


def note_for(key: ApiKey) -> str:
    return _("Demonstration data: none of this happened.") if key.mission.is_demonstration else ""


class _Known:
    """By what a client tells that nothing has changed."""

    def __init__(self, tag: str, changed_at: datetime) -> None:
        self.tag, self.changed_at = tag, changed_at

    @classmethod
    def of(
        cls, request: Request, selection: filters.Selection, newest: tuple[int, str], changed_at: datetime | None
    ) -> "_Known":
        key = key_of(request)
        mission = key.mission
        parts = (formats.VERSION, mission.pk, mission.slug, mission.is_demonstration, newest, changed_at)
        told = (*parts, key.audience, key.departments, get_language(), request.build_absolute_uri(), repr(selection))
        tag = f'"{hashlib.sha256(repr(told).encode("utf-8", "replace")).hexdigest()[:32]}"'
        written = datetime.fromisoformat(newest[1]) if newest[1] else None
        times = (written, key.granted_at, selection.set_at, changed_at)
        return cls(tag, max(filter(None, times)))

    def is_current(self, request: Request) -> bool:
        if given := str(request.META.get("HTTP_IF_NONE_MATCH", "")):
            known = parse_etags(given)
            return "*" in known or any(one.removeprefix("W/") == self.tag for one in known)
        since = parse_http_date_safe(str(request.META.get("HTTP_IF_MODIFIED_SINCE", ""))[:100])
        return since is not None and self._is_settled and self.changed_at.timestamp() < since + 1

    def mark(self, response: HttpResponseBase) -> HttpResponseBase:
        response.headers["ETag"] = self.tag
        if self._is_settled:
            response.headers["Last-Modified"] = http_date(self.changed_at.astimezone(UTC).timestamp())
        response.headers["Cache-Control"] = "private, no-cache"
        patch_vary_headers(response, ("Authorization", "X-Api-Key"))
        return response

    @property
    def _is_settled(self) -> bool:
        return self.changed_at < timezone.now() - SETTLED_AFTER
