"""The pages: the same for everybody, whoever asks. No session is looked at, no cookie is set, nothing is remembered.

A mission that is unknown, closed, or has no public page is not there. The tag is made of what is sent, for a tag that
counted the mission's changes would tell when something happens that is not public.
"""

import hashlib
import json
from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from incidents.api.public import shown
from incidents.languages import DESK, at_desk
from incidents.models import Mission
from incidents.places.outline import named_outlines
from incidents.taxonomy import Category

PAGE_AGE_S, AREAS_AGE_S = 60, 3_600
LANGUAGE, CATEGORY = "lang", "category"

View = Callable[[HttpRequest, Mission], HttpResponse]


def for_everybody(age_s: int) -> Callable[[View], Callable[..., HttpResponse]]:
    def wrapping(view: View) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @require_safe
        @wraps(view)
        def answer(request: HttpRequest, slug: str) -> HttpResponse:
            mission = Mission.objects.filter(slug=slug, has_public_page=True).exclude(mode=Mission.Mode.CLOSED).first()
            if mission is None:
                raise Http404
            language = _language(request, mission)
            with translation.override(language):
                response = _unless_known(request, view(request, mission))
            response.headers["Cache-Control"] = f"public, max-age={age_s}"
            response.headers["Content-Language"] = language
            patch_vary_headers(response, ("Accept-Language",))
            return response

        return answer

    return wrapping


def framed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Other sites may frame it. Said on every answer: what is only "not modified" brings its headers along."""

    @xframe_options_exempt
    @wraps(view)
    def answer(request: HttpRequest, slug: str) -> HttpResponse:
        response = view(request, slug)
        response._csp_replace = {"frame-ancestors": ["*"]}  # type: ignore[attr-defined]
        return response

    return answer


@for_everybody(PAGE_AGE_S)
def page(request: HttpRequest, mission: Mission) -> HttpResponse:
    return _rendered("public/page.html", request, mission)


@framed
@for_everybody(PAGE_AGE_S)
def embed(request: HttpRequest, mission: Mission) -> HttpResponse:
    """The same in short, for a frame in anybody's page."""
    return _rendered("public/embed.html", request, mission)


@for_everybody(AREAS_AGE_S)
def areas(request: HttpRequest, mission: Mission) -> HttpResponse:
    """The departments, as the map draws them."""
    drawn = named_outlines(mission, translation.get_language() or "")
    body = json.dumps(drawn, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(body, content_type="application/geo+json")


def _rendered(template: str, request: HttpRequest, mission: Mission) -> HttpResponse:
    """Without the request: its page would hold who is signed in, or a token."""
    category = request.GET.get(CATEGORY, "")
    if category and category not in Category.values:
        raise Http404  # a misspelt one must not mean everything
    context = shown.context(mission, category)
    return HttpResponse(render_to_string(template, {**context, "languages": DESK}))


def _language(request: HttpRequest, mission: Mission) -> str:
    """By the address, else the browser, else the mission; in one of the two that the page speaks."""
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    theirs = mission.languages if isinstance(mission.languages, list) else []
    wanted = [request.GET.get(LANGUAGE, ""), *(code.split("-")[0] for code, _weight in accepted), *map(str, theirs)]
    return next((near for near in map(at_desk, wanted) if near), DESK[0])


def _unless_known(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    tag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if "*" in known or any(one.removeprefix("W/") == tag for one in known):
        response = HttpResponseNotModified()
    response.headers["ETag"] = tag
    return response
