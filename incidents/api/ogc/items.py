"""The collections and their features, for whoever has a key."""

import json
from typing import Any, ClassVar

from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from incidents.api import filters, paging
from incidents.api.export import Export, key_of, note_for
from incidents.api.ogc import parameters
from incidents.api.ogc.collection import Collection
from incidents.api.ogc.links import GEOJSON, JSON, QUERYABLES, SCHEMA, header, here, link
from incidents.api.ogc.offered import COLLECTIONS


class Keyed(Export):
    """An answer about a collection, or about all of them. It takes no parameters unless it says so."""

    media_types: ClassVar[tuple[str, ...]] = (JSON,)
    parameters: ClassVar[tuple[str, ...]] = ()

    def changed_at(self, request: Request, **named: str) -> Any:
        return _named(named).changed_at(key_of(request)) if named else None

    def json(self, body: dict[str, Any]) -> HttpResponse:
        return JsonResponse(body, content_type=self.media_types[0], json_dumps_params={"ensure_ascii": False})


class Collections(Keyed):
    def changed_at(self, request: Request, **named: str) -> Any:
        return max(filter(None, (one.changed_at(key_of(request)) for one in COLLECTIONS.values())), default=None)

    def answer(self, request: Request, selection: filters.Selection, **named: str) -> HttpResponseBase:
        told = [_about(request, one) for one in COLLECTIONS.values()]
        return self.json({"links": [here(request)], "collections": told})


class OneCollection(Keyed):
    def answer(self, request: Request, selection: filters.Selection, **named: str) -> HttpResponseBase:
        return self.json(_about(request, _named(named)))


def _named(named: dict[str, str]) -> Collection:
    try:
        return COLLECTIONS[named["collection"]]
    except KeyError:
        raise NotFound(_("There is nothing at this address.")) from None


def _about(request: Request, one: Collection) -> dict[str, Any]:
    path = f"/collections/{one.name}"
    return {
        "id": one.name,
        "title": str(one.title),
        "description": str(one.about),
        "itemType": "feature",
        "extent": one.extent(key_of(request)),
        "links": [
            link(request, "self", path),
            link(request, "items", f"{path}/items", GEOJSON, str(one.title)),
            link(request, QUERYABLES, f"{path}/queryables", SCHEMA),
        ],
    }


class Queryables(Keyed):
    """The columns that a collection is filtered by, as a JSON schema."""

    media_types: ClassVar[tuple[str, ...]] = (SCHEMA, JSON)

    def answer(self, request: Request, selection: filters.Selection, **named: str) -> HttpResponseBase:
        one = _named(named)
        told = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": request.build_absolute_uri(request.path),
            "type": "object",
            "title": str(one.title),
            "properties": {known.name: {"title": known.about, **known.schema} for known in one.queryables},
            "additionalProperties": False,
        }
        return self.json(told)


class Items(Keyed):
    """A page of features."""

    media_types: ClassVar[tuple[str, ...]] = (GEOJSON, JSON)

    def get(self, request: Request, **named: str) -> HttpResponseBase:
        """Two answers that tell the same differ in their time stamp: their tag is a weak one."""
        response = super().get(request, **named)
        response.headers["ETag"] = f"W/{response.headers['ETag']}"
        return response

    def read(self, request: Request, **named: str) -> parameters.Wanted:
        return parameters.read(request.query_params, _named(named).parameters)

    def answer(self, request: Request, selection: Any, **named: str) -> HttpResponseBase:
        one, key = _named(named), key_of(request)
        page = one.page(key, selection)
        links = [here(request, GEOJSON), link(request, "collection", f"/collections/{one.name}")]
        head: dict[str, Any] = {"type": "FeatureCollection", "timeStamp": _now(), "numberReturned": page.number}
        if page.last is not None:
            following = paging.address_after(request, ("", page.last), selection.shown_before)
            links.append({"href": following, "rel": "next", "type": GEOJSON})
        if selection.after is None:
            # Counting costs more than a page, and is told once for all of them.
            head["numberMatched"] = page.number if page.last is None else one.count(key, selection)
        if note := note_for(key):
            head["note"] = note
        response = _joined("{", {**head, "links": links}, b',"features":[\n', page.features, b"]}\n")
        queryables = link(request, QUERYABLES, f"/collections/{one.name}/queryables", SCHEMA)
        response.headers["Link"] = header([*links, queryables])
        return response


class Item(Keyed):
    """One feature, and where it belongs."""

    media_types: ClassVar[tuple[str, ...]] = (GEOJSON, JSON)

    def answer(self, request: Request, selection: filters.Selection, **named: str) -> HttpResponseBase:
        one = _named(named)
        found = one.one(key_of(request), named["feature"])
        if not found:
            raise NotFound(_("There is nothing at this address."))
        links = [here(request, GEOJSON), link(request, "collection", f"/collections/{one.name}")]
        return _joined(found.rstrip().removesuffix("}") + ",", {"links": links}, b"}")


def _joined(before: str, members: dict[str, Any], *behind: bytes) -> HttpResponse:
    """An object of members amid finished JSON, which is not read again."""
    told = json.dumps(members, ensure_ascii=False)[1:-1]
    return HttpResponse(b"".join((f"{before}{told}".encode(), *behind)), content_type=GEOJSON)


def _now() -> str:
    return timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ")
