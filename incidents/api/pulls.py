"""What is noted of each pull, and how many a key may make: counted in the database, so that all count alike."""

import logging
import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.db import DatabaseError
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from incidents.models import ApiKey, Pull
from incidents.models.enrolment import secret_hash

log = logging.getLogger(__name__)

WINDOW = timedelta(minutes=1)
ADDRESS_LIMIT = 300
TOO_MANY = HTTPStatus.TOO_MANY_REQUESTS
# Each stretch that is as long as a secret, however they overlap.
_SECRET_LIKE = re.compile(r"(?=([A-Za-z0-9_-]{43}))")
LEFT_OUT = "KEY"


class KeyThrottle(BaseThrottle):
    """So many answers a minute as the key allows; then 429 and, in Retry-After, when the next is free."""

    def allow_request(self, request: Request, view: Any) -> bool:
        key = request.auth
        if not isinstance(key, ApiKey):
            return True
        # Written down before it is counted: of many that come at once each sees those that were a little sooner.
        view.pull = begin(key, request)
        # What was refused does not count, or whoever asks too soon would never be free again.
        recent = Pull.objects.filter(key=key, at__gt=timezone.now() - WINDOW).exclude(status=TOO_MANY)
        if view.pull:
            recent = recent.filter(pk__lt=view.pull.pk)
        # The one that has to be a minute old before another may follow; those after it need not be fetched.
        times = recent.order_by("-at").values_list("at", flat=True)[key.per_minute - 1 : key.per_minute]
        self._free_at = next((at + WINDOW for at in times), None)
        return self._free_at is None

    def wait(self) -> float | None:
        return max(1.0, (self._free_at - timezone.now()).total_seconds()) if self._free_at else None


def begin(key: ApiKey, request: Request) -> Pull | None:
    """Write down that a pull has come; none where it can't be. Without an end it is a fault of ours."""
    pull = Pull(key=key, address=_kept(request, key), status=HTTPStatus.INTERNAL_SERVER_ERROR)
    return pull if _written(pull) else None


def end(pull: Pull | None, key: ApiKey, request: Request, response: HttpResponseBase) -> None:
    """Write down how a pull has ended, and once it was sent, how much it was: before it is compressed. A full disk or
    a busy database does not keep a partner from reading."""
    pull = pull or Pull(key=key)
    pull.status, was_refused = response.status_code, response.status_code >= HTTPStatus.BAD_REQUEST
    pull.address = _kept(request, key, was_refused=was_refused)
    streamed: Any = response
    if request.method == "HEAD":
        pull.bytes = 0
    elif not response.streaming and getattr(response, "is_rendered", True):
        pull.bytes = len(streamed.content)
    if _written(pull) and response.streaming and pull.bytes is None:
        streamed.streaming_content = _counted(streamed.streaming_content, pull)


def _kept(request: Request, key: ApiKey, *, was_refused: bool = False) -> str:
    address = _without_keys(request.get_full_path(), key, was_refused=was_refused)
    return address[:ADDRESS_LIMIT].replace("\0", "")


def _without_keys(address: str, key: ApiKey, *, was_refused: bool) -> str:
    """An address as it may be kept: where somebody has put a secret into it, that is left out. Another key's than the
    one that opened is looked for only where the address made no sense."""
    found = {secret_hash(part): part for part in _SECRET_LIKE.findall(address)}
    known = {key.key_hash}
    if was_refused and found:
        known |= set(ApiKey.objects.filter(key_hash__in=found).values_list("key_hash", flat=True))
    for one in known & found.keys():
        address = address.replace(found[one], LEFT_OUT)
    return address


def _written(pull: Pull) -> bool:
    try:
        pull.save()
    except DatabaseError as fault:
        log.warning("a pull of key %s was not noted: %s", pull.key.prefix, type(fault).__name__)
        return False
    return True


def _counted(pieces: Iterable[bytes], pull: Pull) -> Iterator[bytes]:
    """The pieces; when all were taken, or their reader went away, what was sent is added up."""
    sent = 0
    try:
        for piece in pieces:
            sent += len(piece)
            yield piece
    finally:
        try:
            Pull.objects.filter(pk=pull.pk).update(bytes=sent)
        except DatabaseError as fault:
            log.warning("the size of a pull was not noted: %s", type(fault).__name__)
