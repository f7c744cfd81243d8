"""The way in: a user name and password, then a code; on the first day the set-up of the app that makes the codes.

Until the last of these is right nobody is signed in: what was shown so far waits in the session for ten minutes.
"""

import time
from datetime import datetime, timedelta
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from incidents.actions import account, second_factor
from incidents.admin import visitor
from incidents.admin.base import without_colon
from incidents.admin.codes import CodeForm, drawn, shown_key
from incidents.admin.sitting import open_for
from incidents.models import User

PENDING, PENDING_S = "signing_in", 600
LOCKED, UNPROCESSABLE = 429, 422


@without_colon
class SignInForm(AdminAuthenticationForm):
    def get_invalid_login_error(self) -> ValidationError:
        locked = getattr(self.request, "axes_locked_out", False)
        if locked and self.request is not None:
            return ValidationError(locked_words(self.request, self.cleaned_data["username"]), code="locked")
        return super().get_invalid_login_error()


class SignIn(LoginView):
    authentication_form = SignInForm
    template_name = "admin/login.html"

    def form_valid(self, form: Any) -> HttpResponse:
        person: User = form.get_user()
        there = self.get_success_url()
        if settings.DEMO:
            return _enter(self.request, person, there, by="password")
        self.request.session.cycle_key()
        self.request.session[PENDING] = {
            "person": person.pk,
            "hash": person.get_session_auth_hash(),
            "at": int(time.time()),
            "next": there,
        }
        return HttpResponseRedirect(reverse("admin:login_code" if person.second_factor_id else "admin:login_set_up"))

    def form_invalid(self, form: Any) -> HttpResponse:
        name = form.data.get("username", "")
        if name and form.data.get("password"):
            _note_failure(self.request, User.objects.filter(username=name.replace("\0", "")).first(), at="password")
        return super().form_invalid(form)


def _note_failure(request: HttpRequest, person: User | None, *, at: str) -> None:
    if getattr(request, "axes_locked_out", False):
        account.locked(person, mark=visitor.mark(request))
    else:
        account.refused(person, mark=visitor.mark(request), at=at)


def locked_out(request: HttpRequest, response: HttpResponse, credentials: Any) -> HttpResponse:
    """django-axes' hook: our own page, which says until when."""
    response.status_code = LOCKED
    return response


def locked_words(request: HttpRequest, username: str) -> str:
    tried = AccessAttempt.objects.filter(
        username=visitor.axes_username(request, {"username": username}), ip_address=visitor.axes_address(request)
    )
    last = tried.order_by("-attempt_time").values_list("attempt_time", flat=True).first() or timezone.now()
    return _try_again(last + settings.AXES_COOLOFF_TIME)


def _try_again(moment: datetime) -> str:
    left = moment - timezone.now()
    if left < timedelta(minutes=1):
        return _("Too many failed attempts. Try again in a minute.")
    minutes = 1 + int(left.total_seconds() // 60)
    words = _("Too many failed attempts. Try again in %(minutes)s minutes, at %(clock)s (UTC).")
    return words % {"minutes": minutes, "clock": f"{moment:%H:%M}"}


# -- the second step -------------------------------------------------------------------------------------------------


def waiting(request: HttpRequest) -> User | None:
    """Whose password was right a moment ago; None where it is too long ago, or was changed since."""
    kept = request.session.get(PENDING) or {}
    if time.time() - kept.get("at", 0) > PENDING_S:
        return None
    person = User.objects.filter(pk=kept["person"]).first()
    same = person and person.is_staff and constant_time_compare(kept["hash"], person.get_session_auth_hash())
    return person if same else None


@never_cache
@sensitive_post_parameters()
def code(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    person = waiting(request)
    if person is None or not person.second_factor_id:
        return HttpResponseRedirect(reverse("admin:login"))
    form, status = CodeForm(request.POST or None), 200
    if request.method == "POST":
        if form.is_valid() and (by := checked(request, person, form)):
            return _enter(request, person, request.session[PENDING]["next"], by=by)
        status = LOCKED if getattr(request, "axes_locked_out", False) else UNPROCESSABLE
    shown = {**context, "title": _("Second step"), "form": form}
    return TemplateResponse(request, "admin/sign_in/code.html", shown, status=status)


def checked(request: HttpRequest, person: User, form: CodeForm) -> str:
    """Which kind of code it was; empty where it was not right, and the form says what to do."""
    if not AxesProxyHandler.is_allowed(request, _as(person)):
        request.axes_locked_out = True  # type: ignore[attr-defined]
        form.add_error("code", locked_words(request, person.username))
        return ""
    done = second_factor.check(person, form.cleaned_data["code"])
    if done.is_right:
        return done.by
    if done.wait_until:
        form.add_error("code", _try_again(done.wait_until))
        return ""
    count_failure(request, person)
    form.add_error("code", _("This code is not right, or was used before. Wait for the next one."))
    return ""


def count_failure(request: HttpRequest, person: User) -> None:
    """A wrong code counts like a wrong password."""
    user_login_failed.send(sender=__name__, credentials=_as(person), request=request)
    _note_failure(request, person, at="code")


def _as(person: User) -> dict[str, str]:
    return {"username": person.username}


def _enter(request: HttpRequest, person: User, there: str, *, by: str) -> HttpResponseRedirect:
    request.session.pop(PENDING, None)
    open_for(request, person)
    account.signed_in(person, mark=visitor.mark(request), by=by)
    return HttpResponseRedirect(there)


# -- the first day ---------------------------------------------------------------------------------------------------


@never_cache
@sensitive_post_parameters()
def set_up(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The app's key as a picture and as text, confirmed by its first code; then, once, the recovery codes."""
    person = waiting(request)
    if person is None or person.second_factor_id:
        return HttpResponseRedirect(reverse("admin:login"))
    form, status = CodeForm(request.POST or None), 200
    device = _device(request, person)
    if request.method == "POST":
        codes = second_factor.set_up(person, device.pk, form.cleaned_data["code"]) if form.is_valid() else None
        if codes:
            there = request.session[PENDING]["next"]
            _enter(request, person, there, by="set_up")
            shown = {**context, "title": _("Recovery codes"), "codes": codes, "next": there, "person": person}
            return TemplateResponse(request, "admin/sign_in/codes.html", shown)
        if not form.errors:
            form.add_error("code", _("This code is not right. See that the phone's clock is, and try the next one."))
        status = UNPROCESSABLE
    form.fields["code"].widget.attrs["inputmode"] = "numeric"  # no recovery code can be asked for here
    told = {"picture": drawn(device), "key": shown_key(device), "address": device.config_url}
    shown = {**context, "title": _("Second factor"), "form": form, **told}
    return TemplateResponse(request, "admin/sign_in/set_up.html", shown, status=status)


def _device(request: HttpRequest, person: User) -> Any:
    """The one that this sign-in has begun: a page that is loaded again must show the same key."""
    kept = request.session[PENDING]
    found = second_factor.begun(person, kept.get("device"))
    if found is None:
        found = second_factor.begin(person)
        request.session[PENDING] = {**kept, "device": found.pk}
    return found
