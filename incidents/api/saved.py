"""Addresses that stay: what a mission has saved under a name, in any of the forms, within the key's own sight.

What it asks for may be changed by the mission, so there is no asking for changes since: who keeps a copy asks
/incidents.
"""

from typing import Any, ClassVar

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from incidents.api import filters
from incidents.api.export import key_of
from incidents.api.views import IncidentsCsv, IncidentsGeoJson, IncidentsJson, IncidentsXlsx
from incidents.models import SavedExport


class Saved:
    """Mixed into a form of the export: what is asked for stands in the row; the address may add `parameters`."""

    parameters: ClassVar[tuple[str, ...]] = ()

    def read(self, request: Request, **named: str) -> filters.Selection:
        filters.read(request.query_params, self.parameters)
        row = SavedExport.objects.filter(mission=key_of(request).mission, slug=named["slug"]).first()
        if row is None:
            raise NotFound(_("No address is saved under this name."))
        asked = self.completed(QueryDict(row.query, mutable=True))
        for name, values in request.query_params.lists():
            asked.setlist(name, values)
        selection = filters.read(asked, (*filters.SAVED, *self.parameters))
        selection.set_at = row.changed_at
        return selection

    def completed(self, asked: QueryDict) -> QueryDict:
        return asked


class SavedTable(Saved):
    def completed(self, asked: QueryDict) -> QueryDict:
        """Spreadsheets take a table without a byte order mark for another alphabet."""
        asked.setdefault("bom", "1")
        return asked


class SavedObjects(Saved):
    def read(self, request: Request, **named: str) -> filters.Selection:
        selection = super().read(request, **named)
        if selection.profile:
            raise NotFound(
                _("This is saved with the columns of a profile, which are for tables: ask for .csv or .xlsx.")
            )
        return selection


class SavedJson(SavedObjects, IncidentsJson):
    """A page of what is saved under this name."""

    parameters: ClassVar[tuple[str, ...]] = ("limit", "cursor")


class SavedGeoJson(SavedObjects, IncidentsGeoJson):
    """All that is saved under this name, as one FeatureCollection."""


class SavedCsv(SavedTable, IncidentsCsv):
    """All that is saved under this name, as one table that spreadsheets open as it is."""


class SavedXlsx(SavedTable, IncidentsXlsx):
    """All that is saved under this name, as a workbook."""


FORMS: dict[str, Any] = {"json": SavedJson, "geojson": SavedGeoJson, "csv": SavedCsv, "xlsx": SavedXlsx}
