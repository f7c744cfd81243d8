"""What the desk may ask of the tally: who asks, and which incidents are meant. Codes here come from our own tables.

`Scope` is the rule of `Incident.objects.visible_to`, read once for a page and spelled for the tally's columns.
"""

from dataclasses import dataclass, replace
from typing import Any, Self

from incidents.geo import Bounds
from incidents.models.tally import FACET_LEVELS, FORCES, LEVELS, Facet, State
from incidents.models.user import Membership
from incidents.roles import Action

DAY_S = 86_400
# More days than this are not listed one by one.
_MOST_DAYS = 400


@dataclass(frozen=True)
class Scope:
    """The missions somebody belongs to, those they see all of, and their departments in the others."""

    missions: frozenset[int]
    everywhere: frozenset[int]
    departments: frozenset[int]
    force: str = ""

    @classmethod
    def of(cls, user: Any) -> Self:
        if not getattr(user, "is_active", False) or not user.may(Action.VIEW_INCIDENT):
            return cls(frozenset(), frozenset(), frozenset())
        columns = ("mission", "all_departments", "departments", "departments__mission")
        rows = Membership.objects.filter(user=user).values_list(*columns)
        return cls.of_rows([(*row[:2], row[2] if row[3] == row[0] else None) for row in rows], user)

    @classmethod
    def of_rows(cls, rows: list[tuple[int, Any, int | None]], user: Any) -> Self:
        """From what somebody's memberships say: mission, whether all of it, and one department of that mission."""
        return cls(
            frozenset(mission for mission, _all, _department in rows),
            frozenset(mission for mission, everything, _department in rows if everything),
            frozenset(department for _mission, _all, department in rows if department),
            user.linked_force,
        )

    @property
    def conditions(self) -> list[str]:
        told = [f"mission IN ({_numbers(self.missions)})"]
        if self.missions != self.everywhere:
            whole, parts = _numbers(self.everywhere), _numbers(self.departments | {0})
            told.append(f"(mission IN ({whole}) OR department IN ({parts}))")
        return told


def _numbers(numbers: Any) -> str:
    return ", ".join(map(str, sorted(numbers))) or "-1"


@dataclass(frozen=True)
class Question:
    """Which incidents are meant. What it can't say is not for the tally to answer.

    `only` are further attributes; `span` is from and until, in whole seconds since 1970, the end not included.
    """

    scope: Scope
    state: str = State.ALL
    severity: str = ""
    mission: int | None = None
    department: int | None = None  # 0: none
    assigned: int | None = None  # 0: to nobody; no sums hold it
    only: tuple[tuple[str, str], ...] = ()
    span: tuple[int, int] | None = None
    area: Bounds | None = None
    is_void: bool = False

    def seen_in(self, view: Bounds | None) -> "Question":
        """The same in a window of the map."""
        if view is None:
            return self
        return replace(self, area=self.area.within(view) if self.area else view)

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be meant."""
        box = self.area
        outside = box is not None and (box.west > box.east or box.south > box.north)
        return self.is_void or outside or not self.scope.missions

    # -- what the sums can answer --------------------------------------------------------------------------------------

    @property
    def days(self) -> range:
        """The whole days of its span, counted from 1970."""
        if self.span is None:
            return range(0)
        return range(-(-self.span[0] // DAY_S), self.span[1] // DAY_S)

    @property
    def is_summed(self) -> bool:
        """Whether the sums hold it: one further attribute at most, and no whole force to be left out."""
        if self.scope.force or self.assigned is not None or len(self.only) + (self.span is not None) > 1:
            return False
        return self.span is None or 0 < len(self.days) <= _MOST_DAYS

    @property
    def levels(self) -> tuple[int, ...]:
        return FACET_LEVELS if self.only or self.span else LEVELS

    @property
    def is_plain(self) -> bool:
        """Whether it is about no more than who may see it, its list, its severity and its department."""
        return self.is_summed and not (self.only or self.span or self.area)

    @property
    def sums(self) -> list[str]:
        """The conditions on the tally."""
        facet, value = self.only[0] if self.only else (Facet.ALL, "")
        if not self.span:
            return [*self._counted_by(facet), f"value = {_text(value)}"]
        listed = ", ".join(_text(str(day)) for day in self.days)
        return [*self._counted_by(Facet.DAY), f"value IN ({listed})"]

    @property
    def hours(self) -> list[str]:
        """The conditions on the tally for its hours, where it is plain."""
        return self._counted_by(Facet.HOUR)

    def _counted_by(self, facet: str) -> list[str]:
        return [*self._who, f"facet = {_text(facet)}", f"state = {_text(self.state)}"]

    # -- the same, asked of incidents one by one -----------------------------------------------------------------------

    @property
    def facts(self) -> list[str]:
        told = [*self._who]
        if self.state != State.ALL:
            told.append(f"state = {_text(self.state)}")
        told += [_fact(facet, value) for facet, value in self.only]
        if self.assigned is not None:
            told.append(f"assigned = {int(self.assigned)}")
        if self.scope.force:
            told.append(f"forces & {_force(self.scope.force)} = 0")
        if self.span:
            told.append(f"happened >= {self.span[0]} AND happened < {self.span[1]}")
        if self.area:
            told.append(f"x >= 0 AND {in_box(self.area)}")
        return told

    @property
    def _who(self) -> list[str]:
        told = self.scope.conditions
        for name, number in (("mission", self.mission), ("department", self.department)):
            if number is not None:
                told.append(f"{name} = {int(number)}")
        return [*told, f"severity = {_text(self.severity)}"] if self.severity else told


def in_box(area: Bounds) -> str:
    """Compared exactly, for what has a place."""
    west, south, east, north = area
    return f"lat BETWEEN {south} AND {north} AND lon BETWEEN {west} AND {east}"


def _fact(facet: str, value: str) -> str:
    if facet == Facet.PERPETRATOR:
        return f"forces & {_force(value)} <> 0"
    return "danger = 1" if facet == Facet.DANGER else f"{Facet(facet).value} = {_text(value)}"


def _force(code: str) -> int:
    return 1 << FORCES.index(code)


def _text(code: str) -> str:
    """A code in SQL. None of ours holds anything but letters, digits and _; whatever else comes is a fault."""
    if not all(letter.isascii() and (letter.isalnum() or letter == "_") for letter in code):
        raise ValueError("not a code")
    return f"'{code}'"
