"""The page behind the link in an alert: "I have it", without signing in.

Looking changes nothing, so that a mail scanner that follows links answers for nobody; only the button does.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from incidents.actions.answer import Asked, asked, take
from incidents.languages import at_desk
from incidents.models import Incident
from incidents.notifications import links


@csrf_exempt  # the link itself is the credential, and browsers inside mail programs keep no cookies
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    delivery_id = links.read(token)
    found = asked(delivery_id) if delivery_id else None
    if delivery_id is None or found is None:
        return render(request, "answer/gone.html", status=404)
    with translation.override(at_desk(found.delivery.recipient.language) or translation.get_language()):
        if request.method == "POST":
            take(delivery_id)
            return HttpResponseRedirect(reverse("answer", args=[token]))
        return render(request, "answer/page.html", _shown(found))


def _shown(found: Asked) -> dict[str, object]:
    subject = found.subject
    is_incident = isinstance(subject, Incident)
    desk = "admin:incidents_incident_change" if is_incident else "admin:incidents_alarm_change"
    return {
        "incident" if is_incident else "alarm": subject,
        "mission": subject.mission,
        "delivery": found.delivery,
        "is_answered": found.is_answered,
        "escalation": getattr(subject, "escalation", None),
        "desk": reverse(desk, args=[subject.pk]),
    }
