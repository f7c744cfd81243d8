"""What the API answers, as OpenAPI has it: schemas of the bodies, headers, errors, and examples of each."""

from typing import Any

from incidents.api.columns import HXL
from incidents.api.filters import COUNTED
from incidents.api.meanings import COLUMNS, Column
from incidents.taxonomy import Category

Schema = dict[str, Any]

CSV = "text/csv"
GEOJSON = "application/geo+json"
SEQUENCE = "application/geo+json-seq"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(properties: Schema, required: tuple[str, ...] | None = None, **more: Any) -> Schema:
    """An object that holds these and nothing else; all of them, unless told which."""
    must = list(properties) if required is None else list(required)
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **({"required": must} if must else {}),
        **more,
    }


def _array(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items, **more}


def _described(column: Column) -> Schema:
    return {**column.schema, "description": column.meaning}


_NOTE = {"type": "string", "description": "Stands there when the data is a demonstration.", "example": "…"}
_COLUMNS = {name: _described(column) for name, column in COLUMNS.items()}
_PROPERTIES = {name: schema for name, schema in _COLUMNS.items() if name != "id"}
_ADDRESS = {"type": "string", "format": "uri"}
_POINT = _object(
    {
        "type": {"type": "string", "enum": ["Point"]},
        "coordinates": _array({"type": "number"}, minItems=2, maxItems=2, description="Longitude, latitude."),
    },
    nullable=True,
)

SCHEMAS: dict[str, Schema] = {
    "Incident": _object(
        _COLUMNS,
        (),
        description="One release. All columns are there, null where nothing is known or told, unless `fields` chose "
        "some.",
    ),
    "Tombstone": _object(
        {"id": _COLUMNS["id"], "withdrawn": {"type": "boolean", "enum": [True]}, "updated_at": _COLUMNS["updated_at"]},
        description="What is no longer released to this key, or no longer fits the filters. Delete it from your copy.",
    ),
    "Page": _object(
        {
            "items": _array({"anyOf": [ref("Incident"), ref("Tombstone")]}),
            "next": {**_ADDRESS, "nullable": True, "description": "The next page; null on the last one."},
            "changes": {
                **_ADDRESS,
                "description": "Where to ask later for what is new after this answer. There in the order of `change`.",
            },
            "note": _NOTE,
        },
        ("items", "next"),
    ),
    "Feature": _object(
        {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": _COLUMNS["id"],
            "geometry": _POINT,
            "properties": _object(_PROPERTIES, ()),
        },
        description="One release (RFC 7946). The geometry is null where no place is told, or `fields` leaves it out.",
    ),
    "FeatureCollection": _object(
        {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "note": _NOTE,
            "features": _array(ref("Feature")),
        },
        ("type", "features"),
    ),
    "Boundaries": _object(
        {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": _array(
                _object(
                    {
                        "type": {"type": "string", "enum": ["Feature"]},
                        "id": {"type": "string"},
                        "geometry": {"type": "object", "description": "A Polygon or MultiPolygon."},
                        "properties": _object(
                            {
                                "code": {"type": "string", "example": "BO-L"},
                                "level": {"type": "integer", "example": 1},
                                "parent": {"type": "string", "nullable": True, "example": None},
                                "name": {"type": "string", "nullable": True, "example": "La Paz"},
                                "names": {"type": "object", "additionalProperties": {"type": "string"}},
                            }
                        ),
                    }
                )
            ),
        }
    ),
    "Categories": _object(
        {
            "items": _array(
                _object(
                    {
                        "code": {"type": "string", "enum": Category.values},
                        "label": {"type": "string", "example": "Arrest or detention"},
                        "huridocs": _COLUMNS["huridocs"],
                        "huridocs_list": _COLUMNS["huridocs_list"],
                        "acled": _COLUMNS["acled"],
                    }
                )
            )
        }
    ),
    "Summary": _object(
        {
            "by": {"type": "string", "enum": list(COUNTED)},
            "total": {"type": "integer", "minimum": 0, "description": "How many releases were chosen."},
            "counts": _array(
                _object({"value": {"type": "string", "nullable": True}, "count": {"type": "integer", "minimum": 1}}),
                description="The most first. A release that names several forces counts for each of them.",
            ),
            "note": _NOTE,
        },
        ("by", "total", "counts"),
    ),
    "Index": _object(
        {
            "title": {"type": "string"},
            "mission": {"type": "string"},
            "links": _array(
                _object(
                    {
                        "rel": {"type": "string"},
                        "href": _ADDRESS,
                        "type": {"type": "string"},
                        "parameters": _array({"type": "string"}),
                    }
                )
            ),
        }
    ),
    "Problem": _object(
        {
            "type": {"type": "string", "example": "about:blank"},
            "title": {"type": "string", "example": "Bad Request"},
            "status": {"type": "integer", "example": 400},
            "detail": {"type": "string", "description": "What is wrong, in the language that was asked for."},
            "errors": {
                "type": "object",
                "description": "With 400: each parameter at fault, and why.",
                "additionalProperties": _array({"type": "string"}),
            },
        },
        ("type", "title", "status"),
        description="An error (RFC 9457).",
    ),
}

_ITEM = {name: column.schema["example"] for name, column in COLUMNS.items()}
_GONE = {"id": "5e0c2a0e-7c1b-4c39-8f37-7d5c0f5c9a10", "withdrawn": True, "updated_at": "2020-10-19T08:00:00Z"}
_FEATURE = {
    "type": "Feature",
    "id": _ITEM["id"],
    "geometry": {"type": "Point", "coordinates": [_ITEM["longitude"], _ITEM["latitude"]]},
    "properties": {name: value for name, value in _ITEM.items() if name != "id"},
}
_SITE = "https://observer.example/api/v1"

EXAMPLES: dict[str, Any] = {
    "Page": {
        "items": [_ITEM, _GONE],
        "next": f"{_SITE}/incidents?limit=2&cursor=WyIiLCAxMjA0XQ",
        "changes": f"{_SITE}/incidents?limit=2&since=WyIiLCAxMjA0XQ",
    },
    "FeatureCollection": {"type": "FeatureCollection", "features": [_FEATURE]},
    "Categories": {
        "items": [
            {
                "code": "arrest_detention",
                "label": "Arrest or detention",
                "huridocs": "03010100",
                "huridocs_list": 4,
                "acled": "Arrests",
            }
        ]
    },
    "Summary": {"by": "category", "total": 3, "counts": [{"value": "intimidation", "count": 2}]},
    "Index": {
        "title": "Observer",
        "mission": "bolivia-2020",
        "links": [
            {
                "rel": "item",
                "href": f"{_SITE}/categories",
                "type": "application/json",
                "parameters": [],
            }
        ],
    },
    CSV: "\n".join((",".join(list(HXL)[:4]), ",".join(list(HXL.values())[:4]), ",".join(list(_ITEM.values())[:4]))),
}
