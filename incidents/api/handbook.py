"""The OpenAPI document as a page for people. It says what that says and nothing else; only the frame has languages."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incidents.api.document import document

Schema = dict[str, Any]
# So many codes are shown; more are folded away.
IN_SIGHT = 8
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Row:
    """A parameter, or a column: what it is called, of which kind it is, what may stand there, what it means."""

    name: str
    kind: str
    choices: list[str]
    default: str
    meaning: SafeString
    example: str

    @property
    def is_long(self) -> bool:
        return len(self.choices) > IN_SIGHT


@dataclass(frozen=True)
class Answer:
    status: str
    meaning: SafeString
    media_types: str
    headers: list[tuple[str, SafeString]]


@dataclass(frozen=True)
class Endpoint:
    anchor: str
    path: str
    summary: str
    meaning: SafeString
    asked: list[Row]
    headers: list[Row]
    answers: list[Answer]
    samples: list[dict[str, str]]
    example: str


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    found = document()
    introduction, *chapters = re.split(r"^## (.+)$", found["info"]["description"], flags=re.MULTILINE)
    shown = {
        "title": found["info"]["title"],
        "version": found["info"]["version"],
        "site": found["servers"][0]["url"],
        "introduction": _paragraphs(introduction),
        "chapters": [
            (slugify(title), title, _paragraphs(text))
            for title, text in zip(chapters[::2], chapters[1::2], strict=True)
        ],
        "endpoints": [_endpoint(path, methods["get"]) for path, methods in found["paths"].items()],
        "columns": [_row(name, one) for name, one in found["components"]["schemas"]["Incident"]["properties"].items()],
        "tombstone": found["components"]["schemas"]["Tombstone"]["description"],
    }
    response = render(request, "api/docs.html", shown)
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


def _endpoint(path: str, operation: Schema) -> Endpoint:
    asked = operation.get("parameters", [])
    return Endpoint(
        anchor=operation["operationId"],
        path=path,
        summary=operation["summary"],
        meaning=_paragraphs(operation["description"]),
        asked=[_parameter(one) for one in asked if one["in"] != "header"],
        headers=[_parameter(one) for one in asked if one["in"] == "header"],
        answers=list(_answers(operation["responses"])),
        samples=operation["x-codeSamples"],
        example=_example(operation["responses"]["200"]),
    )


def _parameter(one: Schema) -> Row:
    schema = {"description": one.get("description", ""), **one["schema"]}
    examples = [example["value"] for example in one.get("examples", {}).values()]
    return _row(one["name"], {**schema, "example": examples[0]} if examples else schema)


def _row(name: str, schema: Schema) -> Row:
    choices = [str(choice) for choice in schema.get("items", schema).get("enum", ()) if choice is not None]
    # Where the codes stand in sight, one of them is no news.
    example = schema.get("example", "") if len(choices) not in range(1, IN_SIGHT + 1) else ""
    return Row(
        name=name,
        kind=_kind(schema),
        choices=choices,
        default=str(schema.get("default", "")),
        meaning=_said(schema["description"]),
        example=",".join(map(str, example)) if isinstance(example, list) else _plain(example),
    )


def _kind(schema: Schema) -> str:
    """In a word or two, for a narrow column."""
    kinds = {
        "date-or-time": _("time"),
        "date-time": _("time"),
        "uuid": _("UUID"),
        "integer": _("whole number"),
        "number": _("number"),
        "boolean": _("true or false"),
    }
    if schema["type"] == "integer" and "maximum" in schema:
        return _("%(least)d to %(most)d") % {"least": schema["minimum"], "most": schema["maximum"]}
    if schema["type"] == "array":
        return _("4 numbers") if schema.get("minItems") else _("codes, with commas")
    if "enum" in schema and schema["type"] == "string":
        return _("one code")
    return kinds.get(schema.get("format", "")) or kinds.get(schema["type"]) or _("text")


def _answers(responses: Schema) -> Iterator[Answer]:
    for status, one in responses.items():
        headers = [(name, _said(header["description"])) for name, header in one.get("headers", {}).items()]
        yield Answer(status, _said(one["description"]), ", ".join(one.get("content", {})), headers)


def _example(response: Schema) -> str:
    for body in response["content"].values():
        for example in body.get("examples", {}).values():
            value = example["value"]
            return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    return ""


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _paragraphs(text: str) -> SafeString:
    parts = (part.strip() for part in text.split("\n\n"))
    return mark_safe("".join(f"<p>{_said(part)}</p>" for part in parts if part))  # noqa: S308 (escaped in _said)


def _said(text: str) -> SafeString:
    """Escaped, with what stands in backticks as code."""
    return mark_safe(_CODE.sub(r"<code>\1</code>", escape(" ".join(text.split()))))  # noqa: S308
