"""What a mission still lacks before its election day: a line for each thing, in words, with a link to mend it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Count, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents.actions.import_scope import named_only
from incidents.admin.cards import monitors
from incidents.admin.rota_week import DAY, gaps, midnight
from incidents.grading import DEFAULT_RULES, digest
from incidents.models import ApiKey, Boundary, Delivery, Membership, Mission, OnCall, Place, SeverityRule, User
from incidents.notifications import audience, outbox
from incidents.places.lookup import DEPARTMENT_LEVEL
from incidents.roles import Role

NAMED = 12


@dataclass(frozen=True)
class Item:
    """One line of the list. `state` is done, look (it may be meant so) or todo."""

    code: str
    title: str
    state: str
    words: list[str]
    links: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Desk:
    """Who works at the mission's desk, fetched once for all lines that ask."""

    members: list[Membership]

    @classmethod
    def of(cls, mission: Mission) -> "Desk":
        roles = (Role.COORDINATOR, Role.MISSION_ADMIN)
        rows = Membership.objects.filter(mission=mission, user__is_active=True, user__role__in=roles)
        rows = (
            rows.select_related("user")
            .prefetch_related(Prefetch("departments", named_only()), "user__contacts")
            .order_by("user__code")
        )
        return cls(list(rows))

    @property
    def people(self) -> list[User]:
        return [row.user for row in self.members]

    @property
    def coordinators(self) -> list[Membership]:
        return [row for row in self.members if row.user.role == Role.COORDINATOR]


def items(mission: Mission) -> list[Item]:
    desk = Desk.of(mission)
    departments = list(Boundary.objects.filter(mission=mission, level=DEPARTMENT_LEVEL).only("names", "code", "level"))
    return [
        _hours(mission),
        _boundaries(mission, departments),
        _places(mission),
        _monitors(mission),
        _coordinators(mission, desk, departments),
        _alerts(mission, desk),
        _rota(mission),
        _channels(mission, desk),
        _rules(mission),
        _keys(mission),
    ]


def _page(name: str, *args: Any, query: str = "") -> str:
    return reverse(f"admin:{name}", args=args) + query


def _import(mission: Mission, kind: str) -> tuple[str, str]:
    return _("Import from a sheet"), _page("incidents_mission_import", mission.pk, kind)


def _named(names: list[str]) -> str:
    more = len(names) - NAMED
    shown = ", ".join(names[:NAMED])
    return shown if more <= 0 else _("%(names)s and %(count)d more") % {"names": shown, "count": more}


def _hours(mission: Mission) -> Item:
    day = date_format(mission.election_day, "j M Y")
    words = [_("Election day: %(day)s, %(zone)s.") % {"day": day, "zone": mission.time_zone}]
    if mission.polls_open and mission.polls_close:
        hours = f"{mission.polls_open:%H:%M}–{mission.polls_close:%H:%M}"
        words.append(_("The polls are open %(hours)s.") % {"hours": hours})
    else:
        words.append(_("When the polls open and close is not set: nothing counts as during voting."))
    words.append(
        _("A sign of life is expected every %(minutes)d minutes.") % {"minutes": mission.check_in_minutes}
        if mission.check_in_minutes
        else _("No regular sign of life is expected of monitors.")
    )
    is_past = mission.election_day < timezone.now().astimezone(mission.zone).date()
    if is_past:
        words.append(_("That day is over."))
    state = "todo" if not mission.polls_open or not mission.languages else "look" if is_past else "done"
    return Item(
        "hours", _("Hours and languages"), state, words, [(_("Mission"), _page("incidents_mission_change", mission.pk))]
    )


def _boundaries(mission: Mission, departments: list[Boundary]) -> Item:
    count = len(departments)
    words = [ngettext("%(count)s department.", "%(count)s departments.", count) % {"count": count}]
    if not count:
        words = [_("None: no report could be given to a coordinator by its place.")]
    load = _page("incidents_boundary_load", query=f"?mission={mission.pk}")
    return Item("boundaries", _("Boundaries"), "done" if count else "todo", words, [(_("Load from a file"), load)])


def _places(mission: Mission) -> Item:
    of_kind = dict(Place.objects.filter(mission=mission).order_by().values_list("kind").annotate(Count("pk")))
    stations = of_kind.get(Place.Kind.POLLING_STATION, 0)
    towns = of_kind.get(Place.Kind.LOCALITY, 0)
    words = [_("%(stations)d polling stations, %(towns)d towns and villages.") % {"stations": stations, "towns": towns}]
    if not stations:
        words.append(_("Without polling stations nobody can say at which one it happened."))
    state = "done" if stations else "look" if towns else "todo"
    return Item("places", _("Places"), state, words, [_import(mission, "stations")])


def _monitors(mission: Mission) -> Item:
    found = monitors(mission).aggregate(
        total=Count("pk", distinct=True),
        phones=Count("pk", distinct=True, filter=Q(has_phone=True)),
        invited=Count("pk", distinct=True, filter=Q(has_phone=False, is_invited=True)),
    )
    total, phones, invited = found["total"], found["phones"], found["invited"]
    words = [
        ngettext("%(phones)d of %(count)d has a phone.", "%(phones)d of %(count)d have a phone.", total)
        % {"phones": phones, "count": total}
    ]
    if invited:
        said = ngettext("%(count)d has a card that still opens.", "%(count)d have a card that still opens.", invited)
        words.append(said % {"count": invited})
    if not total:
        words = [_("There are none yet.")]
    links = [_import(mission, "monitors")]
    if total:
        links.append((_("Print enrolment cards"), _page("incidents_mission_cards", mission.pk)))
    return Item("monitors", _("Monitors"), "done" if total and phones == total else "todo", words, links)


def _coordinators(mission: Mission, desk: Desk, departments: list[Boundary]) -> Item:
    count = len(desk.coordinators)
    words = [ngettext("%(count)s coordinator.", "%(count)s coordinators.", count) % {"count": count}]
    covered = {one.pk for row in desk.coordinators for one in row.departments.all()}
    everywhere = any(row.all_departments for row in desk.coordinators)
    bare = [] if everywhere else [one.name for one in departments if one.pk not in covered]
    if bare:
        words.append(
            _("No coordinator for: %(names)s. Reports from there go to the mission's admins.") % {"names": _named(bare)}
        )
    locked = [one.code for one in desk.people if one.password.startswith(UNUSABLE_PASSWORD_PREFIX)]
    if locked:
        words.append(_("Without a password, so that they can't sign in: %(names)s.") % {"names": _named(locked)})
    state = "todo" if not count or locked else "look" if bare else "done"
    people = (_("People"), _page("incidents_user_changelist", query="?role=coordinator"))
    return Item("coordinators", _("Coordinators"), state, words, [_import(mission, "desk"), people])


def _alerts(mission: Mission, desk: Desk) -> Item:
    chosen = mission.subscriptions.filter(user__in=desk.people).count()
    words = [
        _("%(chosen)d of %(count)d have chosen what they hear of; the others hear of everything that they may see.")
        % {"chosen": chosen, "count": len(desk.people)}
    ]
    mute = [one.code for one in desk.people if not audience.channels(one)]
    if mute:
        words.append(_("Nothing reaches: %(names)s. Give them an e-mail or a number.") % {"names": _named(mute)})
    return Item(
        "alerts", _("Alerts"), "todo" if mute or not desk.people else "done", words, [_import(mission, "alerts")]
    )


def _rota(mission: Mission) -> Item:
    now, zone, day = timezone.now(), mission.zone, mission.election_day
    turns = OnCall.objects.filter(mission=mission, user__is_active=True)
    turns = turns.filter(starts_at__lt=midnight(day + DAY, zone), ends_at__gt=midnight(day, zone))
    ahead = day >= now.astimezone(zone).date()
    found = gaps(list(turns), day, zone, now) if ahead else []
    if not ahead:
        words = [_("That day is over.")]
    elif found:
        said = ", ".join(f"{gap.begins:%H:%M}–{gap.ends:%H:%M}" for gap in found)
        words = [_("On the election day nobody is on call %(hours)s.") % {"hours": said}]
    else:
        words = [_("Somebody is on call all through the election day.")]
    week = _page("incidents_oncall_changelist", query=f"?mission={mission.pk}&week={day:%Y-%m-%d}")
    state = "look" if not ahead else "todo" if found else "done"
    return Item("rota", _("On call"), state, words, [_import(mission, "rota"), (_("Rota"), week)])


def _channels(mission: Mission, desk: Desk) -> Item:
    since = timezone.now() - timedelta(days=30)
    tests = Delivery.objects.filter(kind=Delivery.Kind.TEST, recipient__in=desk.people, queued_at__gt=since)
    arrived = set(tests.filter(state=Delivery.State.DONE).order_by().values_list("recipient", flat=True))
    untested = [one.code for one in desk.people if one.pk not in arrived]
    on = ", ".join(str(dict(Delivery.Channel.choices)[code]) for code in outbox.configured())
    words = [_("This server sends by: %(channels)s.") % {"channels": on}]
    if untested:
        words.append(_("No test was sent in the last 30 days to: %(names)s.") % {"names": _named(untested)})
    else:
        words.append(_("A test was sent to everybody at the desk."))
    links = [(_("My alerts"), _page("alerts", query="#tests"))]
    return Item("channels", _("Channels"), "look" if untested else "done", words, links)


def _rules(mission: Mission) -> Item:
    rules = SeverityRule.objects.table(mission.pk)
    own = _("A table of the mission's own, with %(count)d rules.") % {"count": len(rules)}
    words = [_("The usual table.") if digest(rules) == digest(DEFAULT_RULES) else own]
    links = [(_("Severity table"), _page("incidents_mission_severity", mission.pk)), _import(mission, "rules")]
    return Item("rules", _("Severity"), "done", words, links)


def _keys(mission: Mission) -> Item:
    keys = ApiKey.objects.filter(mission=mission)
    ends = midnight(mission.election_day + DAY, mission.zone)
    found = keys.opening().aggregate(total=Count("pk"), early=Count("pk", filter=Q(expires_at__lt=ends)))
    total, early = found["total"], found["early"]
    words = [ngettext("%(count)s partner key.", "%(count)s partner keys.", total) % {"count": total}]
    if waiting := keys.waiting().count():
        said = ngettext("%(count)s waits for a second person.", "%(count)s wait for a second person.", waiting)
        words.append(said % {"count": waiting})
    if early:
        said = ngettext(
            "%(count)s ends before the election is over.", "%(count)s end before the election is over.", early
        )
        words.append(said % {"count": early})
    state = "look" if early or waiting else "done"
    return Item("keys", _("Partner keys"), state, words, [(_("API keys"), _page("incidents_apikey_changelist"))])
