"""Working copies and thumbnails: what screens show in place of an original, made in processes that are bounded."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from incidents.evidence import child, inspect, media, storage
from incidents.evidence.folder import CHUNK

PICTURE = "image/jpeg"


@dataclass(frozen=True)
class Copies:
    """What is shown: the working copy, what it is, and the thumbnail; sound has none."""

    sha256: str
    media_type: str
    thumbnail_sha256: str = ""


def supports(media_type: str) -> bool:
    """Whether a copy can be tried at all here: for films and sound ffmpeg must be installed."""
    if inspect.is_photo(media_type):
        return True
    return (inspect.is_video(media_type) or inspect.is_audio(media_type)) and media.installed()


def make_copies(sha256: str, media_type: str) -> Copies | None:
    """Both copies of an original, stored; None where it can't be read. Raises OSError when the store refuses."""
    make = _of_photo if inspect.is_photo(media_type) else _of_film
    with storage.store().local(storage.ORIGINALS, sha256) as source, tempfile.TemporaryDirectory() as folder:
        return make(source, media_type, Path(folder))


def _of_photo(source: Path, media_type: str, folder: Path) -> Copies | None:
    working, thumbnail = folder / "working", folder / "thumbnail"
    if not child.rebuilt(source, working, thumbnail):
        return None
    return Copies(_keep(working), PICTURE, _keep(thumbnail))


def _of_film(source: Path, media_type: str, folder: Path) -> Copies | None:
    working, thumbnail = folder / "working", folder / "thumbnail"
    """A film of which not one picture can be made, within the bounds, is not handed to a browser either."""
    shown_as = media.copied(source, media_type, working)
    if not shown_as:
        return None
    if inspect.is_audio(shown_as):
        return Copies(_keep(working), shown_as)
    if not media.poster(working, shown_as, thumbnail):
        return None
    return Copies(_keep(working), shown_as, _keep(thumbnail))


def _keep(path: Path) -> str:
    return storage.keep(_chunks(path), storage.PREVIEWS).sha256


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
