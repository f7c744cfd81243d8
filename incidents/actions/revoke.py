"""Taking a credential back: a phone's or a partner's. One column, in force at once."""

from django.utils import timezone

from incidents.models import ApiKey, Device


def revoke(credential: Device | ApiKey) -> bool:
    """False when it was revoked before; the first time stands."""
    fresh = type(credential)._default_manager.filter(pk=credential.pk, revoked_at=None)
    return bool(fresh.update(revoked_at=timezone.now()))
