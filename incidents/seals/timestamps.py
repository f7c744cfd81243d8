"""Time stamps of an outside authority (RFC 3161) over a root, by rfc3161-client; knows nothing of who asks for them.

What is stamped is the root's 64 letters as text, so that anybody's tool can check it: `openssl ts -verify`.
"""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings


class NoStamp(Exception):
    """The answer is no time stamp of this root; in words for a log."""


def is_there() -> bool:
    """Whether stamps can be asked for and checked: the library is an extra, and an authority must be known."""
    if not settings.TIMESTAMP_CA:
        return False
    try:
        import rfc3161_client  # noqa: F401
    except ImportError:
        return False
    return True


def request_for(root: str) -> tuple[bytes, int | None]:
    """What is sent, and the number that the answer must carry."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    made = TimestampRequestBuilder().data(root.encode()).hash_algorithm(HashAlgorithm.SHA256).build()
    return made.as_bytes(), made.nonce


def read(answer: bytes, root: str, nonce: int | None = None) -> datetime:
    """The time that the answer says. Raises NoStamp where it is not one of this root, or its signature does not hold.

    Who signed it is held against the certificates in TIMESTAMP_CA.
    """
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        stamp = decode_timestamp_response(answer)
        builder = VerifierBuilder()
        for certificate in _certificates(settings.TIMESTAMP_CA):
            builder = builder.add_root_certificate(certificate)
        if nonce is not None:
            builder = builder.nonce(nonce)
        builder.build().verify_message(stamp, root.encode())
        said: datetime = stamp.tst_info.gen_time
    except (VerificationError, ValueError, TypeError, OSError) as fault:
        raise NoStamp(type(fault).__name__) from fault
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def holds(token: bytes, root: str) -> bool:
    try:
        read(token, root)
    except NoStamp:
        return False
    return True


@cache
def _certificates(path: str) -> list[Any]:
    from cryptography.x509 import load_pem_x509_certificates

    return load_pem_x509_certificates(Path(path).read_bytes())
