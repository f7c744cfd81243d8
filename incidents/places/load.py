"""From files to boundaries and places, row by row. Loading a file again changes what differs and adds what is new.

Rows are written in small transactions: whatever stops a load, running it again goes on from there. What is in the
mission and not in the file stays, for reports may name it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from incidents.models import Boundary, Mission, Place
from incidents.places import geometry as drawing
from incidents.places.above import Above
from incidents.places.files import Feature, Layer, open_layer
from incidents.places.plan import FALLBACK_LANGUAGE, Plan, columns
from incidents.statement.fields import storable

BATCH = 100
NAME_LIMIT = 200
LANGUAGE_LIMIT = 12


class Result(Enum):
    NEW = "new"
    HERE = "here"
    CHANGED = "changed"
    REFUSED = "refused"


@dataclass(frozen=True)
class Told:
    """What became of a row. `words` say why it was refused and what to do, or what was done to it besides."""

    row: int
    result: Result
    words: str = ""


class RowFault(Exception):
    """This row can't be used; in words for a person, with what to do."""


@dataclass
class Load:
    """One file on its way into one mission. Raises FileFault where its columns don't fit."""

    mission: Mission
    plan: Plan
    layer: Layer
    is_rehearsal: bool = False
    tally: Counter[Result] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.language = (self.mission.languages or [FALLBACK_LANGUAGE])[0]
        self.columns = columns(self.plan, self.layer.columns, self.language)
        self.above = Above(self.mission, self.plan)
        self._rows: dict[str, int] = {}
        self._alike: Counter[str] = Counter()
        self._places = {place.code: place for place in self.mission.places.all()} if self.plan.kind else {}

    @property
    def read(self) -> int:
        return self.tally.total()

    def take_all(self) -> Iterator[Told]:
        """Store row after row and tell of each; what was told is stored."""
        features = self.layer.read()
        while batch := list(islice(features, BATCH)):
            with transaction.atomic():
                told = [self._take(feature) for feature in batch]
            self.tally.update(one.result for one in told)  # before anybody can stop listening
            yield from told

    def _take(self, feature: Feature) -> Told:
        try:
            if feature.geometry is None:
                raise RowFault(feature.fault)
            result, words = self._store(feature, feature.geometry)
        except (RowFault, drawing.OutlineFault) as fault:
            return Told(feature.number, Result.REFUSED, str(fault))
        except ShapelyError:
            return Told(feature.number, Result.REFUSED, _("The outline can't be mended. Draw it again."))
        return Told(feature.number, result, words)

    def _store(self, feature: Feature, geometry: BaseGeometry) -> tuple[Result, str]:
        names = self._names(feature.values)
        stated = _text(feature.values.get(self.columns.parent))
        if self.plan.kind:
            latitude, longitude = drawing.position(geometry)
            above = self._parent(stated, geometry)
            code = self._code(feature, names, stated or (above.name if above else ""))
            fields = {"names": names, "latitude": latitude, "longitude": longitude, "department": above}
            return self._place(code, fields), self._remark(above)
        drawn, was_mended = drawing.area(geometry)
        above = self._parent(stated, drawn)
        code = self._code(feature, names, stated or (above.name if above else ""))
        result = self._boundary(code, {"names": names, "geometry": drawing.as_json(drawn), "parent": above})
        mended = _("The outline crossed itself and was mended; look at it on the map.") if was_mended else ""
        return result, " ".join(filter(None, (mended, self._remark(above))))

    def _names(self, values: dict[str, Any]) -> dict[str, str]:
        given = values.get("names") if not self.columns.names else None
        pairs = given if isinstance(given, dict) else {code: values.get(n) for code, n in self.columns.names.items()}
        names = {_text(code)[:LANGUAGE_LIMIT]: name for code, value in pairs.items() if (name := _text(value))}
        if not names:
            raise RowFault(_("There is no name. Give one, or leave the row out."))
        if max(map(len, names.values())) > NAME_LIMIT:
            raise RowFault(_("The name is longer than %(max)d characters. Shorten it.") % {"max": NAME_LIMIT})
        return names

    def _parent(self, stated: str, geometry: BaseGeometry) -> Boundary | None:
        """The boundary above: the one the row names, else the one that holds it."""
        found = self.above.called(stated) if stated else None
        if stated and found is None and self.columns.is_parent_named:
            message = _("No boundary above is called %(name)s. Load that level first, or correct the row.")
            raise RowFault(message % {"name": stated[:60]})
        return found or self.above.holding(geometry)

    def _remark(self, above: Boundary | None) -> str:
        return _("It lies in no boundary above.") if above is None and self.above.is_expected else ""

    def _code(self, feature: Feature, names: dict[str, str], above: str) -> str:
        """The row's code, else one made of its name and what it lies in. One code is one row of the file."""
        code = _text(feature.values.get(self.columns.code)) if self.columns.code else ""
        if self.columns.code and not code:
            raise RowFault(_("There is no code. Give one, or leave the row out."))
        code = code or self._made(next(iter(names.values())), above)
        limit = (
            Place._meta.get_field("code").max_length if self.plan.kind else Boundary._meta.get_field("code").max_length
        )
        if len(code) > (limit or 0):
            raise RowFault(_("The code is longer than %(max)d characters. Shorten it.") % {"max": limit})
        first = self._rows.setdefault(code, feature.number)
        if first != feature.number:
            raise RowFault(_("The same code as in row %(row)d. Give each its own.") % {"row": first})
        return code

    def _made(self, name: str, above: str) -> str:
        """Two of one name in one department are told apart by their order in the file."""
        code = code_of(name, above) + ("-station" if self.plan.is_station else "")
        self._alike[code] += 1
        return code if self._alike[code] == 1 else f"{code}-{self._alike[code]}"

    def _boundary(self, code: str, fields: dict[str, Any]) -> Result:
        known = self.mission.boundaries.filter(code=code).first()
        if known and known.level != self.plan.level:
            message = _("This code is a boundary of level %(level)d already. Is it the right level?")
            raise RowFault(message % {"level": known.level})
        return self._write(known or Boundary(mission=self.mission, level=self.plan.level, code=code), fields)

    def _place(self, code: str, fields: dict[str, Any]) -> Result:
        known = self._places.get(code)
        if known and known.kind != self.plan.kind:
            message = _("This code is already that of a place of another kind: %(kind)s.")
            raise RowFault(message % {"kind": known.get_kind_display()})
        return self._write(known or Place(mission=self.mission, kind=self.plan.kind, code=code), fields)

    def _write(self, row: Boundary | Place, fields: dict[str, Any]) -> Result:
        is_new = row._state.adding
        if not is_new and all(_is_same(row, name, value) for name, value in fields.items()):
            return Result.HERE
        for name, value in fields.items():
            setattr(row, name, value)
        if not self.is_rehearsal:
            row.save()
        return Result.NEW if is_new else Result.CHANGED


def _is_same(row: Boundary | Place, name: str, value: Any) -> bool:
    if isinstance(value, Boundary):  # by its id: the row itself would be fetched with its whole outline
        return bool(getattr(row, f"{name}_id") == value.pk)
    before = getattr(row, name)
    return drawing.is_same(before, value) if name == "geometry" else bool(before == value)


def load_file(mission: Mission, path: Path, plan: Plan) -> Counter[Result]:
    """Load a whole file and count. Raises FileFault."""
    work = Load(mission, plan, open_layer(path))
    for _told in work.take_all():
        pass
    return work.tally


def _text(value: Any) -> str:
    """A value as text: whole numbers without a decimal point, nothing for what is missing."""
    if value is None or isinstance(value, dict | list):
        return ""
    whole = isinstance(value, float) and value.is_integer()
    return storable(int(value) if whole else value).strip()


_GENERIC = re.compile(r"\s+(department|province|municipality)$", re.IGNORECASE)


def code_of(name: str, above: str) -> str:
    """A stable code from name and what it lies in: plain letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", f"{_GENERIC.sub('', above)} {name}")
    ascii_only = plain.encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")
