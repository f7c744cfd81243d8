"""The page on which somebody at the desk says what they hear of and how: their own, or another's by a mission admin.

One address with several small forms; each says in `part` which it is.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents import tasks
from incidents.actions.contact import forget, reach, subscribe
from incidents.actions.try_out import latest, try_out
from incidents.admin.alert_forms import CONTACT_FORMS, SubscriptionForm
from incidents.admin.base import reader
from incidents.admin.forms import DeskForm
from incidents.models import Channel, Contact, Delivery, Mission, OnCall, Subscription, User
from incidents.notifications import audience, outbox
from incidents.roles import Role

UNPROCESSABLE = 422


@dataclass(frozen=True)
class Theirs:
    """Whose alerts, in which missions, and whether they look at their own."""

    person: User
    missions: list[Mission]
    is_own: bool

    @property
    def is_partner(self) -> bool:
        """Whether only their program is told, and only that releases have changed."""
        return self.person.role == Role.PARTNER

    @property
    def parts(self) -> list[Mission]:
        """In which they choose what they hear of."""
        return [] if self.is_partner else self.missions

    @property
    def typed(self) -> dict[str, type[DeskForm]]:
        """The channels with an address that is typed here."""
        return {code: form for code, form in CONTACT_FORMS.items() if not self.is_partner or code == Channel.WEBHOOK}


@dataclass(frozen=True)
class Part:
    """One mission on the page: what they chose, and when they answer."""

    mission: Mission
    form: SubscriptionForm
    on_call: OnCall | None
    next_turn: OnCall | None


@dataclass(frozen=True)
class Way:
    """One channel that has an address: the form for it, and what is there now."""

    label: str
    channel: str
    form: DeskForm | None
    contact: Contact | None


def own(request: HttpRequest) -> Theirs:
    person = reader(request)
    return Theirs(person, _missions(person, Mission.objects.all()), is_own=True)


def of(person: User, within: Any) -> Theirs:
    """Of another person, within these missions only."""
    return Theirs(person, _missions(person, within), is_own=False)


def _missions(person: User, within: Any) -> list[Mission]:
    theirs = Mission.objects.filter(memberships__user=person)
    return list(theirs.filter(pk__in=within.values("pk")).distinct())


def respond(request: HttpRequest, theirs: Theirs, frame: dict[str, Any]) -> HttpResponse:
    if request.method != "POST":
        return _page(request, theirs, frame)
    part = request.POST.get("part", "")
    if part in theirs.typed:
        return _take_contact(request, theirs, frame, part)
    if part == "remove":
        channel = request.POST.get("channel", "")
        if channel in Channel.values and forget(theirs.person, channel):
            messages.success(request, _("Removed."))
        return HttpResponseRedirect(request.path)
    if part == "test":
        return _send_test(request, theirs)
    mission = next((one for one in theirs.parts if part == f"mission-{one.pk}"), None)
    if mission is None:
        messages.error(request, _("Nothing was saved: this form belongs to nothing on this page."))
        return _page(request, theirs, frame, status=UNPROCESSABLE)
    form = _subscription_form(theirs.person, mission, request.POST)
    if not form.is_valid():
        return _page(request, theirs, frame, refused=form, status=UNPROCESSABLE)
    subscribe(theirs.person, mission, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(request.path)


def _send_test(request: HttpRequest, theirs: Theirs) -> HttpResponse:
    queued = try_out(theirs.person, theirs.missions[0]) if theirs.missions else []
    for pk in queued:
        tasks.ring(tasks.send_delivery, pk)
    if queued:
        messages.success(request, _("On its way. Look below how it went, and see that it has arrived."))
    else:
        messages.warning(request, _("Nothing was sent: there is no way to send it by, or one was sent a minute ago."))
    return HttpResponseRedirect(request.path)


def _take_contact(request: HttpRequest, theirs: Theirs, frame: dict[str, Any], channel: str) -> HttpResponse:
    form = theirs.typed[channel](request.POST)
    if not form.is_valid():
        return _page(request, theirs, frame, refused=form, status=UNPROCESSABLE)
    secret = reach(theirs.person, channel, form.cleaned_data["address"], anew="anew" in request.POST)
    if secret:  # on this answer only
        return _page(request, theirs, frame, secret=secret)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(request.path)


def _page(
    request: HttpRequest,
    theirs: Theirs,
    frame: dict[str, Any],
    *,
    refused: DeskForm | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    shown = {
        **frame,
        "title": _("My alerts") if theirs.is_own else _("Alerts of %(code)s") % {"code": theirs.person.code},
        "person": theirs.person,
        "is_own": theirs.is_own,
        "is_partner": theirs.is_partner,
        "parts": [_part(theirs.person, mission, refused, now) for mission in theirs.parts],
        "ways": _ways(theirs, refused),
        "secret": secret,
        "tests": _tests(theirs.person),
        "refused": refused,
        "now": now,
    }
    return TemplateResponse(request, "admin/incidents/alerts.html", shown, status=status)


@dataclass(frozen=True)
class Tested:
    """One way to them, and how the latest test by it went; `is_on` where this server sends by it at all."""

    label: str
    is_on: bool
    delivery: Delivery | None


def _tests(person: User) -> list[Tested]:
    labels, last, on = dict(Channel.choices), latest(person), outbox.configured()
    return [Tested(str(labels[code]), code in on, last.get(code)) for code in audience.channels(person)]


def _part(person: User, mission: Mission, refused: DeskForm | None, now: datetime) -> Part:
    form = _subscription_form(person, mission)
    if isinstance(refused, SubscriptionForm) and refused.mission == mission:
        form = refused
    turns = OnCall.objects.filter(mission=mission, user=person)
    return Part(
        mission,
        form,
        on_call=OnCall.objects.now(mission, now).filter(user=person).first(),
        next_turn=turns.filter(starts_at__gt=now).order_by("starts_at").first(),
    )


def _subscription_form(person: User, mission: Mission, given: Any = None) -> SubscriptionForm:
    row = Subscription.objects.filter(user=person, mission=mission).first()
    row = row or Subscription(user=person, mission=mission)
    row.user, row.mission = person, mission
    return SubscriptionForm(given, row=row, ways=audience.channels(person))


def _ways(theirs: Theirs, refused: DeskForm | None) -> list[Way]:
    """Those that can be typed here, and those that were set up elsewhere and can be removed."""
    there = {contact.channel: contact for contact in theirs.person.contacts.all()}
    found = []
    for channel, label in Channel.choices:
        contact, make = there.get(channel), theirs.typed.get(channel)
        if make is None and contact is None:
            continue
        form = make(initial={"address": contact.address if contact else ""}) if make else None
        found.append(Way(str(label), channel, refused if make and isinstance(refused, make) else form, contact))
    return found
