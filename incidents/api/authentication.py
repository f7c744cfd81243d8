"""Who is pulling: the holder of an API key, by header or HTTP Basic, never by address."""

import base64
import binascii
import logging
from dataclasses import dataclass

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from incidents.models import ApiKey
from incidents.models.api_key import LAST_USED_STEP
from incidents.roles import Action, Role, may

log = logging.getLogger(__name__)

# A key has 43 characters; what is far longer is none, and is not worth decoding.
LONGEST_HEADER = 2_000


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
    """`Authorization: Bearer KEY`, `X-Api-Key: KEY`, or HTTP Basic with the key as password, as QGIS sends it."""

    def authenticate(self, request: Request) -> tuple[KeyHolder, ApiKey] | None:
        secret = _secret(str(request.META.get("HTTP_X_API_KEY", "")), str(request.META.get("HTTP_AUTHORIZATION", "")))
        if not secret:
            return None
        key = ApiKey.objects.valid(secret)
        if key is None:
            raise AuthenticationFailed(_("This key is not valid. It may have expired or been revoked."))
        _note_use(key)
        return KeyHolder(key), key

    def authenticate_header(self, request: Request) -> str:
        return 'Basic realm="Observer", charset="UTF-8"'


def _note_use(key: ApiKey) -> None:
    """A pull writes at most once a minute; and a full disk or a busy database must not keep a partner from reading."""
    if key.last_used_at and key.last_used_at > timezone.now() - LAST_USED_STEP:
        return
    try:
        with transaction.atomic():
            key.note_use()
    except DatabaseError as fault:
        log.warning("the use of key %s was not noted: %s", key.prefix, type(fault).__name__)


def _secret(api_key: str, authorization: str) -> str:
    """The key as it was sent; empty when there is none or the header can't be one."""
    if max(len(api_key), len(authorization)) > LONGEST_HEADER:
        return ""
    if api_key.strip():
        return api_key.strip()
    scheme, _space, rest = authorization.strip().partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    return _from_basic(rest.strip()) if scheme.lower() == "basic" else ""


def _from_basic(credentials: str) -> str:
    """The password of HTTP Basic, else the user name: clients differ in which of the two they ask for."""
    try:
        user, _colon, password = base64.b64decode(credentials, validate=True).decode("utf-8", "replace").partition(":")
    except (binascii.Error, ValueError):
        return ""
    return password or user
