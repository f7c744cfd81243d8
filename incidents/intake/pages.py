"""How a monitor's page is made: which mission it belongs to, and bytes that always leave."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from incidents import languages
from incidents.intake import modules, trouble
from incidents.models import Mission


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, mission: Mission | None = None, status: int = 200
) -> HttpResponse:
    """The rendered page. Half characters in what was typed become question marks instead of a fault."""
    demonstration = mission.is_demonstration if mission else settings.DEMO
    context = {"mission": mission, "demonstration": demonstration, "languages": _languages(mission), **context}
    html = render_to_string(template, context, request)
    return HttpResponse(html.encode("utf-8", "replace"), status=status)


def is_looked_at(request: HttpRequest) -> bool:
    """Whether a person has the page before them: a browser that fetches ahead has shown nobody anything."""
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return request.method == "GET" and "prefetch" not in purpose


def _languages(mission: Mission | None) -> list[str]:
    """What a reader may switch to: all we have, those of the mission in front."""
    preferred = mission.languages if mission and isinstance(mission.languages, list) else []
    return languages.first([code for code, _label in settings.LANGUAGES], preferred)


def given_back(request: HttpRequest, *, status: int) -> HttpResponse:
    """What was sent, ready to be sent again unchanged; made without the database, for that is what failed."""
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    context = {
        "words": request.POST.get("words", ""),
        "fields": [(name, value) for name, value in sent if name not in ("words", "switch_language")],
        "had_photo": bool(request.FILES),
        "address": request.path,
    }
    html = render_to_string("intake/given_back.html", context)
    return HttpResponse(html.encode("utf-8", "replace"), status=status)


def giving_back(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A form's view whose database is gone gives back what was sent."""

    @wraps(view)
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, **kwargs)
        except trouble.DATABASE_FAULTS as fault:
            if request.method != "POST":
                raise
            return given_back(request, status=trouble.status_of(fault))

    return answer


def closed(request: HttpRequest, mission: Mission) -> HttpResponse:
    """In place of what leads to a new report. Whatever is sent all the same is taken: it may have been on its way."""
    context = {"modules": [modules.script(name) for name in modules.RECEIPT]}
    return page(request, "intake/mission_closed.html", context, mission=mission)


def not_enrolled(request: HttpRequest) -> HttpResponse:
    """For a phone that holds no valid credential."""
    return page(request, "intake/closed.html", {}, status=403)
