"""Where a GIS program begins: what there is and how it is asked. Nothing of any mission is in it, so it opens without a
key."""

from typing import Any, ClassVar

from django.http import JsonResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, set_response_etag
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.views import APIView

from incidents.api import filters
from incidents.api.negotiation import ByAddress
from incidents.api.ogc import definition
from incidents.api.ogc.links import JSON, OPENAPI, here, link, root

_FEATURES = "http://www.opengis.net/spec/ogcapi-features"
CONFORMS_TO = (
    f"{_FEATURES}-1/1.0/conf/core",
    f"{_FEATURES}-1/1.0/conf/geojson",
    f"{_FEATURES}-1/1.0/conf/oas30",
    f"{_FEATURES}-3/1.0/conf/queryables",
    f"{_FEATURES}-3/1.0/conf/queryables-query-parameters",
)


class Open(APIView):
    content_negotiation_class = ByAddress
    http_method_names = ["get", "head", "options"]
    media_types: ClassVar[tuple[str, ...]] = (JSON,)
    authentication_classes = []
    permission_classes = []
    throttle_classes = []

    def get(self, request: Request) -> HttpResponseBase:
        filters.read(request.query_params, ())
        response = JsonResponse(
            self.document(request), content_type=self.media_types[0], json_dumps_params={"ensure_ascii": False}
        )
        response.headers["Cache-Control"] = "no-cache"
        set_response_etag(response)
        known: Any = get_conditional_response(request._request, response.headers["ETag"], None, response)
        return known

    def document(self, request: Request) -> dict[str, Any]:
        raise NotImplementedError


class Landing(Open):
    def document(self, request: Request) -> dict[str, Any]:
        return {
            "title": "Observer",
            "description": _("Incidents that a mission has released to its partners. Ask the mission for a key."),
            "links": [
                here(request),
                link(request, "service-desc", "/api", OPENAPI, "OpenAPI"),
                link(request, "conformance", "/conformance"),
                link(request, "data", "/collections"),
            ],
        }


class Conformance(Open):
    def document(self, request: Request) -> dict[str, Any]:
        return {"conformsTo": CONFORMS_TO, "links": [here(request)]}


class Definition(Open):
    media_types: ClassVar[tuple[str, ...]] = (OPENAPI, OPENAPI.partition(";")[0], "application/openapi+json", JSON)

    def document(self, request: Request) -> dict[str, Any]:
        return definition.document(root(request))
