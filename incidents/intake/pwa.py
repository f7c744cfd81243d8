"""What makes the form an app that opens without a network: its worker, its manifest, and pages that say nothing.

The worker's text names every file it keeps, so that it changes, and is fetched anew, whenever one of them does.
"""

import hashlib
import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from incidents.intake import modules
from incidents.intake.devices import phone_of
from incidents.intake.pages import not_enrolled, page
from incidents.models import Mission, Place
from incidents.places.outline import outlines

GROUND = "#fbfaf8"
DECIMALS = 3


@cache_control(no_cache=True)
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    files = {"first": modules.first(), "rest": modules.rest()}
    stamp = hashlib.sha256(json.dumps([files, _scripts()]).encode()).hexdigest()
    kit = json.dumps({"cache": stamp[:16], **files}, separators=(",", ":"))
    return HttpResponse(f"self.kit={kit};importScripts(...{json.dumps(_scripts())})\n", "text/javascript")


def _scripts() -> list[str]:
    return [static(modules.script(name)) for name in modules.WORKER]


@cache_control(no_cache=True)
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """How a phone installs it. The name says as little as the pages do."""
    content = {
        "id": "/",
        "name": _("Notes"),
        "short_name": _("Notes"),
        "start_url": reverse("intake:report"),
        "scope": "/",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": GROUND,
        "icons": [_icon(size) for size in (192, 512)],
    }
    return JsonResponse(content, content_type="application/manifest+json")


def _icon(size: int) -> dict[str, str]:
    address = static(f"incidents/intake/icon-{size}.png")
    return {"src": address, "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any maskable"}


@never_cache
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """The same for everybody: what waits is known to the phone alone."""
    return page(request, "intake/outbox.html", {"modules": [modules.script(name) for name in modules.OUTBOX]})


@never_cache
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the worker shows where a page can't be had. What waits is sent from there too."""
    return page(request, "intake/offline.html", {"modules": [modules.script(name) for name in modules.RECEIPT]})


@never_cache
@require_safe
def ground(request: HttpRequest) -> HttpResponse:
    """What the map draws under a pin: coarse outlines, and the mission's places as [name, latitude, longitude]."""
    phone = phone_of(request)
    if phone is None or not phone.is_open:
        return not_enrolled(request)
    return JsonResponse({"outlines": outlines(phone.mission), "places": _places(phone.mission)})


def _places(mission: Mission) -> list[list[str | float]]:
    rows = Place.objects.filter(mission=mission).only("names", "latitude", "longitude")
    return [[row.name, round(float(row.latitude), DECIMALS), round(float(row.longitude), DECIMALS)] for row in rows]
