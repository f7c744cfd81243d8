"""A monitor's answer to a question about a report: kept once by the id of the page it was typed on.

Like a report, it is taken from a phone that may not look at anything any more.
"""

import uuid

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from incidents import tasks
from incidents.actions import talk
from incidents.intake import receipt
from incidents.intake.devices import Phone, phone_of
from incidents.intake.pages import giving_back, not_enrolled, page
from incidents.models import Question, Report
from incidents.statement import refuse_surrogates

LIMIT = 5_000
INVALID = 422


class ReplyForm(forms.Form):
    question = forms.UUIDField()
    reply_id = forms.UUIDField(required=False)
    words = forms.CharField(
        max_length=LIMIT,
        validators=[refuse_surrogates],
        error_messages={
            "required": gettext_lazy("Write an answer."),
            "max_length": gettext_lazy("This is too long. Shorten it, or send it in two parts."),
        },
    )


@never_cache
@require_POST
@giving_back
def reply(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    phone = phone_of(request)
    if phone is None:
        return not_enrolled(request)
    report = receipt.own(phone, report_id)
    form = ReplyForm(request.POST)
    question = _question(form, report)
    if not form.is_valid():
        return _again(request, phone, report, form) if phone.is_open else not_enrolled(request)
    _keep(phone, question, form)
    if not phone.is_open:
        return page(request, "intake/received.html", {"report": report}, mission=phone.mission)
    return HttpResponseRedirect(reverse("intake:receipt", args=[report.pk]) + "#questions")


def _question(form: ReplyForm, report: Report) -> Question:
    form.is_valid()
    found = Question.objects.select_related("report", "author").filter(report=report)
    question: Question | None = found.filter(pk=form.cleaned_data.get("question")).first()
    if question is None:
        raise Http404
    return question


def _keep(phone: Phone, question: Question, form: ReplyForm) -> None:
    given = form.cleaned_data
    monitor, device = phone.device.monitor, phone.device
    reply_id = given["reply_id"] or uuid.uuid4()
    done = talk.reply(question, reply_id=reply_id, text=given["words"], monitor=monitor, device=device)
    for delivery in done.queued:
        # Somebody has asked and waits.
        tasks.ring(tasks.send_delivery, delivery, urgent=True)


def _again(
    request: HttpRequest, phone: Phone, report: Report, form: ReplyForm, *, status: int = INVALID, notice: str = ""
) -> HttpResponse:
    """The page with everything still in it, and what is wrong beside the field."""
    given = form.cleaned_data
    typed = {
        "question": str(given.get("question", "")),
        "reply_id": str(given.get("reply_id") or uuid.uuid4()),
        "words": form.data.get("words", ""),
        "fault": notice or " ".join(map(str, form.errors.get("words", [_("Send it again.")]))),
    }
    return receipt.show(request, phone, report, typed=typed, status=status)


def report_of(request: HttpRequest) -> uuid.UUID | None:
    """The report whose question this request answers; None for any other address."""
    try:
        match = resolve(request.path)
    except Resolver404:
        return None
    return match.kwargs["report_id"] if match.view_name == "intake:reply" else None


def expired(request: HttpRequest, phone: Phone, report_id: uuid.UUID) -> HttpResponse:
    """The page whose token was not valid, as it was answered."""
    if not phone.is_open:
        return not_enrolled(request)
    form = ReplyForm(request.POST)
    form.is_valid()
    notice = _("Not sent yet: this page had expired. What you typed is still here. Press the button again.")
    with timezone.override(phone.mission.zone):
        return _again(request, phone, receipt.own(phone, report_id), form, status=403, notice=notice)
