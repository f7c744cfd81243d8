"""What somebody at the desk hears of and how they are reached, as they or their mission's admin set it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from incidents.actions.read_only import check_open
from incidents.models import Channel, Contact, Mission, Subscription, User
from incidents.notifications import changes
from incidents.notifications.channels import webhook, webpush


@transaction.atomic
def subscribe(person: User, mission: Mission, *, departments: Any, **chosen: Any) -> Subscription:
    """Set what they hear of in a mission, and when."""
    check_open(mission)
    row, _created = Subscription.objects.update_or_create(user=person, mission=mission, defaults=chosen)
    row.departments.set(departments)
    return row


@transaction.atomic
def reach(person: User, channel: str, address: str, *, anew: bool = False) -> str:
    """Set where a channel reaches them. Returns the signing secret of a webhook where a new one was made, else "".

    An address that was given up is used again. Another address never learns the secret of the one before; `anew`
    makes a new one for the same.
    """
    row, created = Contact.objects.select_for_update().get_or_create(
        user=person, channel=channel, defaults={"address": address}
    )
    secret = ""
    if channel == Channel.WEBHOOK and (created or anew or row.address != address or not row.keys.get("secret")):
        secret = webhook.new_secret()
        row.keys = {"secret": secret}
    row.address, row.disabled_at = address, None
    row.save()
    changes.try_again(person)
    return secret


def forget(person: User, channel: str) -> bool:
    """Reach them by this channel no more."""
    found, _rows = Contact.objects.filter(user=person, channel=channel).delete()
    return bool(found)


def by_browser(person: User, endpoint: str, keys: Mapping[str, str]) -> Contact:
    """Take this browser for their notifications, in place of the one before; raises ChannelFault if it can't be."""
    webpush.check(endpoint, keys)
    given = {"address": endpoint, "keys": dict(keys), "created_at": timezone.now(), "disabled_at": None}
    return Contact.objects.update_or_create(user=person, channel=Channel.WEBPUSH, defaults=given)[0]
