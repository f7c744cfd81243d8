"""The API's OpenAPI document: put together out of the views, the tables that they read by, and words for people.

It holds no data and needs no key. Made once in a process, for nothing in it changes while that runs.
"""

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import get_conditional_response
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework.request import Request
from rest_framework.views import APIView

from incidents.api import answers, described, samples
from incidents.api.export import Export
from incidents.api.negotiation import ByAddress
from incidents.api.problems import MEDIA_TYPE as PROBLEM

PREFIX = "/api/v1/"
# By the view, or else by the form of its answer: the schema of the body.
_OF_VIEWS = {"IncidentsJson": "Page", "Boundaries": "Boundaries", "Categories": "Categories", "Summary": "Summary"}
_OF_VIEWS["Index"] = "Index"
_OF_TYPES = {answers.GEOJSON: "FeatureCollection"}
_TEXTS = {
    answers.CSV: "UTF-8: a row of names, a row of HXL hashtags, a row for each release. Lines end with a line feed.",
    answers.SEQUENCE: "A feature in each line, each behind a record separator (RFC 8142).",
    answers.XLSX: "A workbook with one sheet: names, HXL hashtags, then the releases.",
}
_ERRORS = {
    "400": "A parameter is unknown, or its value makes no sense. `errors` names each.",
    "401": "No key, or one that is not valid: mistyped, expired or revoked.",
    "403": "The key's mission is closed; its export has stopped.",
    "404": "There is nothing at this address; or this server makes no workbooks.",
    "406": "`Accept` asks for a form that this address does not have.",
    "429": "More answers in a minute than the key allows.",
}


class Operation(AutoSchema):
    """An export, told by what it declares itself: its parameters and the forms of its answer."""

    view: Any

    def get_operation_id(self) -> str:
        return self.path.removeprefix(PREFIX).translate(str.maketrans("./", "__", "{}")) or "index"

    def get_summary(self) -> str:
        return self.get_description().partition(".")[0].partition(";")[0]

    def get_tags(self) -> list[str]:
        return ["Incidents" if issubclass(type(self.view), Export) and "severity" in self.view.parameters else "About"]

    def get_extensions(self) -> dict[str, Any]:
        return {"x-codeSamples": samples.of(self.path, self.view.parameters, self.view.media_types[0])}

    def get_override_parameters(self) -> list[Any]:
        names = self.view.parameters
        asked = [_query(name, described.parameter(name, names)) for name in names]
        return [*asked, *(_header(name, one) for name, one in described.HEADERS.items()), *self._response_headers()]

    def get_response_serializers(self) -> Any:
        media_type = self.view.media_types[0].partition(";")[0]
        found: dict[Any, OpenApiResponse] = {
            ("200", media_type): self._body(media_type),
            "304": OpenApiResponse(None, "Nothing has changed since the answer with this tag, or since this time."),
        }
        for status, meaning in _ERRORS.items():
            if status != "404" or media_type == answers.XLSX or "{" in self.path:
                found[status, PROBLEM] = OpenApiResponse(answers.ref("Problem"), meaning)
        return found

    def _body(self, media_type: str) -> OpenApiResponse:
        if media_type in _TEXTS:
            kind = {"type": "string", "format": "binary"} if media_type == answers.XLSX else {"type": "string"}
            return OpenApiResponse(kind, _TEXTS[media_type], _examples(answers.EXAMPLES.get(media_type)))
        classes = (_OF_VIEWS.get(one.__name__) for one in type(self.view).__mro__)
        name = next(filter(None, classes), _OF_TYPES.get(media_type, ""))
        meaning = self.get_summary()
        return OpenApiResponse(answers.ref(name), meaning, _examples(answers.EXAMPLES.get(name)))

    def _response_headers(self) -> Iterator[OpenApiParameter]:
        known = [200, 304]
        yield _told("ETag", "Stands for what was answered; see `If-None-Match`.", known, required=True)
        yield _told("Last-Modified", "When anything here last changed. Left out for two seconds after a change.", known)
        yield _told("Cache-Control", "Keep it for yourself, and ask each time whether it is current.", known)
        if "cursor" in self.view.parameters:
            yield _told("Link", "The next page (RFC 8288), where there is one.", [200])
        if "profile" in self.view.parameters:
            yield _told("Content-Disposition", "A name for the file.", [200])
        yield _told("WWW-Authenticate", "The scheme that programs ask a password for.", [401], required=True)
        seconds = {"type": "integer", "minimum": 1}
        yield _told("Retry-After", "In how many seconds the next is free.", [429], seconds, required=True)


def _query(name: str, one: described.Described) -> OpenApiParameter:
    lists = one.schema["type"] == "array"
    example = [OpenApiExample("example", one.example)]
    style: dict[str, Any] = {"style": "form", "explode": False} if lists else {}
    return OpenApiParameter(name, one.schema, description=one.meaning, examples=example, **style)


def _header(name: str, one: described.Described) -> OpenApiParameter:
    example = [OpenApiExample("example", one.example)]
    return OpenApiParameter(name, one.schema, "header", description=one.meaning, examples=example)


def _told(
    name: str, meaning: str, statuses: list[int], schema: dict[str, Any] | None = None, *, required: bool = False
) -> OpenApiParameter:
    kind = schema or {"type": "string"}
    return OpenApiParameter(
        name, kind, "header", description=meaning, response=[str(one) for one in statuses], required=required
    )


def _examples(value: Any) -> list[OpenApiExample]:
    return [OpenApiExample("example", value)] if value else []


class Keys(OpenApiAuthenticationExtension):
    target_class = "incidents.api.authentication.ApiKeyAuthentication"
    name = ["bearer", "header", "basic"]

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict[str, list[Any]]]:
        return [{name: []} for name in self.name]

    def get_security_definition(self, auto_schema: AutoSchema) -> Any:
        return [
            {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer KEY`"},
            {"type": "apiKey", "in": "header", "name": "X-Api-Key", "description": "`X-Api-Key: KEY`"},
            {"type": "http", "scheme": "basic", "description": "Any user name, and the key as the password."},
        ]


class Exports(EndpointEnumerator):
    """The exports; not what only leads to them, nor the doors of phones."""

    def should_include_endpoint(self, path: str, callback: Any) -> bool:
        included = super().should_include_endpoint(path, callback)
        return bool(included and path.startswith(PREFIX) and issubclass(callback.cls, Export))


_SLUG = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$", "minLength": 1, "maxLength": 60}


class Document(SchemaGenerator):
    endpoint_inspector_cls = Exports

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        """English, whoever asks."""
        with translation.override("en"):
            found: dict[str, Any] = super().get_schema(request, public)
        chapters = (f"## {title}\n\n{text}" for title, text in samples.CHAPTERS)
        found["info"]["description"] = "\n\n".join((samples.INTRODUCTION, *chapters))
        for methods in found["paths"].values():
            for one in methods["get"].get("parameters", ()):
                if one["in"] == "query":
                    one["allowEmptyValue"] = True
                elif one["in"] == "path":
                    one |= {"schema": _SLUG, "description": "The name under which the mission has saved it."}
        found["servers"] = [{"url": settings.SITE_URL}]
        found["components"]["schemas"] = answers.SCHEMAS
        return found


@cache
def document() -> dict[str, Any]:
    return Document().get_schema(public=True)


@cache
def _encoded() -> tuple[bytes, str]:
    text = json.dumps(document(), ensure_ascii=False, indent=1).encode()
    return text, f'"{hashlib.sha256(text).hexdigest()[:32]}"'


class OpenApi(APIView):
    """This document."""

    schema = None
    content_negotiation_class = ByAddress
    http_method_names = ["get", "head", "options"]
    media_types: ClassVar[tuple[str, ...]] = ("application/json", "application/vnd.oai.openapi+json")
    authentication_classes = []
    permission_classes = []
    throttle_classes = []

    def get(self, request: Request) -> HttpResponseBase:
        text, tag = _encoded()
        response = HttpResponse(text, content_type=self.media_types[0])
        response.headers["ETag"] = tag
        response.headers["Cache-Control"] = "public, max-age=300"
        return get_conditional_response(request._request, etag=tag, response=response) or response
