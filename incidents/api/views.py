"""The partners' export of incidents: pages of JSON, GeoJSON, a stream of features, CSV. Reads releases alone."""

from typing import Any, ClassVar

from django.http import JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.views import APIView

from incidents.api import columns, filters, formats, paging, workbook
from incidents.api.export import Export, key_of, note_for, releases_for, sight
from incidents.api.negotiation import ByAddress
from incidents.api.reference import Boundaries, Categories, Summary
from incidents.models import Release
from incidents.models.release import ReleaseQuerySet

FIELDS = ("public_id", "feature", "updated_at", "occurred_at", "change")


class IncidentsJson(Export):
    """A page of incidents; with `since` or `updated_since`, also what was withdrawn or is no longer chosen."""

    parameters: ClassVar[tuple[str, ...]] = (*filters.FILTERS, "since", "fields", *filters.PAGING)

    def answer(self, request: Request, selection: filters.Selection, **named: str) -> HttpResponseBase:
        begun = self._begun(request, selection)
        rows, shown = self._rows(request, selection), selection.limit
        page = list(rows[: shown + 1])
        body: dict[str, Any] = {"items": [formats.item(row, selection.fields) for row in page[:shown]], "next": None}
        if len(page) > shown:
            last = selection.position_of(page[shown - 1])
            body["next"] = paging.address_after(request, last, begun, sort=selection.sort)
        if selection.sort == "change" and "since" in self.parameters:
            read = page[:shown][-1]["change"] if page else 0
            seen = read if len(page) > shown else max(read, self.newest[0])
            # These pages told nothing of what was withdrawn since the first of them was read.
            body["changes"] = paging.address_since(request, seen if selection.wants_changes else min(seen, begun))
        if note := note_for(key_of(request)):
            body["note"] = note
        response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
        if body["next"]:
            response.headers["Link"] = f'<{body["next"]}>; rel="next"'
        return response

    def _begun(self, request: Request, selection: filters.Selection) -> int:
        """The newest change when the first of these pages was read."""
        if selection.after is None:
            return self.newest[0]
        return paging.begun(request.query_params["cursor"])

    def _rows(self, request: Request, selection: filters.Selection) -> Any:
        if not selection.wants_changes:
            return selection.of(releases_for(request)).values(*FIELDS)
        key = key_of(request)
        return selection.changes(Release.objects.changes_for_key(key), sight(key)).values(*FIELDS, "fits")


class Chosen(Export):
    """All chosen incidents in one answer, sent while it is read."""

    parameters: ClassVar[tuple[str, ...]] = (*filters.FILTERS, "fields", "sort")

    def chosen(self, request: Request, selection: filters.Selection) -> ReleaseQuerySet:
        return selection.of(releases_for(request))


class IncidentsGeoJson(Chosen):
    """All incidents as one FeatureCollection."""

    media_types: ClassVar[tuple[str, ...]] = ("application/geo+json", "application/json")

    def answer(self, request: Request, selection: filters.Selection, **named: str) -> HttpResponseBase:
        rows, note = self.chosen(request, selection), note_for(key_of(request))
        return self.stream(request, lambda: formats.collection(rows, note, selection.fields))


class IncidentsSequence(Chosen):
    """All incidents as a stream of features, for programs that read one at a time."""

    # GDAL asks for the last two, whatever it is about to read.
    media_types: ClassVar[tuple[str, ...]] = ("application/geo+json-seq", "application/json", "text/plain")

    def answer(self, request: Request, selection: filters.Selection, **named: str) -> HttpResponseBase:
        rows = self.chosen(request, selection)
        return self.stream(request, lambda: formats.sequence(rows, selection.fields))


class Table(Chosen):
    """What tables share: the columns, agreed or of a profile."""

    parameters: ClassVar[tuple[str, ...]] = (*Chosen.parameters, "profile")

    def table(self, request: Request, selection: filters.Selection) -> tuple[Any, dict[str, str]]:
        """The rows with the columns they are to show, and the hashtags of these."""
        known = columns.named(selection.profile)
        shown = {name: known[name] for name in selection.fields or known}
        rows = self.chosen(request, selection)
        return columns.with_columns(rows, key_of(request).mission, tuple(shown), selection.profile), shown


class IncidentsCsv(Table):
    """All incidents as one table."""

    media_types: ClassVar[tuple[str, ...]] = ("text/csv; charset=utf-8", "text/csv", "text/plain")
    parameters: ClassVar[tuple[str, ...]] = (*Table.parameters, "bom")

    def answer(self, request: Request, selection: filters.Selection, **named: str) -> HttpResponseBase:
        out, shown = self.table(request, selection)
        response = self.stream(request, lambda: formats.table(out, shown, bom=selection.bom))
        response.headers["Content-Disposition"] = 'attachment; filename="incidents.csv"'
        return response


class IncidentsXlsx(Table):
    """All incidents as a workbook."""

    media_types: ClassVar[tuple[str, ...]] = ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",)

    def answer(self, request: Request, selection: filters.Selection, **named: str) -> HttpResponseBase:
        if not workbook.is_possible():
            raise NotFound(_("This server makes no workbooks: incidents.csv with bom=1 opens in Excel."))
        out, shown = self.table(request, selection)
        response = self.stream(request, lambda: workbook.pieces(out, shown))
        response.headers["Content-Disposition"] = 'attachment; filename="incidents.xlsx"'
        return response


class Index(Export):
    """Where what is found, for whoever begins."""

    parameters: ClassVar[tuple[str, ...]] = ()
    tells_of_releases = False
    exports: ClassVar[dict[str, type[Export]]] = {
        "incidents": IncidentsJson,
        "incidents-geojson": IncidentsGeoJson,
        "incidents-geojsonseq": IncidentsSequence,
        "incidents-csv": IncidentsCsv,
        "incidents-xlsx": IncidentsXlsx,
        "boundaries": Boundaries,
        "categories": Categories,
        "summary": Summary,
    }

    def answer(self, request: Request, selection: filters.Selection, **named: str) -> HttpResponseBase:
        links = [
            {
                "rel": "item",
                "href": request.build_absolute_uri(reverse(f"api:{name}")),
                "type": view.media_types[0].partition(";")[0],
                "parameters": list(view.parameters),
            }
            for name, view in self.exports.items()
        ]
        return JsonResponse({"title": "Observer", "mission": key_of(request).mission.slug, "links": links})


class Nowhere(APIView):
    """An address that leads nowhere, told in the same form as every other error."""

    content_negotiation_class = ByAddress
    media_types: ClassVar[tuple[str, ...]] = ("*/*",)
    authentication_classes = []
    permission_classes = []
    throttle_classes = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound(_("There is nothing at this address."))
