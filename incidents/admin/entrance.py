"""The desk's doors: signing in and out, one's own second factor, a password chosen by link, staying signed in."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from incidents.actions import account
from incidents.admin import own_factor, signing_in
from incidents.admin.base import reader, without_colon
from incidents.admin.sitting import stay

GONE, UNPROCESSABLE = 410, 422


@without_colon
class OwnPasswordForm(PasswordChangeForm):
    pass


class OwnPassword(PasswordChangeView):
    """Other sessions end by it, for they were opened with another password."""

    form_class = OwnPasswordForm

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        account.password_changed(form.user, actor=form.user)
        return response


class Entrance(AdminSite):
    """Mixed into the desk."""

    def entrance_urls(self) -> list[URLPattern]:
        return [
            path("login/code/", self.code, name="login_code"),
            path("login/set-up/", self.set_up, name="login_set_up"),
            path("password/<str:token>/", self.choose_password, name="choose_password"),
            path("second-factor/", self.admin_view(self.second_factor), name="second_factor"),
            path("stay/", stay, name="stay"),
        ]

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        context = {**self.each_context(request), "title": _("Log in"), "app_path": request.get_full_path()}
        if REDIRECT_FIELD_NAME not in request.GET and REDIRECT_FIELD_NAME not in request.POST:
            context[REDIRECT_FIELD_NAME] = reverse("admin:index")
        answer: HttpResponse = signing_in.SignIn.as_view(extra_context=context)(request)  # type: ignore[assignment]
        return answer

    def code(self, request: HttpRequest) -> HttpResponse:
        return signing_in.code(request, self.each_context(request))

    def set_up(self, request: HttpRequest) -> HttpResponse:
        return signing_in.set_up(request, self.each_context(request))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        if request.method == "POST" and request.user.is_authenticated:
            account.signed_out(reader(request), why="asked")
        return super().logout(request, extra_context)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:  # type: ignore[override]
        return OwnPassword.as_view(
            success_url=reverse("admin:password_change_done"), extra_context=self.each_context(request)
        )(request)

    def second_factor(self, request: HttpRequest) -> HttpResponse:
        return own_factor.respond(request, self.each_context(request))

    @method_decorator(never_cache)
    @method_decorator(sensitive_post_parameters())
    def choose_password(self, request: HttpRequest, token: str) -> HttpResponse:
        """Looking at the link changes nothing, so that a messenger's preview does not use it up."""
        person = account.invited(token)
        shown = {**self.each_context(request), "title": _("Choose a password"), "person": person}
        if person is None:
            return TemplateResponse(request, "admin/sign_in/choose.html", shown, status=GONE)
        form = SetPasswordForm(person, request.POST or None)
        if request.method == "POST" and form.is_valid():
            account.choose_password(person, form.cleaned_data["new_password1"])
            messages.success(request, _("Your password is set. Sign in with it."))
            return HttpResponseRedirect(reverse("admin:login"))
        status = UNPROCESSABLE if request.method == "POST" else 200
        return TemplateResponse(request, "admin/sign_in/choose.html", {**shown, "form": form}, status=status)
