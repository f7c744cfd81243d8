"""Errors as problem documents (RFC 9457)."""

from typing import Any

from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler


def as_problem(fault: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to a fault: type, title, status, detail, and the fields concerned under `errors`."""
    response = exception_handler(fault, context)
    if response is None:
        return None
    given = response.data
    problem: dict[str, Any] = {"type": "about:blank", "title": response.status_text, "status": response.status_code}
    if isinstance(fault, ValidationError):
        problem["errors"] = given
    elif isinstance(fault, APIException) or isinstance(given, dict):
        problem["detail"] = str(given.get("detail", "")) if isinstance(given, dict) else str(given)
    response.data = problem
    response.content_type = "application/problem+json"
    return response
