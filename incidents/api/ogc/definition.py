"""The OpenAPI 3.0 document of /ogc, made of the very tables that its answers are read by.

Each collection has its paths spelled out: GDAL and QGIS look there for the filters that they may send along.
"""

from collections.abc import Iterable
from typing import Any

from incidents.api import problems
from incidents.api.ogc.collection import Collection
from incidents.api.ogc.links import GEOJSON, JSON, OPENAPI, SCHEMA
from incidents.api.ogc.offered import COLLECTIONS
from incidents.api.ogc.parameters import LIMIT, Parameter

VERSION = "1.0.0"
Object = dict[str, Any]

_FAULTS = {
    "304": "Nothing has changed: sent to whoever shows the ETag of what they have.",
    "400": "A parameter is not known here, or its value makes no sense.",
    "401": "No key, or one that is not valid.",
    "403": "The mission is closed.",
    "404": "There is nothing at this address.",
    "405": "Nothing can be written.",
    "406": "The format asked for is not offered.",
    "429": "Too many pulls by this key; Retry-After says when the next is free.",
}
_OPEN = ("304", "400", "405", "406")
_KEYED = (*_OPEN, "401", "403", "429")


def document(root: str) -> Object:
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Observer: OGC API – Features",
            "version": VERSION,
            "description": "Incidents that a mission has released to its partners, for GIS programs. "
            "Send a key by HTTP Basic (any name, the key as the password) or in a header.",
            "contact": {"name": "The mission that gave you the key"},
        },
        "servers": [{"url": root}],
        "tags": [{"name": name} for name in ("about", *COLLECTIONS)],
        "security": [{"basic": []}, {"bearer": []}, {"header": []}],
        "paths": {**_about(), **{path: get for one in COLLECTIONS.values() for path, get in _of(one).items()}},
        "components": _components(),
    }


def _about() -> Object:
    return {
        "/": _get("landing", "Where to begin", "about", JSON, _ref("landing"), answers=_OPEN),
        "/conformance": _get("conformance", "What it conforms to", "about", JSON, _ref("conformance"), answers=_OPEN),
        "/api": _get("api", "This document", "about", OPENAPI, {"type": "object"}, answers=_OPEN),
        "/collections": _get("collections", "The collections", "about", JSON, _ref("collections")),
    }


def _of(one: Collection) -> Object:
    path, name = f"/collections/{one.name}", one.name
    known = [{"$ref": f"#/components/parameters/{LIMIT.name}"}, *_described(one.parameters[1:])]
    feature = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
    found = _get(f"{name}-item", f"One feature of {name}", name, GEOJSON, _ref(name), [feature], (*_KEYED, "404"))
    return {
        path: _get(name, f"About {name}", name, JSON, _ref("collection")),
        f"{path}/queryables": _get(
            f"{name}-queryables", f"What {name} are filtered by", name, SCHEMA, {"type": "object"}
        ),
        f"{path}/items": _get(f"{name}-items", f"Features of {name}", name, GEOJSON, _ref(f"{name}-page"), known),
        f"{path}/items/{{featureId}}": found,
    }


def _described(parameters: Iterable[Parameter]) -> list[Object]:
    return [parameter.described() for parameter in parameters]


def _get(
    operation: str,
    summary: str,
    tag: str,
    media_type: str,
    schema: Object,
    parameters: Iterable[Object] = (),
    answers: Iterable[str] = _KEYED,
) -> Object:
    told: Object = {"operationId": operation, "summary": summary, "tags": [tag]}
    if parameters:
        told["parameters"] = list(parameters)
    if answers == _OPEN:
        told["security"] = []
    found = {"200": {"description": summary, "content": {media_type: {"schema": schema}}}}
    faults = {code: {"$ref": f"#/components/responses/{code}"} for code in sorted(answers)}
    return {"get": {**told, "responses": {**found, **faults}}}


def _ref(name: str) -> Object:
    return {"$ref": f"#/components/schemas/{name}"}


def _components() -> Object:
    return {
        "parameters": {LIMIT.name: LIMIT.described()},
        "responses": {code: _fault(code, about) for code, about in _FAULTS.items()},
        "schemas": {**_SCHEMAS, **{name: schema for one in COLLECTIONS.values() for name, schema in _features(one)}},
        "securitySchemes": {
            "basic": {"type": "http", "scheme": "basic"},
            "bearer": {"type": "http", "scheme": "bearer"},
            "header": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
        },
    }


def _fault(code: str, about: str) -> Object:
    content = {} if code == "304" else {"content": {problems.MEDIA_TYPE: {"schema": _ref("problem")}}}
    return {"description": about, **content}


def _features(one: Collection) -> Iterable[tuple[str, Object]]:
    """A feature of the collection, in which nothing is left out, and a page of them."""
    columns = {
        "type": "object",
        "required": list(one.columns),
        "properties": dict(one.columns),
        "additionalProperties": False,
    }
    parts = {"type": _is("Feature"), "id": {"type": "string"}, "geometry": dict(one.geometry), "properties": columns}
    yield one.name, {"type": "object", "required": list(parts), "properties": {**parts, "links": _LINKS}}
    page = {
        "type": _is("FeatureCollection"),
        "timeStamp": {"type": "string", "format": "date-time"},
        "numberReturned": {"type": "integer", "minimum": 0},
        "links": _LINKS,
        "features": {"type": "array", "items": _ref(one.name)},
    }
    others = {"numberMatched": {"type": "integer", "minimum": 0}, "note": {"type": "string"}}
    yield f"{one.name}-page", {"type": "object", "required": list(page), "properties": {**page, **others}}


def _is(text: str) -> Object:
    return {"type": "string", "enum": [text]}


def _object(*required: str, **properties: Object) -> Object:
    return {"type": "object", "required": list(required), "properties": properties}


_TEXT = {"type": "string"}
_LINKS = {"type": "array", "items": _ref("link")}
_SCHEMAS = {
    "link": _object("href", "rel", "type", href=_TEXT, rel=_TEXT, type=_TEXT, title=_TEXT),
    "landing": _object("title", "links", title=_TEXT, description=_TEXT, links=_LINKS),
    "conformance": _object("conformsTo", conformsTo={"type": "array", "items": _TEXT}),
    "collections": _object(
        "links", "collections", links=_LINKS, collections={"type": "array", "items": _ref("collection")}
    ),
    "collection": _object("id", "links", id=_TEXT, title=_TEXT, description=_TEXT, itemType=_TEXT, links=_LINKS),
    "problem": _object("type", "title", "status", type=_TEXT, title=_TEXT, detail=_TEXT, status={"type": "integer"}),
}
