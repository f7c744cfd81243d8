"""One's own second factor: how many recovery codes are left, ten new ones, another phone. Each asks for a code."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from incidents.actions import second_factor
from incidents.admin import signing_in
from incidents.admin.base import reader
from incidents.admin.codes import CodeForm

UNPROCESSABLE = 422


@never_cache
@sensitive_post_parameters()
def respond(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    person = reader(request)
    form, status = CodeForm(request.POST or None), 200
    if request.method == "POST" and person.second_factor_id:
        if form.is_valid() and signing_in.checked(request, person, form):
            return _change(request, context)
        status = UNPROCESSABLE
    shown = {
        **context,
        "title": _("Second factor"),
        "form": form,
        "device": person.second_factor,
        "left": second_factor.codes_left(person),
        "is_asked": not settings.DEMO,
    }
    return TemplateResponse(request, "admin/sign_in/own.html", shown, status=status)


def _change(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    person = reader(request)
    if request.POST.get("do") == "move":
        second_factor.remove(person, actor=person)
        messages.info(request, _("Sign in once more: you will set up the other phone."))
        return HttpResponseRedirect(reverse("admin:login"))
    shown = {
        **context,
        "title": _("Recovery codes"),
        "codes": second_factor.renew_codes(person),
        "next": reverse("admin:index"),
        "person": person,
    }
    return TemplateResponse(request, "admin/sign_in/codes.html", shown)
