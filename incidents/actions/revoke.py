"""Taking a credential back: a phone's or a partner's. One column, in force at once."""

from django.db import transaction
from django.utils import timezone

from incidents.actions import exact
from incidents.actions.record import log
from incidents.models import ApiKey, Device, User


@transaction.atomic
def revoke(credential: Device | ApiKey, *, actor: User | None = None) -> bool:
    """False when it was revoked before; the first time stands."""
    fresh = type(credential)._default_manager.filter(pk=credential.pk, revoked_at=None)
    if not fresh.update(revoked_at=timezone.now()):
        return False
    if isinstance(credential, Device):
        log(credential.mission, "phone.revoked", actor=actor, person=credential.monitor_id, phones=1)
    else:
        exact.take_back(credential.mission)
        log(credential.mission, "key.revoked", actor=actor, person=credential.holder_id, key=credential.prefix)
    return True
