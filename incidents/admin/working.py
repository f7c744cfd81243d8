"""Several people at one incident: who is on it, what to ask before going on, and what the others did meanwhile."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from incidents.actions import check_out
from incidents.admin import listed, situations, timeline, twins
from incidents.admin.base import reader
from incidents.models import Checkout, Incident, TimelineEntry
from incidents.templatetags.incidents import spoken
from incidents.workflow import MOVES

# What is never kept waiting by somebody else's checkout: an answer to an alert, and a word about somebody in danger.
_URGENT = ("answer", "safe")
# Reading is no news to the others at the desk.
_QUIET = ("report.read", "reply.read")
TOLD = 5


@dataclass(frozen=True)
class OnIt:
    """Who has the incident, as its page says it."""

    code: str
    until: datetime
    is_mine: bool


def on_it(checkout: Checkout | None, person: Any) -> OnIt | None:
    if checkout is None or not checkout.is_running:
        return None
    return OnIt(checkout.person.code, checkout.until, checkout.person_id == person.pk)


def current(incident: Incident) -> Checkout | None:
    return Checkout.objects.filter(incident=incident).select_related("person").first()


def opened(request: HttpRequest, incident: Incident) -> None:
    """Whoever opens it works on it, unless somebody else does or nothing is left to do."""
    if incident.is_open:
        check_out.take(incident.pk, actor=reader(request))


def must_ask(request: HttpRequest, incident: Incident, step: str) -> bool:
    """Whether this step waits until its taker says that they take over."""
    is_urgent = step in _URGENT or (step == "move" and request.POST.get("code") == MOVES["acknowledge"].code)
    if is_urgent:
        return False
    if request.POST.get("take_over"):
        check_out.take_over(incident.pk, actor=reader(request))
        return False
    checkout = current(incident)
    return checkout is not None and checkout.binds(request.user)


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What was posted, to be posted once more by one click."""
    kept = [(name, value) for name, values in request.POST.lists() for value in values]
    return [(name, value) for name, value in kept if name not in ("csrfmiddlewaretoken", "take_over")]


def meanwhile(incident: Incident, user: Any, after: str) -> list[dict[str, str]]:
    """What others did since the entry that the page was shown with, newest first; nothing where that is not known."""
    if not (after.isascii() and after.isdigit() and len(after) <= 18):
        return []
    here = TimelineEntry.objects.filter(incident__in=twins.with_absorbed(incident), pk__gt=int(after))
    others = here.filter(~Q(actor=user.pk) | Q(actor=None)).exclude(event__in=_QUIET)
    rows = list(others.select_related("actor").order_by("-pk")[:TOLD])
    untold = situations.untold(incident, user) if rows else ()
    return [_news(row, incident) for row in rows if row.event not in untold]


def _news(row: TimelineEntry, incident: Incident) -> dict[str, str]:
    return {
        "who": row.actor.code if row.actor else _("Automatic"),
        "said": timeline.sentence(row),
        "when": spoken(timezone.localtime(row.at, incident.mission.zone)),
    }


class Working:
    """Mixed into the incidents' admin, beside `Steps`."""

    def working_urls(self) -> list[URLPattern]:
        posts = [
            path(
                f"<path:object_id>/{name}/",
                self._guarded(view, "working"),  # type: ignore[attr-defined]
                name=f"incidents_incident_{name}",
            )
            for name, view in (("on_it", self.on_it), ("leave", self.leave), ("take_over", self.take_over))
        ]
        now = self.admin_site.admin_view(self.now)  # type: ignore[attr-defined]
        return [*posts, path("<path:object_id>/now/", now, name="incidents_incident_now")]

    def on_it(self, request: HttpRequest, incident: Incident) -> HttpResponse:
        """Keep it for another while: the page posts this as long as somebody does something on it."""
        opened(request, incident)
        return JsonResponse(_said(incident, request))

    def leave(self, request: HttpRequest, incident: Incident) -> HttpResponse:
        check_out.give_back(incident.pk, actor=reader(request), known=_moment(request.POST.get("until", "")))
        # A page that is being left waits for no list.
        return HttpResponse(status=204) if "quietly" in request.POST else HttpResponseRedirect(listed.back(request))

    def take_over(self, request: HttpRequest, incident: Incident) -> HttpResponse:
        check_out.take_over(incident.pk, actor=reader(request))
        return self.saved(request, incident, _("It is yours now."))  # type: ignore[attr-defined]

    def now(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asked again and again while the page stands open: who has it, and what is new on it."""
        incident = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        news = meanwhile(incident, request.user, request.GET.get("after", ""))
        return JsonResponse({"news": news, **_said(incident, request)})


def _said(incident: Incident, request: HttpRequest) -> dict[str, Any]:
    """Whose it is, as the page says it, and for a script that gives it back until when."""
    found = on_it(current(incident), request.user)
    if found is None:
        return {"mine": False, "said": ""}
    given = {"code": found.code, "time": f"{timezone.localtime(found.until, incident.mission.zone):%H:%M}"}
    if found.is_mine:
        said = _("You have it until %(time)s, and for as long as you go on.") % given
        return {"mine": True, "said": said, "until": found.until.isoformat()}
    return {"mine": False, "said": _("%(code)s has it until %(time)s") % given}


def _moment(written: str) -> datetime | None:
    try:
        read = parse_datetime(written)
    except ValueError:
        return None
    return read if read and timezone.is_aware(read) else None
