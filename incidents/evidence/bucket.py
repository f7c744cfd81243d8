"""The store in a bucket that speaks S3, by way of django-storages.

What the network or the service refuses is an OSError, so that doors and workers need to know one kind of fault only.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from storages.backends.s3 import S3Storage

CHUNK = 1 << 16
# A request must answer, and a worker's lease ends after a minute: give up early, the row is tried again.
CONNECT_S, READ_S, ATTEMPTS = 3, 15, 2
_ABSENT = ("404", "NoSuchKey", "NotFound")


@lru_cache(maxsize=4)
def opened(**options: str) -> "Bucket":
    """The bucket of these settings; one per process, for it keeps its connections."""
    return Bucket(**options)


class Bucket:
    def __init__(self, *, bucket: str, endpoint: str = "", region: str = "", key: str = "", secret: str = "") -> None:
        client = Config(
            # Services other than Amazon's seldom have a host name for every bucket.
            s3={"addressing_style": "path" if endpoint else "auto"},
            signature_version="s3v4",
            connect_timeout=CONNECT_S,
            read_timeout=READ_S,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
        )
        self._storage = S3Storage(
            bucket_name=bucket,
            endpoint_url=endpoint or None,
            region_name=region or None,
            access_key=key or None,
            secret_key=secret or None,
            client_config=client,
            transfer_config=TransferConfig(use_threads=False),
            default_acl=None,
            custom_domain=None,
            location="",
            gzip=False,
            object_parameters={"ContentType": "application/octet-stream"},
        )

    def settle(self, temporary: Path, area: str, sha256: str) -> None:
        """Durable when the service has said so and tells the size we sent; it checks the bytes by a checksum itself."""
        size = temporary.stat().st_size
        if not self._holds(area, sha256, size):
            with _faults(), temporary.open("rb") as file:
                self._storage.save(_name(area, sha256), File(file))
            if not self._holds(area, sha256, size):
                raise OSError("the bucket does not hold what was sent")
        temporary.unlink()

    def size(self, area: str, sha256: str) -> int:
        with _faults():
            return int(self._object(area, sha256).content_length)

    def read(self, area: str, sha256: str, start: int, stop: int) -> Iterator[bytes]:
        if start >= stop:
            return
        with _faults():
            body = self._object(area, sha256).get(Range=f"bytes={start}-{stop - 1}")["Body"]
            try:
                yield from body.iter_chunks(CHUNK)
            finally:
                body.close()

    @contextmanager
    def local(self, area: str, sha256: str) -> Iterator[Path]:
        """A copy, gone afterwards."""
        with tempfile.NamedTemporaryFile(prefix="evidence-") as copy:
            copy.writelines(self.read(area, sha256, 0, self.size(area, sha256)))
            copy.flush()
            yield Path(copy.name)

    def _object(self, area: str, sha256: str) -> Any:
        return self._storage.bucket.Object(_name(area, sha256))

    def _holds(self, area: str, sha256: str, size: int) -> bool:
        try:
            return self.size(area, sha256) == size
        except FileNotFoundError:
            return False


def _name(area: str, sha256: str) -> str:
    return f"{area}/{sha256[:2]}/{sha256}"


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except ClientError as fault:
        code = str(fault.response.get("Error", {}).get("Code", ""))
        if code in _ABSENT:
            raise FileNotFoundError("not in the bucket") from fault
        raise OSError(f"the bucket refused: {code}") from fault
    except (BotoCoreError, Boto3Error) as fault:
        raise OSError(f"the bucket did not answer: {type(fault).__name__}") from fault
