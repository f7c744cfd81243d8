"""Where an SMS gateway says what became of a message. The address is the credential: it is good for one delivery."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from incidents.notifications import links, receipts
from incidents.notifications.channels import sms
from incidents.notifications.receipts import Settled

VALUE_LIMIT = 100


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def sms_receipt(request: HttpRequest, token: str) -> HttpResponse:
    delivery_id = links.read(token, salt=links.RECEIPT)
    if delivery_id is None:
        return HttpResponse(status=404)
    told = sms.receipt(_told(request))
    if told and receipts.settle(delivery_id, told) is Settled.EARLY:
        return HttpResponse(status=409)  # the gateway may say it again
    return HttpResponse(status=204)


def _told(request: HttpRequest) -> dict[str, str]:
    """Fields from wherever this gateway puts them; what no database could hold is left out."""
    found: dict[str, Any] = {**request.GET.dict(), **request.POST.dict()}
    if request.content_type == "application/json":
        found |= _object(request.body)
    texts = {name: str(value) for name, value in found.items() if isinstance(value, str | int)}
    return {
        name: value
        for name, value in texts.items()
        if value.isascii() and value.isprintable() and len(value) <= VALUE_LIMIT
    }


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
