"""The monitor's pages around the form: where to begin, the form itself, and the way out.

A report that was sent is stored before anything else is decided, its photo too; only a fault in what was typed, or a
store that refuses, sends the form back, and then with everything in it. Without a database the bare fields come back.
"""

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from incidents import tasks
from incidents.actions.submit import Origin, submit
from incidents.intake import enrolment, modules, photos, trouble
from incidents.intake.devices import Phone, phone_of
from incidents.intake.forms import IntakeForm
from incidents.intake.pages import given_back, not_enrolled, page
from incidents.models import Report
from incidents.seals import sender
from incidents.seals.keys import intake_recipient

INVALID = 422
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
def report(request: HttpRequest) -> HttpResponse:
    try:
        return _answer(request)
    except trouble.DATABASE_FAULTS as fault:
        if request.method != "POST":
            raise
        return given_back(request, status=trouble.status_of(fault))


def _answer(request: HttpRequest) -> HttpResponse:
    phone = phone_of(request)
    if phone is None or (request.method != "POST" and not phone.is_open):
        return not_enrolled(request)
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
    try:
        phone = phone_of(request) if request.path == reverse("intake:report") else None
        if phone is None:
            return page(request, "403_csrf.html", {}, status=403)
        with timezone.override(phone.mission.zone):
            form = IntakeForm(request.POST, mission=phone.mission)
            return _show(request, phone, form, status=403, notice=trouble.stale_page())
    except trouble.DATABASE_FAULTS as fault:
        return given_back(request, status=trouble.status_of(fault))


def _receive(request: HttpRequest, phone: Phone) -> HttpResponse:
    form = IntakeForm(request.POST, mission=phone.mission)
    if not form.is_valid():
        return _show(request, phone, form, status=INVALID)
    uploads = request.FILES.getlist("photo")
    try:
        stored = _store(form, phone, report_id_of(request))
    except trouble.STORE_FAULTS as fault:
        status = trouble.status_of(fault)
        return _show(request, phone, form, status=status, notice=trouble.notice(status, with_photo=bool(uploads)))
    return _thank(request, phone, stored, photos.receive(uploads, stored) if uploads else None)


def _store(form: IntakeForm, phone: Phone, report_id: uuid.UUID) -> Report:
    origin = Origin(phone.mission, Report.Channel.WEB, reporter=phone.device.monitor, device=phone.device)
    stored = submit(form.statement(), report_id=report_id, origin=origin).report
    tasks.ring(tasks.assess_report, stored.assessment.pk, urgent=stored.in_danger_now)
    return stored


def _thank(request: HttpRequest, phone: Phone, stored: Report, fate: photos.Fate | None) -> HttpResponse:
    if not phone.is_open:
        # It may not look at receipts any more, but its sender must know that the report arrived.
        context = {"report": stored, "photo_failed": fate in photos.FAILED}
        return page(request, "intake/received.html", context, mission=phone.mission)
    query = f"?photo={fate.value}#photo" if fate and fate != photos.Fate.KEPT else ""
    return HttpResponseRedirect(reverse("intake:receipt", args=[stored.pk]) + query)


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
        "photo_lost": _("Choose the photo again: a page can't keep a chosen file.") if request.FILES else "",
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


def report_id_of(request: HttpRequest) -> uuid.UUID:
    """The id the form was served with, so that a second tap is the same report; a new one if it can't be read."""
    try:
        return uuid.UUID(request.POST.get("report_id", ""))
    except ValueError:
        return uuid.uuid4()
