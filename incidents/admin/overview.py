"""The overview for whoever leads a mission: what happened in a period, who answered how soon, who is heard from.

Made to be read, and printed by the browser. Everything on it counts what its reader may see, and leads to the list.
"""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incidents.admin import overview_charts as charts
from incidents.admin import overview_period as periods
from incidents.admin import overview_tables as tables
from incidents.admin import overview_words as words
from incidents.admin import situations, watching
from incidents.admin.base import missions_of, reader
from incidents.admin.overview_period import Period, PeriodForm
from incidents.admin.overview_tables import Links, Tile, severity_label
from incidents.admin.timeline import label
from incidents.models import Alarm, Boundary, Channel, Mission, Situation, Surge, User, coverage, overview, response
from incidents.models.incident import IncidentQuerySet
from incidents.models.overview import Key, Span, along
from incidents.roles import Action
from incidents.taxonomy import RELEASABLE, Category, Held, Perpetrator, Severity
from incidents.workflow import OPEN

UNPROCESSABLE = 422
# A situation that nothing was added to for so long does not develop any more.
SITUATIONS_OF = timedelta(hours=24)


def overview_urls(site: AdminSite) -> list[URLPattern]:
    @require_safe
    def page(request: HttpRequest) -> HttpResponse:
        return _page(site, request)

    return [path("overview/", site.admin_view(page), name="overview")]


def _page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    if not reader(request).may(Action.VIEW_INCIDENT):
        raise PermissionDenied
    missions = missions_of(request)
    mission = _asked(missions, request.GET.get("mission", ""))
    shown = {**site.each_context(request), "title": _("Overview"), "missions": missions, "mission": mission}
    if mission is None:
        return TemplateResponse(request, "admin/overview/page.html", shown)
    now = timezone.now()
    form, period = _period(request, mission, now)
    shared = {"mission": str(mission.pk)} if len(missions) > 1 else {}
    shown |= {"form": form, "period": period, "now": now.astimezone(mission.zone), "shared": shared}
    shown |= _choices(period, shared) | _numbers(reader(request), mission, period, now, shared)
    return TemplateResponse(request, "admin/overview/page.html", shown, status=UNPROCESSABLE if form.errors else 200)


def _asked(missions: list[Mission], asked: str) -> Mission | None:
    """The mission asked for, else the first. Raises Http404 for one that is not the reader's."""
    if not asked:
        return missions[0] if missions else None
    found = next((one for one in missions if str(one.pk) == asked), None)
    if found is None:
        raise Http404
    return found


def _period(request: HttpRequest, mission: Mission, now: datetime) -> tuple[PeriodForm, Period]:
    """What was typed, else what was chosen, else the usual one; where what was typed is refused, that too."""
    typed = {name: request.GET[name] for name in ("since", "until") if request.GET.get(name)}
    form = PeriodForm(typed or None, zone=mission.zone)
    if typed and form.is_valid():
        return form, Period("", Span(form.cleaned_data["since"], form.cleaned_data["until"]), mission.zone)
    asked = request.GET.get("period", "")
    code = asked if asked in periods.LABELS else periods.usual(mission, now)
    extent = overview.extent(request.user, mission) if code == "all" else Span()
    period = periods.named(code, mission, now, extent)
    form.initial = dict(zip(("since", "until"), period.typed, strict=True))
    return form, period


def _choices(period: Period, shared: dict[str, str]) -> dict[str, Any]:
    links = [(code, text, "?" + urlencode({"period": code, **shared})) for code, text in periods.LABELS.items()]
    again = {"since": period.typed[0], "until": period.typed[1]} if not period.code else {"period": period.code}
    return {"choices": links, "label": periods.LABELS.get(period.code, ""), "again": "?" + urlencode(again | shared)}


def _numbers(user: User, mission: Mission, period: Period, now: datetime, shared: dict[str, str]) -> dict[str, Any]:
    standing, any_time = overview.now(user, mission, now), Links(shared)
    links = Links({"held": "no", **shared, **({"time": period.asked} if period.asked else {})})
    places = list(coverage.departments(user, mission, now))
    names: dict[int | None, str] = {place.pk: place.name for place in places}
    names[None] = _("Without a department")
    return {
        **_counted(user, mission, period, now, names, links),
        "now_tiles": _now_tiles(user, mission, standing, any_time),
        "hands": tables.hands(standing.hands, user.pk, any_time),
        "hands_finding": words.in_hand(standing),
        "hand_kinds": [("grave", _("critical or major"))],
        **_rising(user, mission, standing, any_time, now),
        **_coverage(user, mission, period, places, now),
        "expected_link": any_time.of("checkin"),
        "missed_link": any_time.of("checkin", status="over", outcome="silent", time=period.asked),
        **_told(user, mission, period, any_time),
    }


def _counted(user: User, mission: Mission, period: Period, now: datetime, names: Any, links: Links) -> dict[str, Any]:
    rows = overview.within(user, mission, period.span)
    before = overview.by(overview.within(user, mission, period.before), "severity") if period.before else None
    kinds = overview.by(rows, "category", "status", "verification")
    statuses = along(kinds, 1)
    is_open = sum(statuses[status] for status in OPEN)
    answers = response.answers(rows, now)
    return {
        **(found := _where_and_when(rows, period, names, links)),
        **_kinds(kinds, overview.accused(rows), links),
        "tiles": _tiles(found["by_severity"], before, is_open, links),
        "statuses_finding": words.open_of(is_open, kinds.total()),
        "clocks": tables.clocks(answers, response.until_taken_on(rows), response.until_read(rows)),
        "clocks_finding": words.answered(answers),
        "clock_kinds": tables.clock_kinds(),
    }


def _where_and_when(rows: IncidentQuerySet, period: Period, names: Any, links: Links) -> dict[str, Any]:
    edges, width = periods.edges(period)
    there = overview.by(overview.in_parts(rows, edges), "department", "severity", "stretch")
    total, severities, parts = there.total(), along(there, 1), along(there, 2, 1)
    kinds = [kind for kind in charts.STACK if severities[kind]]
    spans = {
        part: words.between(begins.astimezone(period.zone), ends.astimezone(period.zone), width)
        for part, (begins, ends) in enumerate(pairwise(edges))
    }
    return {
        "total": total,
        "by_severity": severities,
        "columns": charts.columns(parts, edges, width, period.zone) if total else None,
        "columns_finding": words.when(along(parts, 0), spans),
        "columns_rows": tables.over_time(parts, kinds, spans),
        "severities": [(kind or "ungraded", severity_label(kind)) for kind in kinds],
        "departments": tables.by_department(there, names, kinds, links),
        "departments_finding": words.where(along(there, 0), names, total),
    }


def _kinds(kinds: Counter[Key], forces: Counter[Any], links: Links) -> dict[str, Any]:
    total = kinds.total()
    categories, statuses, verified = along(kinds, 0), along(kinds, 1), along(kinds, 2)
    return {
        "categories": tables.categories(categories, links, total),
        "categories_finding": words.what(categories, Category, total),
        "forces": tables.forces(forces, links, total),
        "forces_finding": words.who(forces, Perpetrator, total),
        "statuses": tables.statuses(statuses, links, total),
        "verifications": tables.verifications(verified, links, total),
        "verifications_finding": words.borne_out(sum(verified[level] for level in RELEASABLE), total),
    }


def _tiles(severities: Any, before: Any, is_open: int, links: Links) -> list[Tile]:
    def compared(count: int, *kinds: str) -> str:
        return words.compared(count, None if before is None else sum(before[(kind,)] for kind in kinds))

    critical, major = severities[Severity.CRITICAL], severities[Severity.MAJOR]
    total = severities.total()
    return [
        Tile(_("Incidents"), total, links.to(), compared(total, *charts.STACK)),
        Tile(
            _("Critical"), critical, links.to(severity=Severity.CRITICAL.value), compared(critical, Severity.CRITICAL)
        ),
        Tile(_("Major"), major, links.to(severity=Severity.MAJOR.value), compared(major, Severity.MAJOR)),
        Tile(_("Still open"), is_open, links.to(status="open")),
    ]


def _now_tiles(user: User, mission: Mission, standing: overview.Now, links: Links) -> list[Tile]:
    alarms = Alarm.objects.visible_to(user).filter(mission=mission).open().count()
    return [
        Tile(_("Reporters in danger"), standing.danger, links.to(danger="yes"), is_grave=True),
        Tile(_("Overdue"), standing.overdue, links.to(answer="overdue"), is_grave=True),
        Tile(_("Open alarms"), alarms, links.of("alarm"), is_grave=True),
        Tile(_("All that are open"), standing.open, links.to(status="open")),
    ]


def _rising(user: User, mission: Mission, standing: overview.Now, links: Links, now: datetime) -> dict[str, Any]:
    """What goes on now: rises that nobody has seen yet, situations of the last hours, and what is held apart."""
    surges = Surge.objects.visible_to(user).to_show().filter(mission=mission)
    surges = surges.select_related("department", "mission").defer("department__geometry")
    rises = [(watching.what(one), watching.why(one), links.to(surge=one.pk)) for one in surges]
    live = Situation.objects.live().filter(mission=mission, last_at__gte=now - SITUATIONS_OF)
    extents = live.seen_by(user)
    found = live.filter(pk__in=extents).select_related("mission", "department").defer("department__geometry")
    made_out = [
        (situations.brief(one, extents[one.pk]), links.to(situation=one.pk)) for one in found.order_by("-last_at")
    ]
    held = [(label(Held, kind), count) for kind, count in standing.held.items()]
    return {
        "rises": rises,
        "situations": made_out,
        "held": held,
        "held_link": links.to(status="held"),
        "rising_finding": words.rising(len(rises), len(made_out)),
    }


def _coverage(user: User, mission: Mission, period: Period, places: list[Boundary], now: datetime) -> dict[str, Any]:
    covered = coverage.covered(user, mission, period.reach)
    names: dict[int | None, str] = {place.pk: place.name for place in places}
    names[None] = _("All departments, or none")
    manned = {place.pk: place.manned for place in places}  # type: ignore[attr-defined]
    return {
        "may_see_monitors": not user.linked_force,
        "cover": covered.all,
        "cover_finding": words.heard(covered.all),
        "areas": [] if user.linked_force else tables.areas(names, manned, covered.by_department),
        "unmanned": [place.name for place in places if not manned[place.pk]],
        "check_ins": coverage.check_ins(user, mission, period.reach, now),
    }


def _told(user: User, mission: Mission, period: Period, links: Links) -> dict[str, Any]:
    rows = overview.tellings(user, mission, period.reach)
    sums = {name: sum(row[name] for row in rows) for name in ("failed", "waiting", "sent")}
    return {
        "channels": [
            tables.Row(label(Channel, row["channel"]), row["sent"], cells=tables.told(row, period.asked, links))
            for row in rows
        ],
        "channels_finding": words.told(**sums),
    }
