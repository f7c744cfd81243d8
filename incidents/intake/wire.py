"""What scripts and phones send and get: bytes within a limit, JSON that can be stored, faults as problem documents."""

import json
from http import HTTPStatus
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils.translation import gettext as _

from incidents.statement import StatementForm

# Ten thousand characters of four bytes, escaped at the worst, and twenty files.
BODY_LIMIT = 256 * 1024
RETRY_AFTER_S = 30
# Longer runs of digits are no number of ours, and Python refuses to read the longest.
DIGITS_LIMIT = 18


class Refused(Exception):
    """A request that can't be answered as asked; carries its problem document."""

    def __init__(self, status: int, detail: str, **errors: list[str]) -> None:
        super().__init__(status)
        self.answer = problem(status, detail, errors)


def problem(status: int, detail: str, errors: dict[str, list[str]] | None = None) -> JsonResponse:
    """A problem document (RFC 9457); `errors` names the fields."""
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    body |= {"detail": detail} | ({"errors": errors} if errors else {})
    answer = JsonResponse(body, status=status, content_type="application/problem+json")
    if status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.INSUFFICIENT_STORAGE):
        answer["Retry-After"] = str(RETRY_AFTER_S)
    return answer


def body_of(request: HttpRequest) -> bytes:
    """All bytes of the request. Raises Refused where there are too many or the line broke off."""
    if length_of(request) > BODY_LIMIT:
        raise Refused(413, _("This is too long: a report may have %(limit)s kB.") % {"limit": BODY_LIMIT // 1024})
    try:
        return request.read(BODY_LIMIT + 1)
    except OSError as fault:
        raise Refused(400, _("The connection broke off. Send it again.")) from fault


def length_of(request: HttpRequest) -> int:
    """The announced length in bytes; 0 where none can be read."""
    announced = str(request.META.get("CONTENT_LENGTH") or "")
    return int(announced) if announced.isdecimal() and len(announced) <= DIGITS_LIMIT else 0


def parsed(raw: bytes) -> dict[str, Any]:
    """The JSON object in `raw`. Numbers with a point stay text, so that none overflows. Raises Refused."""
    try:
        read = json.loads(raw, parse_float=str, parse_int=_whole, parse_constant=str)
    except (ValueError, RecursionError) as fault:
        raise Refused(400, _("This is not JSON that can be read.")) from fault
    if not isinstance(read, dict):
        raise Refused(400, _("A report is a JSON object."))
    return read


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= DIGITS_LIMIT else digits


def as_typed(stated: dict[str, Any]) -> QueryDict:
    """The members as a form would have sent them; what fits no field stays as text, to be shown or refused."""
    typed: Any = QueryDict(mutable=True)
    for name, field in StatementForm.base_fields.items():
        value = stated.get(name)
        if name == "files":
            typed.setlist(name, [value])
        elif isinstance(field, forms.MultipleChoiceField):
            typed.setlist(name, [_text(item) for item in _listed(value)])
        elif value is not None:
            typed[name] = _text(value)
    return typed


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value in (None, "") else [value]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)


def no_content(**headers: str) -> HttpResponse:
    answer = HttpResponse(status=HTTPStatus.NO_CONTENT)
    for name, value in headers.items():
        answer[name.replace("_", "-")] = value
    return answer
