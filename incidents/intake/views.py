"""The monitor's pages around the form: where to begin, the form itself, and the way out.

A report that was sent is stored before anything else is decided, its photo too; only a fault in what was typed, or a
store that refuses, sends the form back, and then with everything in it. Without a database the bare fields come back.
"""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from incidents.intake import enrolment, modules, reply, step_pages, trouble
from incidents.intake.devices import Phone, phone_of
from incidents.intake.filing import receive, report_id_of
from incidents.intake.forms import IntakeForm
from incidents.intake.pages import closed, given_back, giving_back, not_enrolled, page
from incidents.seals import sender
from incidents.seals.keys import intake_recipient

MODULES = [modules.script(name) for name in modules.FORM]


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    phone = phone_of(request)
    return redirect("intake:report") if phone and phone.is_open else page(request, "intake/home.html", {})


@never_cache
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """A page that says nothing, and forgets what the browser kept of the others."""
    response = page(request, "intake/exit.html", {})
    response["Clear-Site-Data"] = '"cache"'
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@giving_back
def report(request: HttpRequest) -> HttpResponse:
    phone = phone_of(request)
    if phone is None or (request.method != "POST" and not phone.is_open):
        return not_enrolled(request)
    if request.method != "POST" and phone.mission.is_closed:
        return closed(request, phone.mission)
    with timezone.override(phone.mission.zone):
        if request.method != "POST":
            return _show(request, phone, IntakeForm(mission=phone.mission))
        if "switch_language" in request.POST:
            return _in_another_language(request, phone)
        return _receive(request, phone)


@never_cache
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's hook for a form without a valid token. A known phone gets its words back, ready to be sent again.

    Another site can't make use of it: a phone's cookie does not come with requests that start elsewhere.
    """
    stepwise = request.path == reverse("intake:steps")
    answered = reply.report_of(request)
    known = stepwise or answered or request.path == reverse("intake:report")
    try:
        phone = phone_of(request) if known else None
        if phone is None:
            return page(request, "403_csrf.html", {}, status=403)
        with timezone.override(phone.mission.zone):
            if answered:
                return reply.expired(request, phone, answered)
            if stepwise:
                return step_pages.expired(request, phone)
            form = IntakeForm(request.POST, mission=phone.mission)
            return _show(request, phone, form, status=403, notice=trouble.stale_page())
    except trouble.DATABASE_FAULTS as fault:
        return given_back(request, status=trouble.status_of(fault))


def _receive(request: HttpRequest, phone: Phone) -> HttpResponse:
    form = IntakeForm(request.POST, mission=phone.mission)
    return receive(request, phone, form, partial(_show, request, phone, form))


def _in_another_language(request: HttpRequest, phone: Phone) -> HttpResponse:
    """The form again as it was typed, in the other language."""
    language = enrolment.speak(request.POST["switch_language"])
    form = IntakeForm(request.POST, mission=phone.mission)
    form.errors.clear()
    return enrolment.remember_language(_show(request, phone, form), language, request)


def _show(request: HttpRequest, phone: Phone, form: IntakeForm, *, status: int = 200, notice: str = "") -> HttpResponse:
    context = {
        "form": form,
        "report_id": report_id_of(request),
        "notice": notice,
        "modules": MODULES,
        # Browsers never give a chosen file back to a page.
        "photo_lost": _("Choose the files again: a page can't keep them.") if request.FILES else "",
        "switch_in_form": True,
        "recipient": _recipient(phone),
        "sender": sender.token_of(phone.device),
    }
    return page(request, "intake/report.html", context, mission=phone.mission, status=status)


def _recipient(phone: Phone) -> str:
    """What the phone seals to; without it, on a disk that refuses, the form is sent in the clear."""
    try:
        return intake_recipient(phone.mission)
    except OSError as fault:
        trouble.status_of(fault, "key")
        return ""
