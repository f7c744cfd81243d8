"""Who is pulling: the holder of an API key, by header or HTTP Basic, never by address."""

import base64
import binascii
from dataclasses import dataclass

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from incidents.models import ApiKey
from incidents.roles import Action, Role, may


@dataclass(frozen=True)
class KeyHolder:
    """A partner as the API knows it: by its key alone. The account behind it is never read."""

    key: ApiKey
    role: str = Role.PARTNER
    is_authenticated: bool = True
    is_active: bool = True

    def may(self, action: Action) -> bool:
        return may(self.role, action)


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer KEY`, `X-Api-Key: KEY`, or HTTP Basic with the key as password (as QGIS and Excel send it)."""

    def authenticate(self, request: Request) -> tuple[KeyHolder, ApiKey] | None:
        secret = request.headers.get("X-Api-Key") or _from_authorization(request)
        if not secret:
            return None
        key = ApiKey.objects.valid(secret)
        if key is None:
            raise AuthenticationFailed(_("This key is not valid. It may have expired or been revoked."))
        key.note_use()
        return KeyHolder(key), key

    def authenticate_header(self, request: Request) -> str:
        return 'Basic realm="Observer", charset="UTF-8"'


def _from_authorization(request: Request) -> str:
    scheme, _space, rest = get_authorization_header(request).decode("latin-1").strip().partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        user, _colon, password = base64.b64decode(rest, validate=True).decode("utf-8", "replace").partition(":")
    except (binascii.Error, ValueError):
        return ""
    return password or user
