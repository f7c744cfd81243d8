"""What the chips offer from the reader's own missions: their departments and their people. One statement for all of it.

Departments and colleagues are offered whether anything lies there or not: to look through all incidents for those
that occur would cost more than the list itself, and an empty answer is an answer.
"""

from dataclasses import dataclass
from json import loads
from typing import Any

from django.db.models import Case, F, IntegerField, Q, TextField, Value, When
from django.db.models.functions import Cast
from django.http import HttpRequest

from incidents.models import Boundary, Membership, User
from incidents.models.question import Scope
from incidents.places.lookup import DEPARTMENT_LEVEL
from incidents.roles import ALLOWED, Action

_COLUMNS = ("kind", "number", "whole", "part", "said")


@dataclass(frozen=True)
class Offers:
    scope: Scope
    departments: list[tuple[str, str]]
    people: list[tuple[str, str]]


def offers(request: HttpRequest) -> Offers:
    """Read once for a request."""
    kept: Offers | None = getattr(request, "_offers", None)
    if kept is None:
        kept = request._offers = _read(request.user)  # type: ignore[attr-defined]
    return kept


def scope(request: HttpRequest) -> Scope:
    """What the reader may see; with what is offered where that was read, else alone."""
    if hasattr(request, "_offers"):
        return offers(request).scope
    kept: Scope | None = getattr(request, "_scope", None)
    if kept is None:
        kept = request._scope = Scope.of(request.user)  # type: ignore[attr-defined]
    return kept


def _read(user: Any) -> Offers:
    if not user.may(Action.VIEW_INCIDENT):
        return Offers(Scope.of(user), [], [])
    own = Membership.objects.filter(user=user)
    found: dict[str, list[Any]] = {"scope": [], "department": [], "person": []}
    for kind, *row in _memberships(own).union(_departments(own), _people(own), all=True):
        found[kind].append(row)
    named = ((Boundary(names=loads(said)).name, str(pk)) for pk, _whole, _part, said in found["department"])
    return Offers(
        Scope.of_rows([(mission, whole, part) for mission, whole, part, _said in found["scope"]], user),
        [(pk, name) for name, pk in sorted(named)],
        [(str(pk), code) for code, pk in sorted({(said, pk) for pk, _whole, _part, said in found["person"]})],
    )


def _memberships(own: Any) -> Any:
    whole = Case(When(all_departments=True, then=1), default=0, output_field=IntegerField())
    part = Case(When(departments__mission=F("mission"), then=F("departments")), default=0)
    return _told(own, "scope", F("mission"), whole, part, Value("", output_field=TextField()))


def _departments(own: Any) -> Any:
    theirs = Membership.departments.through.objects.filter(membership__in=own).values("boundary")
    missions, everywhere = own.values("mission"), own.filter(all_departments=True).values("mission")
    found = Boundary.objects.filter(Q(mission__in=everywhere) | Q(pk__in=theirs, mission__in=missions))
    return _told(found.filter(level=DEPARTMENT_LEVEL), "department", F("pk"), 0, 0, Cast("names", TextField()))


def _people(own: Any) -> Any:
    may_see = [role for role, allowed in ALLOWED.items() if Action.VIEW_INCIDENT in allowed]
    found = User.objects.filter(memberships__mission__in=own.values("mission"), role__in=may_see, is_active=True)
    return _told(found, "person", F("pk"), 0, 0, Cast("code", TextField()))


def _told(rows: Any, kind: str, number: Any, whole: Any, part: Any, said: Any) -> Any:
    """As rows of one shape, so that different tables can be read in one statement."""
    whole, part = (Value(one) if isinstance(one, int) else one for one in (whole, part))
    values = dict(zip(_COLUMNS, (Value(kind, output_field=TextField()), number, whole, part, said), strict=True))
    return (
        rows.order_by()
        .annotate(**{f"{name}_": value for name, value in values.items()})
        .values_list(*(f"{name}_" for name in _COLUMNS))
    )
