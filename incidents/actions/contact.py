"""What somebody at the desk hears of and how they are reached, as they or their mission's admin set it."""

import base64
import secrets
from typing import Any

from django.db import transaction

from incidents.models import Channel, Contact, Mission, Subscription, User

SECRET_BYTES = 24


@transaction.atomic
def subscribe(person: User, mission: Mission, *, departments: Any, **chosen: Any) -> Subscription:
    """Set what they hear of in a mission, and when."""
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
        secret = signing_secret()
        row.keys = {"secret": secret}
    row.address, row.disabled_at = address, None
    row.save()
    return secret


def forget(person: User, channel: str) -> bool:
    """Reach them by this channel no more."""
    found, _rows = Contact.objects.filter(user=person, channel=channel).delete()
    return bool(found)


def signing_secret() -> str:
    """By this a webhook's receiver knows that a message is ours."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
