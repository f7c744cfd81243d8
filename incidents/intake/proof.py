"""A receipt in anybody's hands: whether the mission's signature holds, how the report stands, and more files for it.

A valid receipt is its own key, for another phone may be all that is left. It shows no word of the report, nor of what
is asked about it: whoever holds the paper may be anybody. That a question waits it does show.
"""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from incidents.intake import photos
from incidents.intake.pages import page
from incidents.models import Report
from incidents.seals import receipts

INVALID = 422


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return page(request, "intake/proof.html", {})
    text = _text(request)
    checked = receipts.check(text)
    report = (
        Report.objects.select_related("incident", "mission")
        .filter(reference=checked.reference, body_sha256=checked.statement_sha256)
        .first()
        if checked
        else None
    )
    if report is None:
        return page(request, "intake/proof.html", {"text": text, "refused": True}, status=INVALID)
    return _show(request, report, text)


def _text(request: HttpRequest) -> str:
    """The receipt as it was pasted, else as it was chosen as a file."""
    pasted = request.POST.get("receipt", "")
    file = request.FILES.get("receipt_file")
    if pasted.strip() or file is None:
        return pasted[: receipts.LONGEST]
    return file.read(receipts.LONGEST).decode("utf-8", "replace")


def _show(request: HttpRequest, report: Report, text: str) -> HttpResponse:
    fate = photos.receive(request.FILES.getlist("photo"), report) if "add" in request.POST else None
    context = {
        "report": report,
        "text": text,
        "files": report.evidence.count(),
        "asked": report.questions.unanswered().exists(),
        "fate": fate,
        "failed": fate in photos.FAILED,
    }
    with timezone.override(report.mission.zone):
        status = photos.STATUS.get(fate, 200) if fate else 200
        return page(request, "intake/proof.html", context, mission=report.mission, status=status)


@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """The public key, for whoever wants to check a receipt without asking us."""
    text = f"Ed25519 {receipts.public_key()}\nKey {receipts.key_id()}\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
