"""What a partner may ask for by the address; what can't be understood is a fault of the request, told as a problem."""

from collections.abc import Collection

from django.http import QueryDict
from rest_framework.exceptions import ValidationError

from incidents.models import parameters
from incidents.models.parameters import (
    CHOICES,
    CODE_LIMIT,
    CODED,
    COUNTED,
    DEPARTMENT,
    FILTERS,
    MAX_LIMIT,
    PAGING,
    SAVED,
    TIME,
    NotUnderstood,
    boxes,
    moment,
    one_of,
    until,
)
from incidents.models.selection import DEFAULT_LIMIT, SORTS, Selection

__all__ = [
    "CHOICES",
    "CODED",
    "CODE_LIMIT",
    "COUNTED",
    "DEFAULT_LIMIT",
    "DEPARTMENT",
    "FILTERS",
    "MAX_LIMIT",
    "PAGING",
    "SAVED",
    "SORTS",
    "TIME",
    "Selection",
    "boxes",
    "moment",
    "one_of",
    "read",
    "until",
]


def read(query: QueryDict, allowed: Collection[str]) -> Selection:
    """The selection an address asks for. Raises ValidationError that names every parameter at fault."""
    try:
        return parameters.read(query, allowed)
    except NotUnderstood as refusal:
        raise ValidationError(refusal.faults) from refusal
