"""Browser notifications for whoever is signed in at the desk: switched on and off by the browser that gets them."""

import json
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from incidents.actions.contact import by_browser, forget
from incidents.admin.base import reader
from incidents.models import Channel, Contact
from incidents.notifications.channels import webpush
from incidents.notifications.channels.base import ChannelFault

UNPROCESSABLE = 422


def push_urls(site: AdminSite) -> list[URLPattern]:
    def page(request: HttpRequest) -> HttpResponse:
        return _switch_on(request) if request.method == "POST" else _page(site, request)

    return [
        path("push/", site.admin_view(page), name="push"),
        path("push/off/", site.admin_view(_switch_off), name="push_off"),
        path("push/worker.js", worker, name="push_worker"),
    ]


def _page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    contact = Contact.objects.filter(user=reader(request), channel=Channel.WEBPUSH).first()
    shown = {
        **site.each_context(request),
        "title": _("Browser notifications"),
        "is_on": settings.WEBPUSH,
        "key": webpush.public_key() if settings.WEBPUSH else "",
        "contact": contact,
        "endpoint": contact.address if contact and contact.disabled_at is None else "",
    }
    return render(request, "admin/push/page.html", shown)


def _switch_on(request: HttpRequest) -> HttpResponse:
    """A browser's own subscription, as it writes it itself: {"endpoint": …, "keys": {"p256dh": …, "auth": …}}."""
    if not settings.WEBPUSH:
        return _refused(_("This server does not send browser notifications."))
    try:
        endpoint, keys = _subscription(request.body)
        by_browser(reader(request), endpoint, keys)
    except (ValueError, RecursionError, ChannelFault):
        return _refused(_("This browser's subscription could not be used. Try another browser."))
    return HttpResponse(status=204)


def _subscription(body: bytes) -> tuple[str, dict[str, str]]:
    """Raises ValueError."""
    given = json.loads(body)
    keys = given.get("keys") if isinstance(given, dict) else None
    found: list[Any] = [given.get("endpoint"), keys.get("p256dh"), keys.get("auth")] if isinstance(keys, dict) else []
    if not found or not all(isinstance(one, str) and one.isascii() and one.isprintable() for one in found):
        raise ValueError("not a subscription")
    return found[0], {"p256dh": found[1], "auth": found[2]}


def _refused(words: str) -> JsonResponse:
    return JsonResponse({"fault": words}, status=UNPROCESSABLE)


def _switch_off(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        forget(reader(request), Channel.WEBPUSH)
    return HttpResponseRedirect(reverse("admin:push"))


@cache_control(no_cache=True)
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Served from below the page, so that it has a say there and nowhere else. Holds nothing of anybody."""
    script = json.dumps(static("incidents/review/push_worker.js"))
    return HttpResponse(f"importScripts({script});\n", "text/javascript")
