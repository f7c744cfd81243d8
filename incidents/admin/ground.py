"""What lies under the desk's maps: where the browser finds the shipped ground, the towns, and a mission's own tiles.

Tiles of another server are let into the pages of the mission that named it, by its one origin, and nowhere else.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from incidents.admin.base import missions_of
from incidents.admin.ranges import Unsatisfiable, span
from incidents.models import Incident, Mission, Place
from incidents.models.ground import check_file

SHIPPED = {name: f"incidents/ground/{name}.json" for name in ("countries", "waters", "towns")}
LIBRARY = "incidents/vendor/protomaps-leaflet.js"
MAGIC = b"PMTiles\x03"
PIECE = 256 * 1024
TILES_AGE_S = 3_600
# More names than there is room for on any screen.
TOWN_LIMIT = 150

Answer = TypeVar("Answer", bound=HttpResponseBase)


def mission_of(request: HttpRequest, listed: Iterable[Incident]) -> Mission | None:
    """Whose ground the list's map has: that of what is listed first, which is at hand; else the reader's latest."""
    first = next(iter(listed), None)
    return first.mission if first else next(iter(missions_of(request)), None)


def drawn(mission: Mission | None) -> dict[str, Any]:
    """Addresses for the browser, the source of what it draws, and the zone whose clock the map goes by."""
    shipped = {name: static(file) for name, file in SHIPPED.items()}
    places = reverse("admin:incidents_incident_places")
    source = ["Natural Earth", "© GeoNames"]
    if mission is None:
        return {**shipped, "places": places, "source": " · ".join(source), "zone": "UTC", "tiles": None}
    source = [mission.map_attribution, *source] if mission.map_attribution else source
    return {
        **shipped,
        "places": places,
        "source": " · ".join(source),
        "zone": mission.time_zone,
        "tiles": _tiles(mission),
    }


def _tiles(mission: Mission) -> dict[str, str] | None:
    """The file before the server, which would learn what is looked at."""
    if mission.map_file:
        file = reverse("admin:incidents_incident_tiles", args=(mission.pk,))
        return {"file": file, "library": static(LIBRARY)}
    return {"address": mission.map_tiles} if mission.tiles_origin else None


def allowing(response: Answer, mission: Mission | None) -> Answer:
    """The page, let load pictures from the mission's tile server besides."""
    if mission and mission.tiles_origin and not mission.map_file:
        response._csp_update = {"img-src": [mission.tiles_origin]}  # type: ignore[attr-defined]
    return response


class Grounds:
    """Mixed into the admin of incidents: the addresses that their maps ask."""

    admin_site: Any

    def ground_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("places.json", view(self.places_json), name="incidents_incident_places"),
            path("tiles/<int:mission_id>.pmtiles", view(self.tiles_file, True), name="incidents_incident_tiles"),
        ]

    def places_json(self, request: HttpRequest) -> HttpResponse:
        """[[name, latitude, longitude], …]: towns of the reader's missions in the part of the map that is asked for."""
        bounds = _bounds(request.GET.get("bounds", ""))
        if bounds is None:
            return JsonResponse({"places": []})
        west, south, east, north = bounds
        missions = Mission.objects.visible_to(request.user)
        within = {"latitude__range": (south, north), "longitude__range": (west, east)}
        found = Place.objects.filter(mission__in=missions, kind=Place.Kind.LOCALITY, **within).distinct()
        rows = [[place.name, float(place.latitude), float(place.longitude)] for place in found[:TOWN_LIMIT]]
        return JsonResponse({"places": rows}, json_dumps_params={"ensure_ascii": False})

    def tiles_file(self, request: HttpRequest, mission_id: int) -> HttpResponseBase:
        """The mission's own tiles, or the part of them that was asked for."""
        mission = Mission.objects.visible_to(request.user).filter(pk=mission_id).first()
        there = file_of(mission.map_file) if mission else None
        if there is None:
            raise Http404
        return _part(request, there)


def _bounds(text: str) -> tuple[float, float, float, float] | None:
    """West, south, east, north in degrees; None for anything else."""
    try:
        west, south, east, north = (float(part) for part in text.split(",", 3))
    except ValueError:
        return None
    return (west, south, east, north) if -180 <= west <= east <= 180 and -90 <= south <= north <= 90 else None


def file_of(name: str) -> Path | None:
    """The file of that name among the tiles; None where there is none, or it lies elsewhere."""
    folder = Path(settings.TILES_DIR)
    there = folder / name
    return there if name and there.parent == folder and there.is_file() else None


def _part(request: HttpRequest, there: Path) -> HttpResponseBase:
    size = there.stat().st_size
    headers = {"Accept-Ranges": "bytes", "Cache-Control": f"private, max-age={TILES_AGE_S}", "Vary": "Cookie"}
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    # A part of a compressed whole is no part of the file; what is in it is compressed already.
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    try:
        part = span(request, size)
    except Unsatisfiable:
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    start, stop = part or (0, size)
    headers["Content-Length"] = str(stop - start)
    if part:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    status = 206 if part else 200
    kind = "application/vnd.pmtiles"
    return StreamingHttpResponse(_read(there, start, stop), status=status, content_type=kind, headers=headers)


def _read(there: Path, start: int, stop: int) -> Iterator[bytes]:
    with there.open("rb") as file:
        file.seek(start)
        while start < stop and (piece := file.read(min(PIECE, stop - start))):
            start += len(piece)
            yield piece


class GroundForm(forms.Form):
    """Mixed into the form of a mission."""

    def clean_map_file(self) -> str:
        name: str = self.cleaned_data["map_file"]
        if not name:
            return name
        check_file(name)
        there = file_of(name)
        if there is None:
            raise ValidationError(
                _("There is no such file. Put it into %(folder)s on the server, then save again."),
                params={"folder": settings.TILES_DIR},
            )
        with there.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise ValidationError(_("This file is not a PMTiles archive of version 3."))
        return name
