"""Errors as problem documents (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpResponse, JsonResponse
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.views import exception_handler

MEDIA_TYPE = "application/problem+json"


def as_problem(fault: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """The answer to a fault: type, title, status, detail, and the fields concerned under `errors`.

    None for what is no fault of the caller; it is then raised and logged.
    """
    if isinstance(fault, SuspiciousOperation | BadRequest):
        return problem(HTTPStatus.BAD_REQUEST)
    response = exception_handler(fault, context)
    if response is None:
        return None
    members = _members(fault, response.data)
    answer = problem(response.status_code, **members)
    for name in ("Allow", "WWW-Authenticate", "Retry-After"):
        if name in response.headers:
            answer.headers[name] = response.headers[name]
    return answer


def problem(status: int, **members: Any) -> JsonResponse:
    """A problem document with this status and these further members."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": int(status), **members}
    answer = JsonResponse(body, status=status, content_type=MEDIA_TYPE)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _members(fault: Exception, given: Any) -> dict[str, Any]:
    if isinstance(fault, ValidationError) and isinstance(given, dict):
        detail = " ".join(f"{name}: {' '.join(map(str, messages))}" for name, messages in given.items())
        return {"detail": detail, "errors": given}
    if isinstance(given, dict):
        return {"detail": str(given.get("detail", ""))}
    return {"detail": str(given)} if isinstance(fault, APIException) else {}
