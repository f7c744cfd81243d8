"""SMS through whatever gateway the settings name: one short text without accents, and a receipt where they send one."""

import uuid
from collections.abc import Mapping

from django.conf import settings
from django.urls import reverse

from incidents.notifications import links
from incidents.notifications.channels.base import Accepted, Message
from incidents.notifications.channels.gateways import GATEWAYS, Gateway, Receipt, Sms
from incidents.notifications.channels.http import exchange


class SmsChannel:
    def is_configured(self) -> bool:
        return bool(settings.SMS)

    def send(self, message: Message) -> Accepted:
        gateway = _gateway()
        sms = Sms(message.address, message.short, str(settings.SMS["from"]), message.delivery, _callback(message))
        return gateway.accepted(exchange(gateway.request(sms, settings.SMS)))


def receipt(told: Mapping[str, str]) -> Receipt | None:
    """What a gateway says later of a message that it took; None where it says nothing final."""
    return _gateway().receipt(told)


def _gateway() -> Gateway:
    return GATEWAYS[str(settings.SMS.get("preset", ""))]


def _callback(message: Message) -> str:
    """Where the gateway may say what became of it: an address for this delivery alone."""
    token = links.token(uuid.UUID(message.delivery), salt=links.RECEIPT)
    return str(settings.SITE_URL + reverse("sms_receipt", args=[token]))
