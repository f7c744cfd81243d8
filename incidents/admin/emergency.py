"""The emergency page: five steps of a mission's admins, each with what it would do now, none that happens by a slip."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from incidents import tasks
from incidents.actions import emergency as verbs
from incidents.admin import timeline
from incidents.admin.base import reader
from incidents.models import LogbookEntry, Mission, Revocation
from incidents.roles import Action
from incidents.statement import refuse_surrogates
from incidents.workflow import MoveNotAllowed

UNPROCESSABLE = 422
LATELY = 8
EVENTS = (
    "mission.frozen",
    "mission.closed",
    "mission.reopened",
    "sessions.ended",
    "phones.revocation_proposed",
    "phones.revocation_withdrawn",
    "phones.revoked",
)


@dataclass(frozen=True)
class Step:
    """One button. A heavy one asks for the mission's short name as well."""

    code: str
    verb: Callable[..., verbs.Queued]
    label: str | Promise
    done: str | Promise
    is_heavy: bool = False


STEPS = {
    step.code: step
    for step in (
        Step("freeze", verbs.freeze, gettext_lazy("Make read-only"), gettext_lazy("The mission is read-only.")),
        Step("close", verbs.close, gettext_lazy("Close the mission"), gettext_lazy("The mission is closed."), True),
        Step("reopen", verbs.reopen, gettext_lazy("Re-open the mission"), gettext_lazy("The mission is open.")),
        Step(
            "sign_out",
            verbs.sign_everyone_out,
            gettext_lazy("Sign everyone out"),
            gettext_lazy("Everybody was signed out, you too."),
            True,
        ),
        Step(
            "propose",
            verbs.propose,
            gettext_lazy("Propose to revoke every phone"),
            gettext_lazy("Proposed. Another mission admin has 30 minutes to confirm it."),
            True,
        ),
        Step(
            "confirm", verbs.confirm, gettext_lazy("Revoke every phone"), gettext_lazy("Every phone is revoked."), True
        ),
        Step("withdraw", verbs.withdraw, gettext_lazy("Withdraw"), gettext_lazy("The proposal is withdrawn.")),
    )
}


class StepForm(forms.Form):
    step = forms.ChoiceField(choices=[(code, code) for code in STEPS])
    reason = forms.CharField(
        max_length=500, validators=[refuse_surrogates], error_messages={"required": gettext_lazy("Give a reason.")}
    )
    name = forms.CharField(max_length=60, required=False)

    def __init__(self, data: Any, *, mission: Mission) -> None:
        super().__init__(data)
        self.mission = mission

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        step = STEPS.get(given.get("step", ""))
        if step and step.is_heavy and given.get("name", "").strip() != self.mission.slug:
            asked = _("Type the mission's short name, %(name)s, to show that you mean it.") % {
                "name": self.mission.slug
            }
            self.add_error("name", asked)
        return given


def emergency_urls(site: AdminSite) -> list[URLPattern]:
    def page(request: HttpRequest) -> HttpResponse:
        return respond(request, site.each_context(request))

    return [path("emergency/", site.admin_view(page), name="emergency")]


@never_cache
def respond(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    person = reader(request)
    missions = list(Mission.objects.visible_to(person).distinct())
    if not person.may(Action.EMERGENCY) or person.linked_force or not missions:
        raise PermissionDenied
    asked = request.POST.get("mission") or request.GET.get("mission")
    mission = next((one for one in missions if str(one.pk) == asked), missions[0])
    if request.method != "POST":
        return _show(request, context, missions, mission)
    form = StepForm(request.POST, mission=mission)
    if form.is_valid():
        try:
            return _take(request, mission, STEPS[form.cleaned_data["step"]], form.cleaned_data["reason"])
        except MoveNotAllowed as refusal:
            form.add_error(None, str(refusal))
    return _show(request, context, missions, mission, form=form, status=UNPROCESSABLE)


def _take(request: HttpRequest, mission: Mission, step: Step, reason: str) -> HttpResponse:
    queued = step.verb(mission, actor=reader(request), reason=reason)
    tasks.ring_urgently(queued)
    messages.success(request, str(step.done))
    return HttpResponseRedirect(f"{reverse('admin:emergency')}?mission={mission.pk}")


def _show(
    request: HttpRequest,
    context: dict[str, Any],
    missions: list[Mission],
    mission: Mission,
    *,
    form: StepForm | None = None,
    status: int = 200,
) -> HttpResponse:
    proposal = Revocation.objects.standing().select_related("proposed_by").filter(mission=mission).first()
    lately = LogbookEntry.objects.visible_to(reader(request)).filter(mission=mission, event__in=EVENTS)
    shown = {
        **context,
        "title": _("Emergency"),
        "mission": mission,
        "missions": missions if len(missions) > 1 else [],
        "foreseen": verbs.foreseen(mission),
        "proposal": proposal,
        "is_ones_own": proposal is not None and proposal.proposed_by_id == reader(request).pk,
        "steps": STEPS,
        "refused": form,
        "refused_step": form.data.get("step", "") if form else "",
        "lately": [(entry, timeline.sentence(entry)) for entry in lately.select_related("actor")[:LATELY]],
    }
    return TemplateResponse(request, "admin/incidents/emergency.html", shown, status=status)
