"""The check-in: when a monitor is to be heard from again, "I am safe" by one tap or by a link, and their own word.

A word that is known changes nothing here: the same answer, to the byte, and the same check-in. What it sets off is
rung for after everything else is done.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from incidents import tasks
from incidents.actions import check_in, duress
from incidents.intake import modules, trouble
from incidents.intake.devices import Phone, phone_of
from incidents.intake.pages import closed, not_enrolled, page
from incidents.intake.safe_forms import UNFIT, PromiseForm, SafeForm, WordForm
from incidents.models import CheckIn, Mission, User
from incidents.roles import Action
from incidents.seals import safe_link, sender
from incidents.seals.keys import intake_recipient

INVALID = 422
# The link works for as long as its check-in runs, and so much longer.
LINK_LIFE = timedelta(days=1)
SAID = ("safe", "done", "promise", "word")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def safe(request: HttpRequest) -> HttpResponse:
    phone = phone_of(request)
    if phone is None or not phone.is_open:
        return not_enrolled(request)
    if request.method != "POST" and phone.mission.is_closed:
        return closed(request, phone.mission)
    with timezone.override(phone.mission.zone):
        if request.method != "POST":
            return _show(request, phone, said=request.GET.get("said", ""))
        return _steps(request)(request, phone)


def _steps(request: HttpRequest) -> Callable[[HttpRequest, Phone], HttpResponse]:
    """What the button that was pressed asks for."""
    asked = {"safe": _be_safe, "done": _be_done, "word": _choose}
    return asked.get(request.POST.get("do", ""), _promise)


def _be_safe(request: HttpRequest, phone: Phone) -> HttpResponse:
    tell_safe(phone.device.monitor, phone.mission, CheckIn.How.SAFE, said=_word(request))
    return _said("safe")


def _be_done(request: HttpRequest, phone: Phone) -> HttpResponse:
    monitor = phone.device.monitor
    queued = duress.heed_alike(monitor, phone.mission, _word(request))
    check_in.sign_off(monitor, phone.mission)
    tasks.ring_urgently(queued)
    return _said("done")


def _promise(request: HttpRequest, phone: Phone) -> HttpResponse:
    form = PromiseForm(request.POST, zone=phone.mission.zone)
    if not form.is_valid():
        return _show(request, phone, promise=form, status=INVALID)
    check_in.promise(phone.device.monitor, phone.mission, form.due_at)
    return _said("promise")


def _choose(request: HttpRequest, phone: Phone) -> HttpResponse:
    form = WordForm(request.POST)
    if form.is_valid():
        try:
            duress.choose(phone.device.monitor, form.cleaned_data["own_word"])
            return _said("word")
        except duress.UnfitWord:
            form.add_error("own_word", UNFIT)
    return _show(request, phone, own_word=form, status=INVALID)


def tell_safe(monitor: User, mission: Mission, how: CheckIn.How, *, said: str, ago: timedelta | None = None) -> None:
    """A sign of life, given so long ago, and whatever stands in the word beside it."""
    with transaction.atomic():
        queued = duress.heed_alike(monitor, mission, said)
        check_in.hear(monitor, mission, how, at=timezone.now() - (ago or timedelta()))
    tasks.ring_urgently(queued)


def _said(what: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('intake:safe')}?said={what}")


def _word(request: HttpRequest) -> str:
    """Whatever was typed beside the button: a word that can't be read is no reason to refuse a sign of life."""
    form = SafeForm(request.POST)
    return str(form.cleaned_data["word"]) if form.is_valid() else ""


def _show(request: HttpRequest, phone: Phone, *, said: str = "", status: int = 200, **forms: Any) -> HttpResponse:
    monitor, mission = phone.device.monitor, phone.mission
    latest = CheckIn.objects.of(monitor, mission).order_by("-pk").first()
    context = {
        "running": latest if latest and latest.is_running else None,
        "link": _link(latest) if latest and _is_good(latest) else "",
        "said": said if said in SAID else "",
        "promise": forms.get("promise") or PromiseForm(zone=mission.zone),
        "own_word": forms.get("own_word") or WordForm(),
        "modules": [modules.script(name) for name in modules.SAFE],
        "recipient": _recipient(phone),
        "sender": sender.token_of(phone.device),
    }
    return page(request, "intake/safe.html", context, mission=mission, status=status)


def _recipient(phone: Phone) -> str:
    try:
        return intake_recipient(phone.mission)
    except OSError as fault:
        trouble.status_of(fault, "key")
        return ""


def _link(row: CheckIn) -> str:
    return settings.SITE_URL + reverse("intake:safe_link", args=[safe_link.token(row.pk)])


def _is_good(row: CheckIn) -> bool:
    """Whether the link of this check-in still works."""
    in_time = row.over_at is None or row.over_at > timezone.now() - LINK_LIFE
    if not (in_time and row.monitor.may(Action.FILE_REPORT)):
        return False
    # Whoever holds a phone that was taken away holds its link too, and must not say "I am safe" for its monitor.
    return not row.monitor.devices.filter(revoked_at__gte=row.started_at).exists()


@csrf_exempt  # the link itself is the credential, and whoever was handed it has no cookie of ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing, so that a messenger's preview answers for nobody. Names nobody, and no time."""
    number = safe_link.read(token)
    row = CheckIn.objects.select_related("monitor", "mission").filter(pk=number).first() if number else None
    if row is None or not _is_good(row):
        return page(request, "intake/safe_gone.html", {}, status=410)
    with translation.override(_language(row.monitor)):
        if request.method == "POST":
            tell_safe(row.monitor, row.mission, CheckIn.How.LINK, said=_word(request))
            return HttpResponseRedirect(f"{request.path}?said=safe")
        context = {"said": request.GET.get("said") == "safe"}
        return page(request, "intake/safe_link.html", context, mission=row.mission)


def _language(monitor: User) -> str:
    known = monitor.language in dict(settings.LANGUAGES)
    return monitor.language if known else translation.get_language() or settings.LANGUAGE_CODE


def expected(phone: Phone) -> dict[str, str] | None:
    """What the phone's scripts show: by when its monitor is to be heard, by the mission's clock."""
    row = check_in.running(phone.device.monitor, phone.mission)
    return {"due_at": row.due_at.astimezone(phone.mission.zone).isoformat(timespec="seconds")} if row else None
