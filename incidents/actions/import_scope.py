"""Which part of a mission a cell names: all of it, some departments by name or code, or none."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.models import Boundary, Mission
from incidents.places.lookup import DEPARTMENT_LEVEL
from incidents.sheet import shown
from incidents.sheet.columns import EVERYTHING, NOTHING, CellFault, Column, folded, several

DEPARTMENTS = Column(
    "departments",
    ("departments", "departamentos", "department", "departamento"),
    "La Paz; Oruro",
    gettext_lazy("Names or codes, with ; between them; “all” for the whole mission, “none” for none."),
)


@dataclass
class Scope:
    """Which part of a mission: all of it, or these departments."""

    everywhere: bool
    departments: dict[int, str] = field(default_factory=dict)

    def __str__(self) -> str:
        if self.everywhere:
            return _("all")
        return ", ".join(sorted(self.departments.values())) or _("none")

    def lacks(self, before: "Scope") -> bool:
        """Whether somebody who had `before` would see less."""
        if self.everywhere:
            return False
        return before.everywhere or not set(before.departments) <= set(self.departments)

    def together(self, before: "Scope") -> "Scope":
        return Scope(self.everywhere or before.everywhere, {**before.departments, **self.departments})


def named_only() -> Any:
    """Departments without their outlines, which would come once for everybody who belongs to one."""
    return Boundary.objects.only("pk", "names", "code", "mission_id")


def departments_by_name(mission: Mission) -> dict[str, Boundary]:
    """A mission's departments by code and by each of their names, folded."""
    there = Boundary.objects.filter(mission=mission, level=DEPARTMENT_LEVEL).defer("geometry")
    return {folded(name): one for one in there for name in (one.code, *(one.names or {}).values())}


def stated_scope(text: str, there: dict[str, Boundary]) -> Scope | None:
    """What a cell of departments says; None for an empty one. Raises CellFault."""
    if not text:
        return None
    if folded(text) in EVERYTHING or text.strip() == "*":
        return Scope(True)
    if folded(text) in NOTHING or text.strip() == "-":
        return Scope(False)
    found = Scope(False)
    for part in [text] if folded(text) in there else several(text):
        one = there.get(folded(part))
        if one is None:
            names = ", ".join(sorted({one.name for one in there.values()})) or "–"
            message = _("No department is called %(name)s. There are: %(there)s.")
            raise CellFault(message % {"name": shown(part), "there": shown(names, 300)})
        found.departments[one.pk] = one.name
    return found
