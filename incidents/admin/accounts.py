"""What a mission admin does for a colleague who cannot sign in: a link to choose a password, another second factor."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents import tasks
from incidents.actions import account, second_factor
from incidents.admin.base import reader
from incidents.models import User
from incidents.roles import Action
from incidents.workflow import MoveNotAllowed

UNPROCESSABLE = 422
LONGEST_REASON = 500


class Accounts:
    """Mixed into the people's admin, which brings `get_object`, `has_change_permission`, `admin_site` and `opts`."""

    def account_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view  # type: ignore[attr-defined]
        return [
            path(f"<path:object_id>/{name}/", view(shown), name=f"incidents_user_{name}")
            for name, shown in (
                ("password_link", self.password_link),
                ("reset_second_factor", self.reset_second_factor),
            )
        ]

    def account_context(self, request: HttpRequest, person: User | None) -> dict[str, Any]:
        may = person is not None and self._may_help(request, person)
        has_factor = may and person is not None and person.second_factor_id is not None
        return {"may_link": may, "may_reset": has_factor}

    def _may_help(self, request: HttpRequest, person: User) -> bool:
        may_change = self.has_change_permission(request, person)  # type: ignore[attr-defined]
        return bool(person.may(Action.ENTER_DESK) and may_change)

    def _colleague(self, request: HttpRequest, object_id: str) -> User:
        person: User = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if not self._may_help(request, person):
            raise PermissionDenied
        return person

    def password_link(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make a one-time link and show it; the password is known to nobody but who chooses it."""
        person = self._colleague(request, object_id)
        if request.method != "POST":
            return _to_page(person)
        secret = account.invite_to_choose(person, actor=reader(request))
        shown = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": _("Link to choose a password"),
            "opts": self.opts,  # type: ignore[attr-defined]
            "person": person,
            "expires_at": timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT),
            "zone": person.zone,
            "secret": settings.SITE_URL + reverse("admin:choose_password", args=[secret]),
        }
        return TemplateResponse(request, "admin/incidents/secret.html", shown)

    def reset_second_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take a colleague's away, for a reason; never one's own, for which a code is asked on another page."""
        person = self._colleague(request, object_id)
        if person.pk == reader(request).pk:
            return HttpResponseRedirect(reverse("admin:second_factor"))
        if person.second_factor_id is None:
            return _to_page(person)
        reason, refusal = request.POST.get("reason", "").replace("\0", "")[:LONGEST_REASON], ""
        if request.method == "POST":
            try:
                queued = second_factor.remove(person, actor=reader(request), reason=reason)
            except MoveNotAllowed as why_not:
                refusal = str(why_not)
            else:
                tasks.ring_urgently(queued)
                messages.success(
                    request, _("Reset. They set up another one when they sign in next; both of you are told.")
                )
                return _to_page(person)
        shown = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": _("Reset the second factor of %(code)s") % {"code": person.code},
            "opts": self.opts,  # type: ignore[attr-defined]
            "person": person,
            "reason": reason,
            "refusal": refusal,
        }
        status = UNPROCESSABLE if refusal else 200
        return TemplateResponse(request, "admin/incidents/user/reset_second_factor.html", shown, status=status)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        response: HttpResponse = super().user_change_password(request, id, form_url)  # type: ignore[misc]
        if request.method == "POST" and response.status_code < UNPROCESSABLE and response.has_header("Location"):
            account.password_changed(User.objects.get(pk=id), actor=reader(request))
        return response


def _to_page(person: User) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:incidents_user_change", args=[person.pk]))
