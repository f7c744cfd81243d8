"""Who a reporter is: shown to whoever needs it, when they say why, and for a while only. Everybody else sees a code."""

import time

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from incidents.actions.disclose import identify
from incidents.admin.base import reader
from incidents.admin.forms import ReasonForm
from incidents.admin.setup import SetupModelAdmin
from incidents.models import Device, Mission, Report, User
from incidents.roles import Action, may

UNPROCESSABLE = 422
# How long the page of a person then shows it, and for how long a form that showed it may still be saved.
SHOWN_S, SAVED_S = 600, 3_600
FIELDS = ("username", "email", "organisation")
_SESSION = "identities_shown"


def is_reporter(person: User) -> bool:
    """Whether it takes a reason to see who they are: they report, or have reported."""
    if may(person.role, Action.FILE_REPORT):
        return True
    counted = getattr(person, "has_reported", None)  # a list has asked for all its rows at once
    return bool(person.reports.exists() if counted is None else counted)


def hidden(request: HttpRequest, person: User | None) -> tuple[str, ...]:
    """The fields that the page of this person leaves out now. What was shown is taken back from a form for longer."""
    if person is None or not is_reporter(person):
        return ()
    if request.method == "POST":
        is_shown = FIELDS[0] in request.POST and _since(request, person) < SAVED_S
    else:
        is_shown = _since(request, person) < SHOWN_S
    return () if is_shown else FIELDS


def _since(request: HttpRequest, person: User) -> float:
    """Seconds since the reader was shown who this is."""
    return time.time() - float(request.session.get(_SESSION, {}).get(str(person.pk), 0))


class Identities(SetupModelAdmin):
    """Mixed into the people's admin."""

    def identity_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(never_cache(self.identity_view))
        return [path("<path:object_id>/identity/", view, name="incidents_user_identity")]

    def identity_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask why, write it down, then show it."""
        person: User = self.get_object(request, object_id)
        if not reader(request).may(Action.READ_IDENTITY):
            raise PermissionDenied
        form = ReasonForm(request.POST if request.method == "POST" else None)
        is_told = form.is_valid()
        report = _report(request, person)
        if is_told:
            missions = Mission.objects.visible_to(request.user).filter(memberships__user=person)
            mission = report.mission if report else missions.first()
            identify(person, mission, actor=reader(request), reason=form.cleaned_data["reason"], report=report)
            shown = request.session.get(_SESSION, {})
            request.session[_SESSION] = {**shown, str(person.pk): int(time.time())}
        context = {
            **self.admin_site.each_context(request),
            "title": _("Show identity"),
            "opts": self.opts,
            "person": person,
            "form": form,
            "report": report,
            "is_told": is_told,
            "phones": Device.objects.filter(monitor=person).order_by("-enrolled_at") if is_told else (),
        }
        status = UNPROCESSABLE if form.is_bound and not is_told else 200
        return TemplateResponse(request, "admin/incidents/user/identity.html", context, status=status)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Django's page is headed by the user name."""
        person: User = self.get_object(request, id)
        is_closed = is_reporter(person) and _since(request, person) >= SAVED_S
        if is_closed and self.has_change_permission(request, person):
            return HttpResponseRedirect(reverse("admin:incidents_user_identity", args=[person.pk]))
        return super().user_change_password(request, id, form_url)  # type: ignore[misc]


def _report(request: HttpRequest, person: User) -> Report | None:
    """The report that the reader came from, if it is one they may see and this person filed it."""
    asked = request.GET.get("report", "")
    if not asked.isprintable():
        return None
    seen = Report.objects.visible_to(request.user).filter(reporter=person, reference=asked)
    return seen.select_related("mission").first()
