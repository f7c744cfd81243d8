"""Who files, as a token inside the envelope: another phone may carry it, and a lost cookie does not orphan it.

Signed with the deployment's secret, so that it can't be made up; it opens nothing and shows nothing.
"""

from django.core.signing import BadSignature, Signer

from incidents.models import Device

_signer = Signer(salt="observer.sender")


def token_of(device: Device) -> str:
    return _signer.sign(str(device.pk))


def device_of(token: object) -> Device | None:
    """The device that a token names; None when it is none of ours."""
    try:
        pk = int(_signer.unsign(str(token or "")))
    except (BadSignature, ValueError):
        return None
    return Device.objects.select_related("monitor", "mission").filter(pk=pk).first()
