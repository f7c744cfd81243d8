"""What the desk may ask of the tally: who asks, and which incidents are meant. Codes here come from our own tables.

`Scope` is the rule of `Incident.objects.visible_to`, read once for a page and spelled for the tally's columns.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Self

from incidents.geo import Bounds
from incidents.models.tally import COARSEST, FACET_LEVELS, FORCES, LEVELS, Facet, State
from incidents.models.user import Membership
from incidents.roles import Action

DAY_S, HOUR_S = 86_400, 3_600
_HOURS = DAY_S // HOUR_S
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
    assigned: int | None = None  # 0: to nobody
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
        return self._whole(DAY_S)

    @property
    def odd_hours(self) -> list[int]:
        """The whole hours of its span that lie in no whole day, counted from 1970."""
        days = self.days
        covered = range(days.start * _HOURS, days.stop * _HOURS) if days else range(0)
        return [hour for hour in self._whole(HOUR_S) if hour not in covered]

    def odd_ends(self, *, by_hour: bool) -> list[tuple[int, int]]:
        """What is left of its span, before and behind its whole days, or its whole hours."""
        if self.span is None:
            return []
        step_s = HOUR_S if by_hour else DAY_S
        whole = self._whole(step_s)
        if not whole:
            return [self.span]
        ends = (self.span[0], whole.start * step_s), (whole.stop * step_s, self.span[1])
        return [end for end in ends if end[0] < end[1]]

    def _whole(self, step_s: int) -> range:
        if self.span is None:
            return range(0)
        return range(-(-self.span[0] // step_s), self.span[1] // step_s)

    @property
    def is_summed(self) -> bool:
        """Whether the sums hold it: one further attribute at most, and no whole force to be left out."""
        if self.scope.force or len(self._further) > 1:
            return False
        return self.span is None or (len(self.days) <= _MOST_DAYS and bool(self.days or self.odd_hours))

    @property
    def is_narrowed(self) -> bool:
        """Whether it asks for more than what is on somebody's list."""
        return bool(self._further or self.severity)

    @property
    def _further(self) -> list[tuple[str, str]]:
        """What it asks for beside who sees it, its list, its severity and its department; a span without a value."""
        span = [("", "")] if self.span else []
        assigned = [(Facet.ASSIGNED.value, str(int(self.assigned)))] if self.assigned is not None else []
        return [*self.only, *assigned, *span]

    @property
    def levels(self) -> tuple[int, ...]:
        if self.span and not self.days:
            return (COARSEST,)
        return FACET_LEVELS if self._further else LEVELS

    @property
    def is_plain(self) -> bool:
        """Whether it is about no more than who may see it, its list, its severity and its department."""
        return self.is_summed and not (self._further or self.area)

    @property
    def sums(self) -> list[str]:
        """The conditions on the tally; of a span, for its whole days."""
        if self.span:
            return [*self._counted_by(Facet.DAY), _among(self.days)]
        facet, value = next(iter(self._further), (Facet.ALL.value, ""))
        return [*self._counted_by(facet), f"value = {_text(value)}"]

    @property
    def sums_of_odd_hours(self) -> list[str]:
        return [*self._counted_by(Facet.HOUR), _among(self.odd_hours)]

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


def _among(numbers: Iterable[int]) -> str:
    return f"value IN ({', '.join(_text(str(number)) for number in numbers) or 'NULL'})"


def _force(code: str) -> int:
    return 1 << FORCES.index(code)


def _text(code: str) -> str:
    """A code in SQL. None of ours holds anything but letters, digits and _; whatever else comes is a fault."""
    if not all(letter.isascii() and (letter.isalnum() or letter == "_") for letter in code):
        raise ValueError("not a code")
    return f"'{code}'"
