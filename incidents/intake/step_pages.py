"""The form as one question a page. Every page carries all answers so far in hidden fields, so nothing is kept anywhere
before it is sent; going back, changing an answer and another language are buttons of the same form.
"""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from incidents.intake import enrolment, trouble, waiting
from incidents.intake.devices import Phone, phone_of
from incidents.intake.filing import INVALID, receive, report_id_of
from incidents.intake.forms import IntakeForm
from incidents.intake.pages import closed, giving_back, not_enrolled, page
from incidents.intake.steps import BY_CODE, STEPS, Step, after, answers, asked, before, first_faulty
from incidents.taxonomy import Consent

CHECK = "check"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@giving_back
def steps(request: HttpRequest) -> HttpResponse:
    phone = phone_of(request)
    if phone is None or (request.method != "POST" and not phone.is_open):
        return not_enrolled(request)
    if request.method != "POST" and phone.mission.is_closed:
        return closed(request, phone.mission)
    with timezone.override(phone.mission.zone):
        if request.method != "POST":
            nothing_yet = QueryDict(f"consent={Consent.INTERNAL}")
            return _show(request, phone, IntakeForm(nothing_yet, mission=phone.mission), STEPS[0])
        form = IntakeForm(request.POST, mission=phone.mission)
        if "switch_language" in request.POST:
            language = enrolment.speak(request.POST["switch_language"])
            again = _show(request, phone, form, _here(request), returning=_returning(request))
            return enrolment.remember_language(again, language, request)
        return _go(request, phone, form)


def expired(request: HttpRequest, phone: Phone) -> HttpResponse:
    """The page whose token was not valid, as it was answered."""
    step = _here(request)
    again = _("This page had expired. What you typed is still here. Press the button again.")
    return _show(
        request,
        phone,
        IntakeForm(request.POST, mission=phone.mission),
        step,
        status=403,
        notice=again if step else trouble.stale_page(),
        returning=_returning(request),
    )


def _here(request: HttpRequest) -> Step | None:
    """The question that was answered; None on the page that shows all answers."""
    code = request.POST.get("step", "")
    return None if code == CHECK else BY_CODE.get(code, STEPS[0])


def _go(request: HttpRequest, phone: Phone, form: IntakeForm) -> HttpResponse:
    """Where the button that was pressed leads. A press of the return key presses none, and goes on."""
    here, go = _here(request), request.POST.get("go", "")
    show = partial(_show, request, phone, form)
    if go == "back" and not _returning(request):
        return show(before(here, form.sent))
    if go.startswith("change-"):
        return show(BY_CODE.get(go.removeprefix("change-"), STEPS[0]), returning=True)
    if go == "send" and (here is not STEPS[0] or form.sent.get("in_danger_now")):
        return receive(request, phone, form, partial(_ask_again, request, phone, form))
    if here and go != "back" and here.is_faulty(form):
        return show(here, status=INVALID, returning=_returning(request), with_faults=True)
    onward = here and go != CHECK and not _returning(request)
    return show(after(here, form.sent) if here and onward else None)


def _returning(request: HttpRequest) -> bool:
    """Whether this answer is being changed, so that every way leads back to all of them."""
    return "returning" in request.POST


def _ask_again(request: HttpRequest, phone: Phone, form: IntakeForm, *, status: int, notice: str = "") -> HttpResponse:
    return _show(request, phone, form, None, status=status, notice=notice)


def _show(
    request: HttpRequest,
    phone: Phone,
    form: IntakeForm,
    step: Step | None,
    *,
    status: int = 200,
    notice: str = "",
    returning: bool = False,
    with_faults: bool = False,
) -> HttpResponse:
    """A question; or all answers, and in place of those the first question whose answer can't be sent."""
    if step is None and form.errors:
        step, status, returning, with_faults = first_faulty(form), INVALID, True, True
    _forget_faults(form, step.fields if step and with_faults else ())
    context = {
        "form": form,
        "report_id": report_id_of(request),
        "carried": _carried(form, step),
        "in_danger": form.sent.get("in_danger_now"),
        "notice": notice,
        "switch_in_form": True,
        # Browsers never give a chosen file back to a page.
        "photo_lost": _("Choose the photo again: a page can't keep a chosen file.") if request.FILES else "",
        **(_question(phone, form, step, returning) if step else {"answers": answers(form)}),
    }
    template = "intake/steps/question.html" if step else "intake/steps/check.html"
    return page(request, template, context, mission=phone.mission, status=status)


def _question(phone: Phone, form: IntakeForm, step: Step, returning: bool) -> dict[str, Any]:
    questions = asked(form.sent)
    return {
        "step": step,
        "group": form.groups.get(step.fields[0]),
        "part": f"intake/steps/{step.template}.html",
        "number": questions.index(step) + 1 if step in questions else 0,
        "total": len(questions),
        "is_first": step is STEPS[0],
        # Here, for a page without scripts can't ask.
        "waits": waiting.of(phone) if step is STEPS[0] else None,
        "returning": returning,
        "can_finish": not returning and bool(form.sent.get("in_danger_now") or form.sent.getlist("categories")),
    }


def _forget_faults(form: IntakeForm, fields: tuple[str, ...]) -> None:
    """Of the faults keep those that this page can mend."""
    for name in [name for name in form.errors if name not in fields]:
        del form.errors[name]


def _carried(form: IntakeForm, step: Step | None) -> list[tuple[str, str]]:
    """The answers of all other pages."""
    shown = step.fields if step else ()
    return [(name, value) for name in form.fields if name not in shown for value in form.sent.getlist(name)]
