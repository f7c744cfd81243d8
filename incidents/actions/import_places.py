"""Taking polling stations and towns over from a sheet, by the reader and the rules of every file of places."""

from collections.abc import Iterator
from typing import ClassVar

from django.utils.translation import gettext_lazy

from incidents.actions.bulk import Bulk, Fault, Outcome, Result, Weighed
from incidents.models import Place
from incidents.places import load
from incidents.places.files import Feature, Layer
from incidents.places.files.feature import feature, from_text
from incidents.places.files.table import point
from incidents.places.plan import Plan
from incidents.sheet import shown
from incidents.sheet.columns import Column, Row

_RESULTS = {
    load.Result.NEW: Result.NEW,
    load.Result.HERE: Result.SAME,
    load.Result.CHANGED: Result.CHANGED,
    load.Result.REFUSED: Result.REFUSED,
}


class Places(Bulk):
    kind: ClassVar[str]
    event = "places.imported"
    columns = (
        Column("name", ("name", "nombre", "recinto"), "Colegio Ejemplo", gettext_lazy("As people call it."), True),
        Column("code", ("code", "código"), "X-000", gettext_lazy("Empty: made of its name and department.")),
        Column(
            "department",
            ("department", "departamento"),
            "La Paz",
            gettext_lazy("Name or code. Empty: the one that it lies in."),
        ),
        Column(
            "latitude", ("latitude", "latitud", "lat", "y"), "-16.500000", gettext_lazy("In degrees (WGS 84)."), True
        ),
        Column("longitude", ("longitude", "longitud", "lon", "x"), "-68.150000", gettext_lazy("In degrees."), True),
    )

    def weigh(self, rows: list[Row]) -> Weighed:
        self.rows = rows
        names = {row.number: row["name"] for row in rows}
        return Weighed([_outcome(told, names[told.row]) for told in self._load(is_rehearsal=True)])

    def write(self, outcomes: list[Outcome], *, take_away: bool) -> list[int]:
        for _told in self._load(is_rehearsal=False):
            pass
        return []

    def _load(self, *, is_rehearsal: bool) -> Iterator[load.Told]:
        columns = tuple(key for key in ("name", "code", "department") if any(row[key] for row in self.rows))
        layer = Layer(columns or ("name",), len(self.rows), self._features)
        return load.Load(self.mission, Plan(self.kind), layer, is_rehearsal).take_all()

    def _features(self) -> Iterator[Feature]:
        for row in self.rows:
            yield feature(row.number, dict(row.cells), from_text, point(row["latitude"], row["longitude"]))


class Stations(Places):
    code = "stations"
    kind = Place.Kind.POLLING_STATION.value


class Towns(Places):
    code = "towns"
    kind = Place.Kind.LOCALITY.value


def _outcome(told: load.Told, name: str) -> Outcome:
    faults = [Fault("", told.words)] if told.result is load.Result.REFUSED else []
    return Outcome(told.row, shown(name), _RESULTS[told.result], faults=faults, plan=told.words)
