"""The feed of the list: what became different since a page asked last, as rows ready to stand in it.

The page brings back what it shows, as a token of one digest for each row, and when it asked last. Nothing is kept here
about who looks at what. Whether a row has left the filter, was merged away or may no longer be seen, the page is told
the same: which rows there are now. Knows no rules: the rows are those of the list's own view, by its own filters.
"""

import copy
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.contrib.admin.views.main import PAGE_VAR
from django.contrib.messages.storage import default_storage
from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.admin import saved_views
from incidents.admin.base import reader
from incidents.models import Alarm, Escalation, Incident, Membership, User

# A transaction may commit so long after it wrote down when the row was changed, and servers' clocks differ.
OVERLAP = timedelta(seconds=10)
# So often the list is looked at whatever was written down: deadlines pass, and what is on the page need not be a row.
LOOK_EVERY_S = 15
# Templates beside the row's, each in its own place on the page.
PARTS = ("count", "alarms", "undelivered", "rising", "foot")
OURS = ("token", "at", "counts")
DIGEST_BYTES, DIGEST = 6, 8
LONGEST_MOMENT = 15

# What a row shows, as paths from its incident where they lead somewhere; whatever `row.html` says more belongs here.
SHOWN = (
    "pk",
    "updated_at",
    "in_danger_now",
    "status",
    "assigned_to_id",
    "report_count",
    "unread_count",
    "escalation.deadline",
    "escalation.is_open",
    "checkout.person_id",
    "checkout.is_running",
)
# What stands around the rows, as the list's view hands it to its page.
AROUND = ("overdue_count", "held_count", "undelivered", "alarm_count")
OF_AN_ALARM = ("pk", "acknowledged_at", "heard_since", "escalation.is_overdue")


class Live:
    """Mixed into the incidents' admin, which brings `changelist_view`."""

    def live_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.live_json)  # type: ignore[attr-defined]
        return [path("live.json", view, name="incidents_incident_live")]

    def get_list_filter(self, request: HttpRequest) -> Any:
        """All chips for a page; for the feed only those that are asked, for nobody chooses from it."""
        every: Iterable[Any] = super().get_list_filter(request)  # type: ignore[misc]
        if not getattr(request, "asks_only", False):
            return every
        return [one for one in every if one.parameter_name in request.GET or one.parameter_name == "status"]

    def live_json(self, request: HttpRequest) -> JsonResponse:
        now = timezone.now()
        since, told = _moment(request.GET.get("at", "")), request.GET.get("token", "")
        answer: dict[str, Any] = {"at": int(now.timestamp() * 1_000)}
        asked = as_list(request)
        if since is None or _may_differ(reader(request), since, now):
            answer |= _differences(asked, self._listed(asked), told, since)
        if "counts" in request.GET:
            answer["counts"] = saved_views.counts(self, asked)
        return JsonResponse(answer)

    def _listed(self, asked: HttpRequest) -> dict[str, Any]:
        """What the list's view hands to its page; of a page beyond the last, for the list became shorter, the first."""
        while True:
            found = self.changelist_view(asked)  # type: ignore[attr-defined]
            context: dict[str, Any] = getattr(found, "context_data", {})
            if context or not asked.GET.pop(PAGE_VAR, None):  # type: ignore[misc]
                return context


def as_list(request: HttpRequest) -> HttpRequest:
    """The request as the list's own: without what only the feed is told, or its links would carry that on."""
    asked = copy.copy(request)
    asked.method = "GET"
    asked.GET = request.GET.copy()  # type: ignore[assignment]
    for name in OURS:
        asked.GET.pop(name, None)  # type: ignore[misc]
    asked.asks_only = True  # type: ignore[attr-defined]
    # What the view has to say to its reader is said by the page once, not by every question of the feed.
    asked._messages = default_storage(asked)  # type: ignore[attr-defined]
    return asked


def stamp(context: dict[str, Any]) -> dict[str, Any]:
    """What the page brings back when it asks: the token, and when it was made."""
    rows = [_digest(incident, SHOWN) for incident in context["cl"].result_list]
    return {
        "live_token": "".join([_around(context), *rows]),
        "live_at": int(timezone.now().timestamp() * 1_000),
        "live_words": words(),
    }


def _differences(request: HttpRequest, context: dict[str, Any], told: str, since: datetime | None) -> dict[str, Any]:
    if not context:  # an address that the list does not understand
        return {}
    token = stamp(context)["live_token"]
    if token == told:
        return {}
    shown = {told[start : start + DIGEST] for start in range(DIGEST, len(told), DIGEST)}
    incidents = list(context["cl"].result_list)
    other = [incident for incident in incidents if _digest(incident, SHOWN) not in shown]
    return {
        "token": token,
        "ids": [str(incident.pk) for incident in incidents],
        "rows": {str(incident.pk): _row(request, context, incident) for incident in other},
        # A row that comes up from the next page because another left is no news.
        "fresh": [str(incident.pk) for incident in other if since and incident.updated_at >= since - OVERLAP],
        "parts": {name: _rendered(request, name, context) for name in PARTS},
    }


def _row(request: HttpRequest, context: dict[str, Any], incident: Incident) -> str:
    return _rendered(request, "row", {"incident": incident, "may_handle": context["may_handle"]})


def _rendered(request: HttpRequest, name: str, context: dict[str, Any]) -> str:
    return render_to_string(f"admin/incidents/incident/{name}.html", context, request).strip()


def _around(context: dict[str, Any]) -> str:
    counted = [context.get(name) for name in AROUND]
    listed = [context["cl"].result_count, *(row.surge.pk for row in context["rising"])]
    return _hashed([*counted, *listed, *(_digest(alarm, OF_AN_ALARM) for alarm in context["alarms"])])


def _digest(row: Any, paths: Iterable[str]) -> str:
    return _hashed(_at(row, name) for name in paths)


def _at(row: Any, name: str) -> Any:
    try:
        return attrgetter(name)(row)
    except AttributeError:  # no clock runs, nobody has it
        return None


def _hashed(values: Iterable[Any]) -> str:
    """Keyed, so that a token says nothing of what it stands for."""
    said = "\x1f".join(map(str, values)).encode()
    made = blake2b(said, digest_size=DIGEST_BYTES, key=settings.SECRET_KEY.encode()[:64])
    return urlsafe_b64encode(made.digest()).decode()


def _moment(text: str) -> datetime | None:
    """When the page asked last, in milliseconds since 1970; None where it has not, or says nothing sensible."""
    if not (text.isascii() and text.isdigit() and len(text) < LONGEST_MOMENT):
        return None
    return datetime.fromtimestamp(int(text) / 1_000, UTC)


def _may_differ(user: User, since: datetime, now: datetime) -> bool:
    """Whether it is worth looking: something of the reader's missions was changed, or it is time to look anyway.

    Asked of the mission and not of what the reader sees, for what has left their sight is news too. An account linked
    to a force always looks, so that not even the time an answer takes tells of what is hidden from it.
    """
    turn = user.pk * 7 % LOOK_EVERY_S  # not everybody at once
    if user.linked_force or _slot(since, turn) != _slot(now, turn):
        return True
    missions = list(Membership.objects.filter(user=user).values_list("mission", flat=True))
    from_then = since - OVERLAP
    if Incident.objects.filter(mission__in=missions, updated_at__gte=from_then).exists():
        return True
    moments = ("raised_at", "acknowledged_at", "heard_since", "resolved_at")
    sounded = Q(*(Q(**{f"{name}__gte": from_then}) for name in moments), _connector=Q.OR)
    if Alarm.objects.filter(sounded, mission__in=missions).exists():
        return True
    return Escalation.objects.unanswered().filter(deadline__gte=from_then, deadline__lte=now).exists()


def _slot(moment: datetime, turn: int) -> int:
    return int(moment.timestamp() + turn) // LOOK_EVERY_S


def words() -> dict[str, str]:
    """What the page says by itself; numbers go where the %s stand."""
    return {
        "live": _("live"),
        "paused": _("paused"),
        "lost": _("connection lost since %s"),
        "out": _("signed out"),
        "sign_in": _("Sign in"),
        "one_new": _("1 new incident"),
        "many_new": _("%s new incidents"),
        "pill": _("%s new"),
        "new": _("New"),
        "now": _("just now"),
        "minutes": _("%(count)s min ago"),
        "hours": _("%(count)s h ago"),
        "sound_on": _("Sound on"),
        "sound_off": _("Sound off"),
        "chosen": _("%s chosen"),
        "failed": _("Not done: no connection. Try again."),
        "refused": _("Not done. Reload the page and try again."),
    }
