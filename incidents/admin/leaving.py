"""When somebody's part ends, or their phone is gone: retiring, bringing back, a phone lost or taken; one or several."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from incidents import tasks
from incidents.actions.retire import bring_back, lose_phone, retire, revoke_phones
from incidents.admin import cards
from incidents.admin.base import reader
from incidents.admin.forms import REASON_LIMIT, DeskForm
from incidents.models import Alarm, Mission, User
from incidents.roles import Action
from incidents.statement import refuse_surrogates
from incidents.workflow import MoveNotAllowed

UNPROCESSABLE = 422


class ReasonForm(DeskForm):
    name = "leave"
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=REASON_LIMIT,
        validators=[refuse_surrogates],
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        error_messages={"required": gettext_lazy("Say why.")},
    )


class LostForm(ReasonForm):
    safe = forms.ChoiceField(
        label=gettext_lazy("Is the monitor safe?"),
        widget=forms.RadioSelect,
        choices=[
            ("unknown", gettext_lazy("Nobody knows, or they may be in danger: raise the alarm")),
            ("safe", gettext_lazy("Somebody has spoken with them: they are safe")),
        ],
        error_messages={"required": gettext_lazy("Choose one: it decides whether the alarm is raised.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["safe", "reason"])
        self.fields["reason"].label = _("What is known, and from whom")
        self.fields["reason"].error_messages["required"] = _("Say what you know.")


class Leaving:
    """Mixed into the people's admin, which brings `get_object`, `has_change_permission`, `missions` and the rest."""

    def leaving_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view  # type: ignore[attr-defined]
        return [
            path(f"<path:object_id>/{name}/", view(handler), name=f"incidents_user_{name}")
            for name, handler in (("retire", self.retire_view), ("lost", self.lost_view), ("revoke", self.revoke_view))
        ]

    def _person(self, request: HttpRequest, object_id: str, *, monitor: bool = False) -> User:
        """Whose part may be ended here; of phones, only a monitor's in service."""
        person: User = self.get_object(request, object_id)  # type: ignore[attr-defined]
        may = self.has_change_permission(request, person)  # type: ignore[attr-defined]
        if not may or (monitor and not person.may(Action.FILE_REPORT)):
            raise PermissionDenied
        return person

    def retire_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self._person(request, object_id)
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            verb = retire if person.is_active else bring_back
            try:
                verb(person, actor=reader(request), reason=form.cleaned_data["reason"])
            except MoveNotAllowed as refusal:
                form.add_error("reason", str(refusal))
            else:
                said = (
                    _("%(code)s is retired.") if person.is_active else _("%(code)s is back. Give what they need anew.")
                )
                messages.success(request, said % {"code": person.code})
                return _to_person(person)
        title = _("Retire %(code)s") if person.is_active else _("Bring %(code)s back")
        return self._ask(request, person, form, title % {"code": person.code}, "retire" if person.is_active else "back")

    def lost_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The one way when a phone is gone: it opens nothing any more, and the question that matters is asked."""
        person = self._person(request, object_id, monitor=True)
        mission = person.latest_mission
        if mission is None:
            raise PermissionDenied
        form = LostForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            return self._lose(request, person, mission, form)
        title = _("Phone lost or taken: %(code)s") % {"code": person.code}
        return self._ask(request, person, form, title, "lost")

    def _lose(self, request: HttpRequest, person: User, mission: Mission, form: LostForm) -> HttpResponse:
        is_safe = form.cleaned_data["safe"] == "safe"
        alarm, queued = lose_phone(
            person, mission, actor=reader(request), is_safe=is_safe, reason=form.cleaned_data["reason"]
        )
        tasks.ring_urgently(queued)
        messages.success(request, _("The phone opens nothing any more. What it still sends is held apart."))
        if alarm and Alarm.objects.visible_to(request.user).filter(pk=alarm.pk).exists():
            messages.warning(request, _("The alarm is raised. Say that you have it, or see that somebody does."))
            return HttpResponseRedirect(reverse("admin:incidents_alarm_change", args=[alarm.pk]))
        return _to_person(person)

    def revoke_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self._person(request, object_id, monitor=True)
        if request.method == "POST":
            self._revoke(request, [person])
        return _to_person(person)

    def _revoke(self, request: HttpRequest, people: list[User]) -> None:
        count = sum(revoke_phones(person, actor=reader(request)) for person in people)
        said = ngettext("%(count)s phone revoked.", "%(count)s phones revoked.", count) % {"count": count}
        self.message_user(request, said, messages.SUCCESS if count else messages.WARNING)  # type: ignore[attr-defined]

    def _ask(self, request: HttpRequest, person: User, form: ReasonForm, title: str, what: str) -> HttpResponse:
        phones = person.devices.filter(revoked_at=None) if what == "lost" else []
        return self._leave_page(request, form, title, {"what": what, "person": person, "phones": phones})

    def _leave_page(self, request: HttpRequest, form: ReasonForm, title: str, more: dict[str, Any]) -> HttpResponse:
        site, opts = self.admin_site, self.opts  # type: ignore[attr-defined]
        shown = {**site.each_context(request), "opts": opts, "title": title, "form": form, **more}
        status = UNPROCESSABLE if form.errors else 200
        return TemplateResponse(request, "admin/incidents/user/leave.html", shown, status=status)

    # -- several at once -----------------------------------------------------------------------------------------------

    def _within_reach(self, request: HttpRequest, chosen: Any, *, monitors: bool = False) -> list[User]:
        may = self.has_change_permission  # type: ignore[attr-defined]
        return [one for one in chosen if may(request, one) and (not monitors or one.may(Action.FILE_REPORT))]

    @admin.action(description=gettext_lazy("Print enrolment cards"), permissions=("change",))
    def print_cards(self, request: HttpRequest, chosen: Any) -> HttpResponse | None:
        """The page on which cards are chosen, with these written down."""
        people = self._within_reach(request, chosen, monitors=True)
        mission = people[0].latest_mission if people else None
        if mission is None:
            self.message_user(request, _("Choose monitors."), messages.WARNING)  # type: ignore[attr-defined]
            return None
        frame = {**self.admin_site.each_context(request), "opts": self.opts}  # type: ignore[attr-defined]
        codes = "\n".join(one.code for one in people)
        form = cards.CardsForm(
            mission=mission, user=reader(request), imported=[], initial={"who": cards.Who.THESE, "codes": codes}
        )
        return cards.choose(request, mission, form, frame)

    @admin.action(description=gettext_lazy("Revoke their phones"), permissions=("change",))
    def revoke_phones(self, request: HttpRequest, chosen: Any) -> None:
        self._revoke(request, self._within_reach(request, chosen, monitors=True))

    @admin.action(description=gettext_lazy("Retire"), permissions=("change",))
    def retire_chosen(self, request: HttpRequest, chosen: Any) -> HttpResponse | None:
        """Asks why first; the same choice comes back with the reason."""
        people = [one for one in self._within_reach(request, chosen) if one.is_active and one != reader(request)]
        if not people:
            self.message_user(request, _("Nobody is left to retire."), messages.WARNING)  # type: ignore[attr-defined]
            return None
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            title = ngettext("Retire %(count)s person", "Retire %(count)s people", len(people)) % {"count": len(people)}
            return self._leave_page(request, form, title, {"what": "several", "people": people})
        count = sum(retire(one, actor=reader(request), reason=form.cleaned_data["reason"]) for one in people)
        said = ngettext("%(count)s retired.", "%(count)s retired.", count) % {"count": count}
        self.message_user(request, said)  # type: ignore[attr-defined]
        return None


def _to_person(person: User) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:incidents_user_change", args=[person.pk]))
