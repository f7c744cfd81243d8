"""What a boundary or place lies in: the boundary above, found by the code or name that a row gives, or by position."""

import re
import unicodedata

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from incidents.models import Boundary, Mission
from incidents.places.lookup import DEPARTMENT_LEVEL, areas
from incidents.places.plan import Plan

_KINDS = re.compile(r"^(departamento|provincia|municipio)( de)? | (department|province|municipality)$", re.IGNORECASE)


class Above:
    """Read once for a whole file: the boundaries it hangs on are of another level, and don't change by it."""

    def __init__(self, mission: Mission, plan: Plan) -> None:
        levels = mission.boundaries.order_by("-level").values_list("level", flat=True).distinct()
        lower = [level for level in levels if level < plan.level]
        self.level = DEPARTMENT_LEVEL if plan.kind else next(iter(lower), 0)
        self.is_expected = bool(plan.kind) or plan.level > DEPARTMENT_LEVEL
        self._areas = areas(mission, self.level) if self.level else None
        rows = list(mission.boundaries.filter(level=self.level).defer("geometry"))
        self._by_id = {row.pk: row for row in rows}
        self._by_code = {row.code.casefold(): row for row in rows}
        self._by_name: dict[str, Boundary | None] = {}
        for row in rows:
            for name in {_plain(name) for name in row.names.values()}:
                # A name that two share names neither.
                self._by_name[name] = None if name in self._by_name else row

    def called(self, text: str) -> Boundary | None:
        """The one with this code, else with this name in any of its languages."""
        return self._by_code.get(text.casefold()) or self._by_name.get(_plain(text))

    def holding(self, geometry: BaseGeometry) -> Boundary | None:
        """The one in which a point inside the geometry lies, or which is nearest within 5 km."""
        if self._areas is None:
            return None
        inside: Point = geometry.representative_point()
        found = self._areas.holding(inside)
        return self._by_id.get(found) if found is not None else None


def _plain(name: str) -> str:
    """A name without accents, case, and the word for what kind of area it is."""
    bare = unicodedata.normalize("NFKD", _KINDS.sub("", name.strip()))
    return "".join(sign for sign in bare if not unicodedata.combining(sign)).casefold()
