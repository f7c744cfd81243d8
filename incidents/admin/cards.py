"""Enrolment cards to print: a code to scan for each monitor, made with the page and shown on it alone.

Neither this module nor anything it calls writes a link down: the page is stored nowhere, and printing again makes new
ones.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from incidents.actions.enrol import invite_all
from incidents.admin.base import reader
from incidents.admin.people_chips import with_phones
from incidents.models import Boundary, CheckedSheet, Membership, Mission, User
from incidents.places.lookup import DEPARTMENT_LEVEL
from incidents.roles import Action, Role
from incidents.sheet.columns import folded, several
from incidents.statement import refuse_surrogates

UNPROCESSABLE = 422
# 25 sheets of paper; drawing more would keep whoever waits waiting.
MOST_CARDS = 200
CODES_LIMIT = 20_000


class Who:
    UNINVITED, WITHOUT, IMPORTED, THESE = "uninvited", "without", "imported", "these"


class CardsForm(forms.Form):
    who = forms.ChoiceField(
        label=gettext_lazy("For whom"),
        widget=forms.RadioSelect,
        choices=[
            (Who.UNINVITED, gettext_lazy("Everybody without a phone and without a card that still opens")),
            (Who.WITHOUT, gettext_lazy("Everybody without a phone; cards made before end")),
            (Who.IMPORTED, gettext_lazy("Those who were imported last")),
            (Who.THESE, gettext_lazy("These codes, with or without a phone")),
        ],
    )
    codes = forms.CharField(
        label=gettext_lazy("Codes"),
        required=False,
        max_length=CODES_LIMIT,
        validators=[refuse_surrogates],
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
        help_text=gettext_lazy("One a line, or with commas between them."),
    )
    department = forms.ModelChoiceField(
        Boundary.objects.none(),
        label=gettext_lazy("Only of the department"),
        required=False,
        empty_label=gettext_lazy("All"),
    )
    revoke = forms.BooleanField(label=gettext_lazy("End the phones that they have now"), required=False)

    def __init__(self, *args: Any, mission: Mission, user: User, imported: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "cards-%s", "label_suffix": "", **kwargs})
        self.mission, self.imported = mission, imported
        self.people = within_reach(monitors(mission), user)
        departments = Boundary.objects.filter(mission=mission, level=DEPARTMENT_LEVEL).defer("geometry")
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]
        if not imported:
            who: Any = self.fields["who"]
            who.choices = [choice for choice in who.choices if choice[0] != Who.IMPORTED]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("who") == Who.THESE and "codes" not in self.errors:
            self._find(given)
        return given

    def _find(self, given: dict[str, Any]) -> None:
        """The monitors of the codes that were written; each that is nobody's is named."""
        wanted = {folded(code): code for code in several(given.get("codes") or "")}
        there = {folded(person.code): person.pk for person in self.people}
        missing = [code for key, code in wanted.items() if key not in there]
        if not wanted:
            self.add_error("codes", _("Write the codes of those who get a card."))
        elif missing:
            message = _("No monitor of this mission has the code %(codes)s.")
            self.add_error("codes", message % {"codes": ", ".join(code[:40] for code in missing[:20])})
        given["people"] = [there[key] for key in wanted if key in there]

    def chosen(self) -> Any:
        """The monitors for whom cards are made, by code."""
        given = self.cleaned_data
        found = self.people
        if given["who"] in (Who.UNINVITED, Who.WITHOUT):
            found = found.filter(has_phone=False)
        if given["who"] == Who.UNINVITED:
            found = found.filter(is_invited=False)
        if given["who"] == Who.IMPORTED:
            found = found.filter(pk__in=self.imported)
        if given["who"] == Who.THESE:
            found = found.filter(pk__in=given["people"])
        if given["department"]:
            found = found.filter(memberships__departments=given["department"])
        return found.order_by("code", "pk").distinct()


def monitors(mission: Mission) -> Any:
    """A mission's monitors, each with whether they have a phone, and a card that still opens."""
    return with_phones(User.objects.in_mission(mission).with_role(Role.MONITOR))


def within_reach(people: Any, user: User) -> Any:
    """Those who belong to no mission that `user` does not set up: their card would open that one as well."""
    if user.is_superuser:
        return people
    elsewhere = Membership.objects.exclude(mission__in=Mission.objects.visible_to(user)).values("user")
    return people.filter(is_superuser=False).exclude(pk__in=elsewhere)


@dataclass(frozen=True)
class Card:
    """`link` opens a phone once, and stands on the page only."""

    code: str
    link: str
    qr: SafeString
    expires_at: datetime
    language: str
    bidi: bool


def card(person: User, secret: str, expires_at: datetime) -> Card:
    known = person.language if person.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    link = settings.SITE_URL + reverse("intake:enrol", args=[secret])
    return Card(person.code, link, qr(link), expires_at, known, bool(get_language_info(known)["bidi"]))


def qr(link: str) -> SafeString:
    """The link as a drawing: dark on light on every ground, with the quiet zone that readers need."""
    drawn = segno.make(link, error="m", micro=False)
    drawing = drawn.svg_inline(omitsize=True, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    return mark_safe(drawing)  # noqa: S308 - nothing but numbers is drawn; the link is in them


class Cards:
    """Mixed into the missions' admin, which brings `get_object`, `admin_site` and `opts`."""

    def cards_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.cards_view)  # type: ignore[attr-defined]
        return [path("<path:object_id>/cards/", view, name="incidents_mission_cards")]

    def cards_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        mission: Mission = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if not reader(request).may(Action.SET_UP_MISSION) or reader(request).linked_force:
            raise PermissionDenied
        imported = _imported(mission, reader(request))
        if request.method != "POST":
            asked = request.GET.get("who", "")
            form = CardsForm(
                mission=mission, user=reader(request), imported=imported, initial={"who": asked or Who.UNINVITED}
            )
            return self._choose(request, mission, form)
        form = CardsForm(request.POST, mission=mission, user=reader(request), imported=imported)
        if not form.is_valid():
            return self._choose(request, mission, form)
        people = list(form.chosen()[: MOST_CARDS + 1])
        if not people:
            form.add_error(None, _("Nobody is left for whom a card would be made."))
            return self._choose(request, mission, form)
        return self._print(request, mission, people, revoke=form.cleaned_data["revoke"])

    def _choose(self, request: HttpRequest, mission: Mission, form: CardsForm) -> HttpResponse:
        site, opts = self.admin_site, self.opts  # type: ignore[attr-defined]
        return choose(request, mission, form, {**site.each_context(request), "opts": opts})

    def _print(self, request: HttpRequest, mission: Mission, people: list[User], *, revoke: bool) -> HttpResponse:
        made = invite_all(people[:MOST_CARDS], mission=mission, actor=reader(request), revoke=revoke)
        shown = {
            "cards": [card(person, secret, invitation.expires_at) for person, invitation, secret in made],
            "mission": mission,
            "is_cut": len(people) > MOST_CARDS,
            "title": _("Enrolment cards"),
        }
        return TemplateResponse(request, "admin/incidents/mission/cards_sheet.html", shown)


def choose(request: HttpRequest, mission: Mission, form: CardsForm, frame: dict[str, Any]) -> HttpResponse:
    """The page on which somebody says for whom cards are made."""
    there = form.people
    shown = {
        **frame,
        "title": _("Enrolment cards"),
        "mission": mission,
        "form": form,
        "total": there.count(),
        "without": there.filter(has_phone=False).count(),
        "uninvited": there.filter(has_phone=False, is_invited=False).count(),
        "imported": len(form.imported),
        "most": MOST_CARDS,
    }
    status = UNPROCESSABLE if form.errors else 200
    return TemplateResponse(request, "admin/incidents/mission/cards.html", shown, status=status)


def _imported(mission: Mission, actor: User) -> list[int]:
    sheet = CheckedSheet.objects.filter(mission=mission, actor=actor, kind="monitors").first()
    return list(sheet.made) if sheet else []
