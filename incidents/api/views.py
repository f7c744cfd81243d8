"""The partners' export: releases as JSON pages, as GeoJSON and as CSV. Reads release rows and nothing else."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, cast

from django.http import HttpResponseNotModified, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.views import APIView

from incidents.api import filters, formats, paging
from incidents.api.negotiation import ByAddress
from incidents.models import ApiKey, Release
from incidents.models.release import ReleaseQuerySet

FIELDS = ("public_id", "properties", "updated_at", "withdrawn_at", "change")
ROWS_AT_ONCE = 1_000


class Export(APIView):
    """What all exports share: the parameters, the ETag, and that nobody in between may keep a copy."""

    content_negotiation_class = ByAddress
    http_method_names = ["get", "head", "options"]
    media_types: ClassVar[tuple[str, ...]] = ("application/json",)
    parameters: ClassVar[tuple[str, ...]] = filters.FILTERS

    def get(self, request: Request) -> HttpResponseBase:
        selection = filters.read(request.query_params, self.parameters)
        tag = _tag(request)
        if _is_known(request, tag):
            return _private(HttpResponseNotModified(), tag)
        return _private(self.answer(request, selection), tag)

    def answer(self, request: Request, selection: filters.Selection) -> HttpResponseBase:
        raise NotImplementedError

    def stream(self, request: Request, pieces: Callable[[], Iterator[str]]) -> StreamingHttpResponse:
        """Sent as it is read; HEAD reads nothing."""
        content: Iterable[str] = () if request.method == "HEAD" else pieces()
        return StreamingHttpResponse(content, content_type=self.media_types[0])


class Index(Export):
    """Where what is found, for whoever begins."""

    parameters: ClassVar[tuple[str, ...]] = ()

    def answer(self, request: Request, selection: filters.Selection) -> HttpResponseBase:
        exports = (
            ("incidents", IncidentsJson),
            ("incidents-geojson", IncidentsGeoJson),
            ("incidents-csv", IncidentsCsv),
        )
        links = [
            {
                "rel": "item",
                "href": request.build_absolute_uri(reverse(f"api:{name}")),
                "type": view.media_types[0].partition(";")[0],
                "parameters": list(view.parameters),
            }
            for name, view in exports
        ]
        return JsonResponse({"title": "Observer", "mission": _key(request).mission.slug, "links": links})


class IncidentsJson(Export):
    """A page of incidents in the order of their last change; with `updated_since`, also what was withdrawn."""

    parameters: ClassVar[tuple[str, ...]] = (*filters.FILTERS, *filters.PAGING)

    def answer(self, request: Request, selection: filters.Selection) -> HttpResponseBase:
        with_tombstones = selection.updated_since is not None
        rows = selection.of(_pullable(_key(request), tombstones=with_tombstones), tombstones=with_tombstones)
        page = list(rows.filter(change__gt=selection.after).values(*FIELDS)[: selection.limit + 1])
        shown = page[: selection.limit]
        following = paging.address_after(request, shown[-1]["change"]) if len(page) > len(shown) else None
        body: dict[str, Any] = {"items": [formats.item(row) for row in shown], "next": following}
        if note := _note(_key(request)):
            body["note"] = note
        response = JsonResponse(body)
        if following:
            response.headers["Link"] = f'<{following}>; rel="next"'
        return response


class IncidentsGeoJson(Export):
    """All incidents as one FeatureCollection."""

    media_types: ClassVar[tuple[str, ...]] = ("application/geo+json", "application/json")

    def answer(self, request: Request, selection: filters.Selection) -> HttpResponseBase:
        rows = selection.of(_pullable(_key(request))).values_list("feature", flat=True)
        note = _note(_key(request))
        return self.stream(request, lambda: formats.collection(rows.iterator(chunk_size=ROWS_AT_ONCE), note))


class IncidentsCsv(Export):
    """All incidents as one table."""

    media_types: ClassVar[tuple[str, ...]] = ("text/csv; charset=utf-8", "text/csv", "text/plain")

    def answer(self, request: Request, selection: filters.Selection) -> HttpResponseBase:
        rows = selection.of(_pullable(_key(request))).values(*FIELDS)
        response = self.stream(request, lambda: formats.table(rows.iterator(chunk_size=ROWS_AT_ONCE)))
        response.headers["Content-Disposition"] = 'attachment; filename="incidents.csv"'
        return response


class Nowhere(APIView):
    """An address that leads nowhere, told in the same form as every other error."""

    content_negotiation_class = ByAddress
    media_types: ClassVar[tuple[str, ...]] = ("*/*",)
    authentication_classes = []
    permission_classes = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound(_("There is nothing at this address."))


def _key(request: Request) -> ApiKey:
    return cast(ApiKey, request.auth)


def _pullable(key: ApiKey, *, tombstones: bool = False) -> ReleaseQuerySet:
    return Release.objects.changes_for_key(key) if tombstones else Release.objects.for_key(key)


def _note(key: ApiKey) -> str:
    return _("Demonstration data: none of this happened.") if key.mission.is_demonstration else ""


def _tag(request: Request) -> str:
    """Changes with every change of the mission's releases; read before the rows, so that it is never too new."""
    key = _key(request)
    mission = key.mission
    parts = (formats.VERSION, mission.pk, mission.release_change, mission.is_demonstration, key.audience)
    told = (*parts, get_language(), request.build_absolute_uri())
    return f'"{hashlib.sha256(repr(told).encode("utf-8", "replace")).hexdigest()[:32]}"'


def _is_known(request: Request, tag: str) -> bool:
    known = parse_etags(str(request.META.get("HTTP_IF_NONE_MATCH", "")))
    return "*" in known or any(given.removeprefix("W/") == tag for given in known)


def _private(response: HttpResponseBase, tag: str) -> HttpResponseBase:
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ("Authorization", "X-Api-Key"))
    return response
