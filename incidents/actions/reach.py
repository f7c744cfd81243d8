"""How somebody can be reached beside their e-mail: the keys that a new contact needs, and a browser that subscribes."""

from collections.abc import Mapping

from django.utils import timezone

from incidents.models import Channel, Contact, User
from incidents.notifications.channels import webhook, webpush


def contact_keys(channel: str) -> dict[str, str]:
    """What a new contact needs from us: a webhook its signing secret, to be shown once."""
    return {"secret": webhook.new_secret()} if channel == Channel.WEBHOOK else {}


def by_browser(person: User, endpoint: str, keys: Mapping[str, str]) -> Contact:
    """Take this browser for their notifications, in place of the one before; raises ChannelFault if it can't be."""
    webpush.check(endpoint, keys)
    given = {"address": endpoint, "keys": dict(keys), "created_at": timezone.now(), "disabled_at": None}
    return Contact.objects.update_or_create(user=person, channel=Channel.WEBPUSH, defaults=given)[0]


def not_by_browser(person: User) -> None:
    Contact.objects.filter(user=person, channel=Channel.WEBPUSH).delete()
